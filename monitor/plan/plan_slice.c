// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/plan/plan_slice.h"
#include <stddef.h>
#include "lib/print.h"
#include "lib/units.h"
#include "monitor/plan/plan_regions.h"

/*
 * Sizes of slices. The largest size of which every slot can have one is used. Linux's trampoline
 * needs 28 KiB in one piece.
 */
static const uint64_t slice_sizes[] = {64 * KIB, 48 * KIB, PLAN_SLICE_LEAST};

#define SLICE_SIZES (sizeof(slice_sizes) / sizeof(slice_sizes[0]))

/*
 * If a slot says where its range is, the range's base also gives the place of its slice, so that it
 * does not depend on other slots. There are PINNED_PLACES places from PINNED_BASE on. Their number
 * is a prime, so up to 17 ranges at successive multiples of 256 MiB, 512 MiB or 1 GiB have
 * different places.
 */
#define PINNED_BASE   (64 * KIB)
#define PINNED_SLICE  PLAN_SLICE_LEAST
#define PINNED_PLACES 17
#define PINNED_STEP   (16 * MIB) /* distance of range bases with successive places */

/* Finds the place that a range's base gives, or the next free one after it. */
static bool find_pinned_slice(const struct plan *plan, uint64_t range_base, uint64_t *slice)
{
	uint64_t place = range_base / PINNED_STEP;

	for (uint32_t i = 0; i < PINNED_PLACES; i++, place++) {
		*slice = PINNED_BASE + place % PINNED_PLACES * PINNED_SLICE;
		if (plan_is_free(plan, *slice, PINNED_SLICE))
			return true;
	}
	return false;
}

bool plan_slice(const struct plan *plan, uint64_t size, const struct region *range,
		struct region *slice, struct error *error)
{
	struct plan_search low = {.align = PAGE_SIZE, .limit = MIB};
	char want[SIZE_TEXT], left[SIZE_TEXT];

	low.size = slice->size = range ? PINNED_SLICE : size;
	slice->type = REGION_RAM;
	if (range && find_pinned_slice(plan, range->base, &slice->base))
		return true;
	return plan_find_low(plan, &low, &slice->base) ||
	       fail(error, "no room below 1 MiB: wanted %s in one piece, %s left",
		    format_size(want, low.size), format_size(left, plan_largest(plan, &low)));
}

uint64_t plan_slice_size(const struct plan *plan, uint32_t count)
{
	for (uint32_t i = 0; i < SLICE_SIZES; i++) {
		uint64_t fit = 0;

		for (uint32_t j = 0; j < plan->count; j++)
			if (plan->region[j].owner == OWNER_FREE && plan->region[j].base < MIB)
				fit += plan->region[j].size / slice_sizes[i];
		if (fit >= count)
			return slice_sizes[i];
	}
	return slice_sizes[SLICE_SIZES - 1];
}
