// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/cpu/state_item.h"
#include <stdbool.h>
#include <stddef.h>

static uint32_t item_size(const struct state_item *item)
{
	return item->size ? item->size() : item->bytes;
}

void state_layout_init(struct state_layout *layout, const struct state_item *items, uint32_t count,
		       uint32_t flags)
{
	layout->count = count;
	layout->size = 0;
	for (uint32_t i = 0; i < count; i++) {
		struct state_place *place = &layout->place[i];
		bool wanted = (items[i].flags & flags) == flags && !(items[i].flags & STATE_APART);

		place->item = &items[i];
		place->offset = layout->size;
		place->size = wanted ? item_size(&items[i]) : 0;
		layout->size += (place->size + STATE_ALIGN - 1) / STATE_ALIGN * STATE_ALIGN;
	}
}

/* The state that the row's functions work on. NULL if they must not be called. */
static const void *place_in(const struct state_place *place, const void *state, const void *cpu)
{
	const struct state_item *item = place->item;

	if (item->flags & STATE_OF_CPU)
		return cpu;
	return item->version && !place->size ? NULL : (const uint8_t *)state + place->offset;
}

uint32_t state_items(const struct state_layout *layout, uint32_t flags)
{
	uint32_t items = 0;

	for (uint32_t i = 0; i < layout->count; i++)
		if ((layout->place[i].item->flags & flags) == flags)
			items |= 1u << i;
	return items;
}

uint32_t state_save(const struct state_layout *layout, void *state, void *cpu, uint32_t notes)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < layout->count; i++) {
		const struct state_place *place = &layout->place[i];
		const struct state_item *item = place->item;
		void *at = (void *)place_in(place, state, cpu);

		if (item->spared_by & notes) {
			if (item->spare)
				item->spare();
			continue;
		}
		if (item->save && at)
			item->save(at);
		if (place->size)
			kept |= 1u << i;
	}
	return kept;
}

/* What the hardware has now of item number i. NULL if that is not known. */
static const void *now_of(const struct state_now *now, uint32_t i)
{
	if (!now || !(now->known >> i & 1))
		return NULL;
	return (const uint8_t *)now->memory + now->layout->place[i].offset;
}

void state_restore(const struct state_layout *layout, const void *state, const void *cpu,
		   const struct state_now *now, uint32_t notes)
{
	for (uint32_t i = layout->count; i-- > 0;) {
		const struct state_place *place = &layout->place[i];
		const struct state_item *item = place->item;
		const void *at = place_in(place, state, cpu);

		if (item->spared_by & notes)
			continue;
		if (item->restore && at)
			item->restore(at, now_of(now, i));
		else if (item->reset && !at)
			item->reset();
	}
}
