// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/integrity.h"
#include <stddef.h>
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/memory/page_walk.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/platform/platform.h"
#include "lib/xxh64.h"
#include "monitor/switch/kept_state.h"
#include "monitor/switch/slot_block.h"
#include "lib/units.h"

static const char *const part_names[PART_COUNT] = {
	[PART_APART] = "saved device state: vga-font",
	[PART_ACPI] = "ACPI tables",
	[PART_GDT] = "GDT",
	[PART_IDT] = "IDT",
	[PART_PAGE_TABLE] = "top page table",
};

static struct page_walk walk_of(const struct slot *slot, const struct kept_state *kept)
{
	return (struct page_walk){
		.cr3 = kept->cpu[0]->cr3,
		.cr4 = kept->cpu[0]->cr4,
		.efer = kept->cpu[0]->efer,
		.base = slot->ram.base,
		.size = slot->ram.size,
	};
}

/* The sum of a descriptor table. A table that is not mapped adds nothing. */
static uint64_t sum_table(const struct page_walk *walk, const struct descriptor_pointer *table)
{
	uint64_t sum = 0, at = table->base, left = table->limit + 1ull;

	while (left > 0) {
		uint64_t part = PAGE_SIZE - at % PAGE_SIZE, physical;

		if (part > left)
			part = left;
		if (page_walk_find(walk, at, &physical))
			sum = xxh64(phys(physical), part, sum);
		at += part;
		left -= part;
	}
	return sum;
}

static uint64_t sum_root(const struct page_walk *walk)
{
	uint64_t root = walk->cr3 & ~(PAGE_SIZE - 1) & ~(1ull << 63);

	if (root < walk->base || root - walk->base >= walk->size)
		return 0;
	return xxh64(phys(root), PAGE_SIZE, 0);
}

/* The sum of the ACPI tables. They lie in the block before its fixed part. */
static uint64_t sum_acpi(const struct slot *slot)
{
	uint64_t size = slot->block.size - sizeof(struct slot_block);

	return size ? xxh64(phys(slot->block.base), size, 0) : 0;
}

static uint64_t sum_part(const struct slot *slot, const struct kept_state *kept,
			 enum integrity_part part)
{
	struct page_walk walk = walk_of(slot, kept);

	switch (part) {
	case PART_APART:
		return kept->apart_size ? xxh64((void *)kept->apart, kept->apart_size, 0) : 0;
	case PART_ACPI:
		return sum_acpi(slot);
	case PART_GDT:
		return sum_table(&walk, &kept->cpu[0]->gdtr);
	case PART_IDT:
		return sum_table(&walk, &kept->cpu[0]->idtr);
	case PART_PAGE_TABLE:
		return sum_root(&walk);
	case PART_COUNT:
		break;
	}
	return 0;
}

static uint64_t sum_item(const struct state_place *place, const void *state)
{
	return place->size ? xxh64((const uint8_t *)state + place->offset, place->size, 0) : 0;
}

static void take_items(const struct state_layout *layout, const void *state, uint64_t *sum)
{
	for (uint32_t i = 0; i < layout->count; i++)
		sum[i] = sum_item(&layout->place[i], state);
}

/* The name of the first item that changed, or NULL. */
static const char *changed_item(const struct state_layout *layout, const void *state,
				const uint64_t *sum)
{
	for (uint32_t i = 0; i < layout->count; i++)
		if (sum_item(&layout->place[i], state) != sum[i])
			return layout->place[i].item->name;
	return NULL;
}

static void take_control(const struct slot *slot, struct kept_state *kept)
{
	struct integrity *integrity = &kept->integrity;

	take_items(cpu_state_layout(), kept->cpu[0], integrity->cpu);
	take_items(platform_layout(), kept->platform, integrity->machine);
	for (unsigned int part = 0; part < PART_COUNT; part++)
		integrity->part[part] = sum_part(slot, kept, (enum integrity_part)part);
}

static bool verify_control(const struct slot *slot, const struct kept_state *kept,
			   struct error *error)
{
	const struct integrity *integrity = &kept->integrity;
	const char *what = "saved CPU state: ";
	const char *changed = slot_block_damage(slot);

	if (changed)
		what = "";
	else
		changed = changed_item(cpu_state_layout(), kept->cpu[0], integrity->cpu);
	if (!changed) {
		what = "saved device state: ";
		changed = changed_item(platform_layout(), kept->platform, integrity->machine);
	}
	for (unsigned int part = 0; !changed && part < PART_COUNT; part++) {
		what = "";
		if (sum_part(slot, kept, (enum integrity_part)part) != integrity->part[part])
			changed = part_names[part];
	}
	return !changed || fail(error,
				"slot %s: its %s%s changed while it was parked; \"switch %s "
				"force\" resumes it all the same",
				slot->name, what, changed, slot->name);
}

