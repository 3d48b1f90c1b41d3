/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_regions.c - searches, claims and frees RAM.
 */
#include "monitor/plan/plan_regions.h"
#include "lib/print.h"
#include "lib/string.h"
#include "lib/units.h"

#define NO_REGION UINT32_MAX
#define LISTED	  3 /* places that plan_list() shows */

/* Index of the owner's region that holds [base, base + size), or NO_REGION. */
static uint32_t find_region(const struct plan *plan, uint64_t base, uint64_t size,
			    enum plan_owner owner)
{
	for (uint32_t i = 0; i < plan->count; i++) {
		const struct plan_region *region = &plan->region[i];

		if (region->owner == owner && base >= region->base &&
		    base - region->base <= region->size &&
		    size <= region->size - (base - region->base))
			return i;
	}
	return NO_REGION;
}

bool plan_is_free(const struct plan *plan, uint64_t base, uint64_t size)
{
	return find_region(plan, base, size, OWNER_FREE) != NO_REGION;
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

/*
 * Cuts [base, base + size) out of the region of that owner which holds it. Returns the index of the
 * piece, or NO_REGION if there is no such region, or no room in the plan.
 */
static uint32_t cut_region(struct plan *plan, uint64_t base, uint64_t size, enum plan_owner owner)
{
	uint32_t found = find_region(plan, base, size, owner), pieces;
	struct plan_region *region;

	if (found == NO_REGION || !size)
		return NO_REGION;
	region = &plan->region[found];
	pieces = (base != region->base) + (base + size != region->base + region->size);
	if (plan->count + pieces > PLAN_MAX_REGIONS)
		return NO_REGION;
	if (base != region->base) {
		split_region(plan, region, base - region->base);
		region++;
		found++;
	}
	if (size != region->size)
		split_region(plan, region, size);
	return found;
}

bool plan_claim(struct plan *plan, uint64_t base, uint64_t size, enum plan_owner owner,
		uint32_t slot)
{
	uint32_t piece = cut_region(plan, base, size, OWNER_FREE);

	if (piece == NO_REGION)
		return false;
	plan->region[piece].owner = owner;
	plan->region[piece].slot = slot;
	return true;
}

/* Joins region number index with the next one if both are free RAM and meet. */
static void join_next(struct plan *plan, uint32_t index)
{
	struct plan_region *region = &plan->region[index], *next = region + 1;

	if (index + 1 >= plan->count || region->owner != OWNER_FREE || next->owner != OWNER_FREE ||
	    region->type != next->type || region->base + region->size != next->base)
		return;
	region->size += next->size;
	plan->count--;
	memmove(next, next + 1, (plan->count - index - 1) * sizeof(*next));
}

bool plan_release(struct plan *plan, uint64_t base, uint64_t size, enum plan_owner owner)
{
	uint32_t piece = cut_region(plan, base, size, owner);

	if (piece == NO_REGION)
		return false;
	plan->region[piece].owner = OWNER_FREE;
	plan->region[piece].slot = 0;
	join_next(plan, piece);
	if (piece)
		join_next(plan, piece - 1);
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

uint64_t plan_sum(const struct plan *plan, const struct plan_search *search)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < plan->count; i++) {
		uint64_t first, last;

		if (usable(&plan->region[i], search, &first, &last))
			sum += last - first;
	}
	return sum;
}

/* A place comes before another one that is smaller, or lies higher. */
static bool comes_before(const struct region *place, const struct region *other)
{
	return place->size > other->size ||
	       (place->size == other->size && place->base < other->base);
}

/* The place that comes next behind `last`. False: there is none. */
static bool next_smaller(const struct plan *plan, const struct plan_search *search,
			 const struct region *last, struct region *place)
{
	place->size = 0;
	for (uint32_t i = 0; i < plan->count; i++) {
		struct region found = {0};
		uint64_t end;

		if (!usable(&plan->region[i], search, &found.base, &end))
			continue;
		found.size = end - found.base;
		if (comes_before(last, &found) && comes_before(&found, place))
			*place = found;
	}
	return place->size > 0;
}

/* In whole MiB, where it is one. */
static uint64_t whole(uint64_t size)
{
	return size < MIB ? size : align_down(size, MIB);
}

const char *plan_list(const struct plan *plan, const struct plan_search *search, char *text)
{
	struct region last = {.size = UINT64_MAX}, place;
	char size[SIZE_TEXT];
	int used = 0;

	format_text(text, PLAN_LIST_TEXT, "none");
	for (uint32_t n = 0; n < LISTED && next_smaller(plan, search, &last, &place); n++) {
		used += format_text(text + used, PLAN_LIST_TEXT - (uint32_t)used, "%s%s at %#lx",
				    n ? ", " : "", format_size(size, whole(place.size)),
				    place.base);
		last = place;
	}
	return text;
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
