// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/integrity.h"
#include <stddef.h>
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/memory/page_walk.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/platform/platform.h"
#include "lib/xxh64.h"
#include "monitor/switch/kept_state.h"
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

/* Of what a descriptor table register points to; a table in nobody's memory adds nothing. */
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

static uint64_t sum_part(const struct slot *slot, const struct kept_state *kept,
			 enum integrity_part part)
{
	struct page_walk walk = walk_of(slot, kept);

	switch (part) {
	case PART_APART:
		return kept->apart_size ? xxh64((void *)kept->apart, kept->apart_size, 0) : 0;
	case PART_ACPI:
		return xxh64(kept->tables.acpi, sizeof(kept->tables.acpi), 0);
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
	const char *changed = changed_item(cpu_state_layout(), kept->cpu[0], integrity->cpu);

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

static uint32_t sum_text_page(uint64_t address)
{
	return (uint32_t)xxh64(phys(address), PAGE_SIZE, 0);
}

/* A page of text, any size: neighbours become one range. */
static void add_text(uint64_t physical, uint64_t size, void *context)
{
	struct integrity *integrity = context;
	uint32_t last = integrity->range_count - 1;
	bool joins = integrity->range_count > 0 &&
		     integrity->range[last].base + integrity->range[last].size == physical;

	if (size / PAGE_SIZE > INTEGRITY_PAGES - integrity->page_count ||
	    (!joins && integrity->range_count == INTEGRITY_RANGES)) {
		integrity->left_out += size;
		return;
	}
	if (joins) {
		integrity->range[last].size += size;
	} else {
		integrity->range[integrity->range_count].base = physical;
		integrity->range[integrity->range_count].size = size;
		integrity->range_count++;
	}
	for (uint64_t at = physical; at < physical + size; at += PAGE_SIZE)
		integrity->page_sum[integrity->page_count++] = sum_text_page(at);
}

void integrity_take(const struct slot *slot, struct kept_state *kept, enum integrity_check check)
{
	struct integrity *integrity = &kept->integrity;
	struct page_walk walk = walk_of(slot, kept);

	integrity->control = check & INTEGRITY_CONTROL;
	integrity->text = check & INTEGRITY_TEXT;
	integrity->range_count = 0;
	integrity->page_count = 0;
	integrity->left_out = 0;
	if (integrity->control)
		take_control(slot, kept);
	/* Tables without end: what was found of them before is checked all the same. */
	if (integrity->text)
		page_walk_text(&walk, add_text, integrity);
}

/* The first page of text that changed, or 0. */
static uint64_t changed_text(const struct integrity *integrity)
{
	uint32_t page = 0;

	for (uint32_t i = 0; i < integrity->range_count; i++) {
		uint64_t at = integrity->range[i].base, end = at + integrity->range[i].size;

		for (; at < end; at += PAGE_SIZE)
			if (sum_text_page(at) != integrity->page_sum[page++])
				return at;
	}
	return 0;
}

bool integrity_verify(const struct slot *slot, const struct kept_state *kept, struct error *error)
{
	const struct integrity *integrity = &kept->integrity;
	uint64_t text;

	if (integrity->control && !verify_control(slot, kept, error))
		return false;
	text = integrity->text ? changed_text(integrity) : 0;
	if (text)
		return fail(error,
			    "slot %s: its kernel text at %#lx to %#lx changed while it was "
			    "parked; \"switch %s force\" resumes it all the same",
			    slot->name, text, (text + PAGE_SIZE - 1), slot->name);
	return true;
}
