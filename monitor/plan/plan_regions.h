/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_regions.h - searches and claims free RAM, for the other parts of the memory plan.
 */
#ifndef MONITOR_PLAN_PLAN_REGIONS_H
#define MONITOR_PLAN_PLAN_REGIONS_H

#include "monitor/plan/plan.h"

/* The place that a search looks for, in bytes. The place must end at limit or below. */
struct plan_search {
	uint64_t size, align;
	uint64_t floor, limit;
};

/* True if one free region contains [base, base + size). */
bool plan_is_free(const struct plan *plan, uint64_t base, uint64_t size);

/*
 * Gives the free range [base, base + size) to owner. False if it is not free, or if the plan is
 * full; nothing has changed then.
 */
bool plan_claim(struct plan *plan, uint64_t base, uint64_t size, enum plan_owner owner,
		uint32_t slot);

/*
 * Makes [base, base + size) free again, which lies in one region of that owner, and joins it with
 * free neighbours. False if it does not, or if the plan is full; nothing has changed then. It needs
 * no room in the plan if the range is all of its region.
 */
bool plan_release(struct plan *plan, uint64_t base, uint64_t size, enum plan_owner owner);

/* The lowest free place; false if there is none. */
bool plan_find_low(const struct plan *plan, const struct plan_search *search, uint64_t *base);

/* The highest free place that overlaps none of count obstacles; false if there is none. */
bool plan_find_high(const struct plan *plan, const struct plan_search *search,
		    const struct region *obstacle, uint32_t count, uint64_t *base);

/* The largest size for which plan_find_low() would find a place. search->size is ignored. */
uint64_t plan_largest(const struct plan *plan, const struct plan_search *search);

/* The sizes of all places that a search may use, added up. search->size is ignored. */
uint64_t plan_sum(const struct plan *plan, const struct plan_search *search);

#define PLAN_LIST_TEXT 160 /* bytes */

/*
 * Writes the largest places that a search may use, three at most, to text, which has room for
 * PLAN_LIST_TEXT: "1000 MiB at 0x1000000, 64 MiB at 0x70000000"; "none". Returns text.
 */
const char *plan_list(const struct plan *plan, const struct plan_search *search, char *text);

#endif
