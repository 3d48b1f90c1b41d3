// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/plan/pool.h"
#include "lib/print.h"
#include "lib/units.h"
#include "monitor/plan/plan_regions.h"
#include "monitor/plan/plan_slots.h"

/* Freeing a slot's images cuts each of them out of its region. */
#define DROP_PIECES (2 * SLOT_IMAGES)

static const struct plan_search pool_search = {.align = PAGE_SIZE,
					       .floor = KERNELS_FIRST,
					       .limit = UINT64_MAX};

bool pool_take(struct plan *plan, uint64_t size, uint64_t *base, struct error *error)
{
	struct plan_search search = pool_search;
	uint64_t largest = pool_largest(plan);
	char wanted[SIZE_TEXT], left[SIZE_TEXT];

	if (!size || size > largest)
		return fail(error, "no room: wanted %s in one piece; the largest free piece has %s",
			    format_size(wanted, size), format_size(left, largest));
	search.size = page_up(size);
	return (plan_find_high(plan, &search, NULL, 0, base) &&
		plan_claim(plan, *base, search.size, OWNER_STORE, 0)) ||
	       fail(error, "memory is in too many pieces; %d is the most", PLAN_MAX_REGIONS);
}

void pool_give(struct plan *plan, uint64_t base, uint64_t size)
{
	plan_release(plan, base, page_up(size), OWNER_STORE);
}

uint64_t pool_largest(const struct plan *plan)
{
	return plan_largest(plan, &pool_search);
}

bool pool_can_drop(const struct plan *plan, uint32_t more, struct error *error)
{
	return plan->count + DROP_PIECES + more <= PLAN_MAX_REGIONS ||
	       fail(error, "memory is in %u pieces; %u is the most", plan->count,
		    PLAN_MAX_REGIONS - DROP_PIECES - more);
}

static bool has_image(const struct slot *slot, uint64_t base)
{
	for (uint32_t n = 0; n < SLOT_IMAGES; n++)
		if (slot_image(slot, n)->size && slot_image(slot, n)->base == base)
			return true;
	return false;
}

static bool is_used(const struct slot_table *table, uint64_t base)
{
	for (uint32_t i = 0; i < table->count; i++)
		if (has_image(&table->slot[i], base))
			return true;
	return false;
}

void pool_drop_images(struct plan *plan, const struct slot_table *table, const struct slot *slot)
{
	for (uint32_t n = 0; n < SLOT_IMAGES; n++) {
		const struct image *image = slot_image(slot, n);

		if (!image->size)
			continue;
		if (image->string_base)
			pool_give(plan, image->string_base, PAGE_SIZE);
		/* If two of its own images share a place, the second attempt finds it free. */
		if (!is_used(table, image->base))
			pool_give(plan, image->base, image->size);
	}
}
