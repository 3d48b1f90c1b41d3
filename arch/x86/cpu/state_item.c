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

void state_save(const struct state_layout *layout, void *state, void *cpu)
{
	for (uint32_t i = 0; i < layout->count; i++) {
		const struct state_place *place = &layout->place[i];
		void *at = (void *)place_in(place, state, cpu);

		if (place->item->save && at)
			place->item->save(at);
	}
}

void state_restore(const struct state_layout *layout, const void *state, const void *cpu)
{
	for (uint32_t i = layout->count; i-- > 0;) {
		const struct state_place *place = &layout->place[i];
		const void *at = place_in(place, state, cpu);

		if (place->item->restore && at)
			place->item->restore(at);
		else if (place->item->reset && !at)
			place->item->reset();
	}
}
