/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_init.c - makes a plan from the firmware's memory map. All RAM in it is free.
 */
#include "monitor/plan/plan_init.h"
#include <stddef.h>
#include "lib/units.h"

#define MAX_BOUNDARIES (2 * BOOT_MAX_REGIONS)

/*
 * Linux does not use the first 64 KiB, because some BIOSes write there, so a slice there would be
 * useless. The real-mode vectors and BIOS data (0 to 0x500) belong to firmware.
 */
#define LOW_RESERVED 0x10000ull

static uint64_t region_end(const struct region *region)
{
	uint64_t end = region->base + region->size;

	return end < region->base ? UINT64_MAX : end;
}

/* Where two entries of the firmware's map overlap, the one with the higher value is used. */
static int restriction(uint32_t type)
{
	switch (type) {
	case REGION_RAM:
		return 0;
	case REGION_ACPI:
		return 1;
	case REGION_NVS:
		return 2;
	case REGION_RESERVED:
		return 3;
	case REGION_UNUSABLE:
		return 5;
	default: /* a number that only this firmware uses */
		return 4;
	}
}

/* Adds [base, end). If the last region is of the same kind and ends at base, it is extended. */
static bool append_region(struct plan *plan, uint64_t base, uint64_t end, uint32_t type,
			  enum plan_owner owner)
{
	struct plan_region *last = plan->count ? &plan->region[plan->count - 1] : NULL;

	if (base >= end)
		return true;
	if (last && last->base + last->size == base && last->type == type && last->owner == owner) {
		last->size = end - last->base;
		return true;
	}
	if (plan->count == PLAN_MAX_REGIONS)
		return false;
	plan->region[plan->count++] = (struct plan_region){.base = base,
							   .size = end - base,
							   .type = type,
							   .owner = owner};
	return true;
}

static uint64_t clamp(uint64_t value, uint64_t low, uint64_t high)
{
	if (value < low)
		return low;
	return value > high ? high : value;
}

/*
 * Adds RAM [base, end). Whole pages become free, except those that firmware has below 1 MiB. Parts
 * of pages at the ends stay RAM that nobody gets.
 */
static bool append_ram(struct plan *plan, uint64_t base, uint64_t end, uint64_t ebda)
{
	uint64_t first = page_up(base), last = page_down(end);
	uint64_t low_end, high_start;

	if (first < base || first >= last)
		return append_region(plan, base, end, REGION_RAM, OWNER_FIRMWARE);
	/* RAM is free in [64 KiB, EBDA) and above 1 MiB. */
	low_end = clamp(page_down(ebda), first, last);
	first = clamp(LOW_RESERVED, first, low_end);
	high_start = clamp(MIB, low_end, last);
	return append_region(plan, base, first, REGION_RAM, OWNER_FIRMWARE) &&
	       append_region(plan, first, low_end, REGION_RAM, OWNER_FREE) &&
	       append_region(plan, low_end, high_start, REGION_RAM, OWNER_FIRMWARE) &&
	       append_region(plan, high_start, last, REGION_RAM, OWNER_FREE) &&
	       append_region(plan, last, end, REGION_RAM, OWNER_FIRMWARE);
}

/* Finds all addresses where a region begins or ends, and sorts them. Returns how many. */
static uint32_t find_boundaries(const struct boot_info *boot, uint64_t *boundary)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < boot->region_count; i++) {
		boundary[count++] = boot->region[i].base;
		boundary[count++] = region_end(&boot->region[i]);
	}
	for (uint32_t i = 1; i < count; i++) {
		uint64_t value = boundary[i];
		uint32_t j = i;

		for (; j > 0 && boundary[j - 1] > value; j--)
			boundary[j] = boundary[j - 1];
		boundary[j] = value;
	}
	return count;
}

/* The type of [base, end). No region begins or ends within it. False: no region contains it. */
static bool type_between(const struct boot_info *boot, uint64_t base, uint64_t end, uint32_t *type)
{
	bool found = false;

	for (uint32_t i = 0; i < boot->region_count; i++) {
		const struct region *region = &boot->region[i];

		if (region->base > base || region_end(region) < end || !region->size)
			continue;
		if (!found || restriction(region->type) > restriction(*type))
			*type = region->type;
		found = true;
	}
	return found;
}

/* A stretch of memory with one type. It grows until the type changes. */
struct stretch {
	uint64_t base, end;
	uint32_t type;
};

static bool finish_stretch(struct plan *plan, const struct stretch *stretch, uint64_t ebda)
{
	if (stretch->base == stretch->end)
		return true;
	if (stretch->type == REGION_RAM)
		return append_ram(plan, stretch->base, stretch->end, ebda);
	return append_region(plan, stretch->base, stretch->end, stretch->type, OWNER_FIRMWARE);
}

bool plan_init(struct plan *plan, const struct boot_info *boot, uint64_t ebda, struct error *error)
{
	uint64_t boundary[MAX_BOUNDARIES];
	uint32_t count = find_boundaries(boot, boundary);
	struct stretch stretch = {0};
	bool room = true;

	plan->count = 0;
	plan->monitor = plan->store = plan->pictures = (struct region){0};
	for (uint32_t i = 0; i + 1 < count && room; i++) {
		uint64_t base = boundary[i], end = boundary[i + 1];
		uint32_t type = 0;

		if (base == end || !type_between(boot, base, end, &type))
			continue;
		if (stretch.end == base && stretch.base != base && stretch.type == type) {
			stretch.end = end;
			continue;
		}
		room = finish_stretch(plan, &stretch, ebda);
		stretch = (struct stretch){.base = base, .end = end, .type = type};
	}
	if (!room || !finish_stretch(plan, &stretch, ebda))
		return fail(error, "firmware's memory map is in more than %d pieces",
			    PLAN_MAX_REGIONS);
	for (uint32_t i = 0; i < plan->count; i++)
		if (plan->region[i].owner == OWNER_FREE)
			return true;
	return fail(error, "firmware's memory map shows no free RAM in %u entries",
		    boot->region_count);
}
