// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/integrity.h"
#include "arch/x86/memory/page_walk.h"
#include "arch/x86/memory/phys.h"
#include "lib/xxh64.h"
#include "monitor/switch/kept_state.h"
#include "lib/units.h"

static const char *const part_names[PART_COUNT] = {
	[PART_CPU] = "saved CPU state",
	[PART_DEVICES] = "saved device state",
	[PART_ACPI] = "ACPI tables",
	[PART_GDT] = "GDT",
	[PART_IDT] = "IDT",
	[PART_PAGE_TABLE] = "top page table",
};

static struct page_walk walk_of(const struct slot *slot, const struct kept_state *kept)
{
	return (struct page_walk){
		.cr3 = kept->cpu.cr3,
		.cr4 = kept->cpu.cr4,
		.efer = kept->cpu.efer,
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
	case PART_CPU:
		return xxh64(&kept->cpu, sizeof(kept->cpu), 0);
	case PART_DEVICES:
		return xxh64(&kept->platform, sizeof(kept->platform), 0);
	case PART_ACPI:
		return xxh64(kept->tables.acpi, sizeof(kept->tables.acpi), 0);
	case PART_GDT:
		return sum_table(&walk, &kept->cpu.gdtr);
	case PART_IDT:
		return sum_table(&walk, &kept->cpu.idtr);
	case PART_PAGE_TABLE:
		return sum_root(&walk);
	case PART_COUNT:
		break;
	}
	return 0;
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
	for (unsigned int part = 0; integrity->control && part < PART_COUNT; part++)
		integrity->part[part] = sum_part(slot, kept, (enum integrity_part)part);
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

	for (unsigned int part = 0; integrity->control && part < PART_COUNT; part++)
		if (sum_part(slot, kept, (enum integrity_part)part) != integrity->part[part])
			return fail(error,
				    "slot %s: its %s changed while it was parked; \"switch %s "
				    "force\" resumes it all the same",
				    slot->name, part_names[part], slot->name);
	text = integrity->text ? changed_text(integrity) : 0;
	if (text)
		return fail(error,
			    "slot %s: its kernel text at %#lx to %#lx changed while it was "
			    "parked; \"switch %s force\" resumes it all the same",
			    slot->name, text, (text + PAGE_SIZE - 1), slot->name);
	return true;
}
