/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_regions.c - searches and claims free RAM.
 */
#include "monitor/plan/plan_regions.h"
#include "lib/string.h"

#define NOT_FREE UINT32_MAX

/* Index of the free region that holds [base, base + size), or NOT_FREE. */
static uint32_t find_free(const struct plan *plan, uint64_t base, uint64_t size)
{
	for (uint32_t i = 0; i < plan->count; i++) {
		const struct plan_region *region = &plan->region[i];

		if (region->owner == OWNER_FREE && base >= region->base &&
		    base - region->base <= region->size &&
		    size <= region->size - (base - region->base))
			return i;
	}
	return NOT_FREE;
}

bool plan_is_free(const struct plan *plan, uint64_t base, uint64_t size)
{
	return find_free(plan, base, size) != NOT_FREE;
}

/* Splits region in two; the first has first_size bytes. The plan must have room for one more. */
static void split_region(struct plan *plan, struct plan_region *region, uint64_t first_size)
{
	uint32_t behind = plan->count - (uint32_t)(region - plan->region);

	memmove(region + 1, region, behind * sizeof(*region));
	plan->count++;
	region[0].size = first_size;
	region[1].base += first_size;
	region[1].size -= first_size;
}

bool plan_claim(struct plan *plan, uint64_t base, uint64_t size, enum plan_owner owner,
		uint32_t slot)
{
	uint32_t found = find_free(plan, base, size), pieces;
	struct plan_region *region;

	if (found == NOT_FREE || !size)
		return false;
	region = &plan->region[found];
	pieces = (base != region->base) + (base + size != region->base + region->size);
	if (plan->count + pieces > PLAN_MAX_REGIONS)
		return false;
	if (base != region->base) {
		split_region(plan, region, base - region->base);
		region++;
	}
	if (size != region->size)
		split_region(plan, region, size);
	region->owner = owner;
	region->slot = slot;
	return true;
}

/* Finds the part of a free region that a search may use: [*first, *last). False: none. */
static bool usable(const struct plan_region *region, const struct plan_search *search,
		   uint64_t *first, uint64_t *last)
{
	uint64_t base = region->base, end = region->base + region->size;

	if (region->owner != OWNER_FREE)
		return false;
	if (base < search->floor)
		base = search->floor;
	if (end > search->limit)
		end = search->limit;
	*first = (base + search->align - 1) & -search->align;
	*last = end;
	return *first >= base && *first < end;
}

bool plan_find_low(const struct plan *plan, const struct plan_search *search, uint64_t *base)
{
	for (uint32_t i = 0; i < plan->count; i++) {
		uint64_t first, last;

		if (usable(&plan->region[i], search, &first, &last) &&
		    last - first >= search->size) {
			*base = first;
			return true;
		}
	}
	return false;
}

uint64_t plan_largest(const struct plan *plan, const struct plan_search *search)
{
	uint64_t largest = 0;

	for (uint32_t i = 0; i < plan->count; i++) {
		uint64_t first, last;

		if (usable(&plan->region[i], search, &first, &last) && last - first > largest)
			largest = last - first;
	}
	return largest;
}

/* An obstacle that overlaps [base, base + size), or NULL. */
static const struct region *obstacle_in(const struct region *obstacle, uint32_t count,
					uint64_t base, uint64_t size)
{
	for (uint32_t i = 0; i < count; i++)
		if (obstacle[i].size && obstacle[i].base < base + size &&
		    base < obstacle[i].base + obstacle[i].size)
			return &obstacle[i];
	return NULL;
}

bool plan_find_high(const struct plan *plan, const struct plan_search *search,
		    const struct region *obstacle, uint32_t count, uint64_t *base)
{
	for (uint32_t i = plan->count; i-- > 0;) {
		uint64_t first, last;

		if (!usable(&plan->region[i], search, &first, &last))
			continue;
		while (last >= first && last - first >= search->size) {
			uint64_t place = (last - search->size) & -search->align;
			const struct region *met =
				obstacle_in(obstacle, count, place, search->size);

			if (!met) {
				*base = place;
				return true;
			}
			last = met->base;
		}
	}
	return false;
}
