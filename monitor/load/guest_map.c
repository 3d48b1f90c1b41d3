/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guest_map.c - the memory map that a slot sees.
 */
#include <stddef.h>
#include "monitor/load/guest_map.h"

/* The map as it grows, with room for max entries. */
struct builder {
	struct region *map;
	uint32_t count, max;
	bool full;
};

static void add_region(struct builder *builder, uint64_t base, uint64_t end, uint32_t type)
{
	struct region *last = builder->count ? &builder->map[builder->count - 1] : NULL;

	if (base >= end)
		return;
	if (last && last->type == type && last->base + last->size == base) {
		last->size = end - last->base;
		return;
	}
	if (builder->count == builder->max) {
		builder->full = true;
		return;
	}
	builder->map[builder->count++] =
		(struct region){.base = base, .size = end - base, .type = type};
}

/*
 * Says what a region of the plan is to the slot. RAM of others is reserved. It is not left out,
 * because a kernel could take the hole for a place to put PCI devices.
 */
static uint32_t type_for_slot(const struct plan_region *region, uint32_t slot)
{
	if (region->owner == OWNER_SLOT && region->slot == slot)
		return REGION_RAM;
	return region->type == REGION_RAM ? REGION_RESERVED : region->type;
}

uint32_t guest_map(const struct plan *plan, uint32_t slot, const struct region *tables,
		   struct region *map, uint32_t max, struct error *error)
{
	struct builder builder = {.map = map, .max = max};
	uint64_t tables_base = tables->base, tables_end = tables->base + tables->size;

	for (uint32_t i = 0; i < plan->count; i++) {
		const struct plan_region *region = &plan->region[i];
		uint64_t base = region->base, end = region->base + region->size;
		uint32_t type = type_for_slot(region, slot);

		if (!tables->size || tables_end <= base || tables_base >= end) {
			add_region(&builder, base, end, type);
			continue;
		}
		add_region(&builder, base, tables_base, type);
		add_region(&builder, tables_base > base ? tables_base : base,
			   tables_end < end ? tables_end : end, REGION_ACPI);
		add_region(&builder, tables_end, end, type);
	}
	if (builder.full) {
		fail(error,
		     "memory map has more than %u entries, the most that the kernel can take", max);
		return 0;
	}
	return builder.count;
}