uint64_t integrity_room(enum integrity_check check)
{
	return check & INTEGRITY_TEXT ? sizeof(struct text_sums) : 0;
}

/* The context of a walk through a slot's page tables. */
struct text_finder {
	struct integrity *integrity;
	uint64_t base; /* of the slot's range */
};

/* Adds a page of text, of any size. Adjacent pages become one range. */
static void add_text(uint64_t physical, uint64_t size, void *context)
{
	const struct text_finder *finder = context;
	struct integrity *integrity = finder->integrity;
	uint32_t first = (uint32_t)((physical - finder->base) / PAGE_SIZE);
	uint32_t count = (uint32_t)(size / PAGE_SIZE);
	struct text_range *next = &integrity->sums->range[integrity->range_count];
	bool joins = integrity->range_count > 0 && next[-1].first + next[-1].count == first;

	if (count > INTEGRITY_PAGES - integrity->page_count ||
	    (!joins && integrity->range_count == INTEGRITY_RANGES)) {
		integrity->left_out += size;
		return;
	}
	integrity->page_count += count;
	if (joins) {
		next[-1].count += count;
		return;
	}
	*next = (struct text_range){first, count};
	integrity->range_count++;
}

/* A part of a range that has a sum of its own. */
struct text_unit {
	uint64_t base, size;
};

/* The unit that begins done pages after the start of a range. Its size is 0 at the range's end. */
static struct text_unit unit_of(const struct slot *slot, const struct text_range *range,
				uint32_t done)
{
	uint32_t left = range->count - done;
	uint32_t pages = left < INTEGRITY_UNIT_PAGES ? left : INTEGRITY_UNIT_PAGES;

	return (struct text_unit){slot->ram.base + (range->first + done) * PAGE_SIZE,
				  pages * PAGE_SIZE};
}

static uint32_t sum_unit(const struct text_unit *unit)
{
	return (uint32_t)xxh64(phys(unit->base), unit->size, 0);
}

/* Visits all units of a slot's text, until visit returns false. */
static void each_unit(const struct slot *slot, const struct integrity *integrity,
		      bool (*visit)(const struct text_unit *unit, uint32_t *sum, void *context),
		      void *context)
{
	uint32_t *sum = integrity->sums->sum;

	for (uint32_t i = 0; i < integrity->range_count; i++) {
		const struct text_range *range = &integrity->sums->range[i];

		for (uint32_t done = 0; done < range->count; done += INTEGRITY_UNIT_PAGES) {
			struct text_unit unit = unit_of(slot, range, done);

			if (!visit(&unit, sum++, context))
				return;
		}
	}
}

static bool take_unit(const struct text_unit *unit, uint32_t *sum, void *none)
{
	(void)none;
	*sum = sum_unit(unit);
	return true;
}

/* Stops at the first unit that has changed, and stores it in *changed. */
static bool compare_unit(const struct text_unit *unit, uint32_t *sum, void *changed)
{
	if (sum_unit(unit) == *sum)
		return true;
	*(struct text_unit *)changed = *unit;
	return false;
}

void integrity_take(const struct slot *slot, struct kept_state *kept, enum integrity_check check)
{
	struct integrity *integrity = &kept->integrity;
	struct text_finder finder = {.integrity = integrity, .base = slot->ram.base};
	struct page_walk walk = walk_of(slot, kept);

	integrity->control = check & INTEGRITY_CONTROL;
	integrity->text = check & INTEGRITY_TEXT;
	integrity->range_count = 0;
	integrity->page_count = 0;
	integrity->left_out = 0;
	if (integrity->control)
		take_control(slot, kept);
	if (!integrity->text)
		return;
	/* A walk through endless tables stops early. The text that it found is still checked. */
	page_walk_text(&walk, add_text, &finder);
	each_unit(slot, integrity, take_unit, NULL);
}

bool integrity_verify(const struct slot *slot, const struct kept_state *kept, struct error *error)
{
	const struct integrity *integrity = &kept->integrity;
	struct text_unit changed = {0};

	if (integrity->control && !verify_control(slot, kept, error))
		return false;
	if (integrity->text)
		each_unit(slot, integrity, compare_unit, &changed);
	if (changed.size)
		return fail(error,
			    "slot %s: its kernel text at %#lx to %#lx changed while it was "
			    "parked; \"switch %s force\" resumes it all the same",
			    slot->name, changed.base, changed.base + changed.size - 1, slot->name);
	return true;
}
