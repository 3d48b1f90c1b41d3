/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_regions.h - searching and claiming free RAM: what the parts of the memory plan share.
 */
#ifndef MONITOR_PLAN_PLAN_REGIONS_H
#define MONITOR_PLAN_PLAN_REGIONS_H

#include "monitor/plan/plan.h"

/* What a search looks for, in bytes. limit: where it has to end, at most. */
struct plan_search {
	uint64_t size, align;
	uint64_t floor, limit;
};

/* True if [base, base + size) lies in one free region. */
bool plan_is_free(const struct plan *plan, uint64_t base, uint64_t size);

/*
 * Gives the free range [base, base + size) to owner. False if it is not free, or the plan is full:
 * nothing has changed then.
 */
bool plan_claim(struct plan *plan, uint64_t base, uint64_t size, enum plan_owner owner,
		uint32_t slot);

/* The lowest free place; false if there is none. */
bool plan_find_low(const struct plan *plan, const struct plan_search *search, uint64_t *base);

/* The highest free place that meets none of count obstacles. */
bool plan_find_high(const struct plan *plan, const struct plan_search *search,
		    const struct region *obstacle, uint32_t count, uint64_t *base);

/* The largest size that plan_find_low() would find a place for, whatever search->size says. */
uint64_t plan_largest(const struct plan *plan, const struct plan_search *search);

#endif
