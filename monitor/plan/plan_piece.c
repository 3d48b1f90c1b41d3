// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/plan/plan_piece.h"
#include "lib/print.h"
#include "lib/units.h"
#include "monitor/plan/plan_regions.h"
#include "monitor/plan/plan_slots.h"

/*
 * Linux takes 64 MiB for bounce buffers (kernel/dma/swiotlb.c, IO_TLB_DEFAULT_SIZE), in one piece and
 * before anything else. If there is no such piece, it tries half of it, and so on. A device also needs
 * memory for what its driver and it both write to. With nothing beside the buffers, drivers fail.
 */
#define BOUNCE_BUFFERS (64 * MIB)
#define WHOLE	       (BOUNCE_BUFFERS + 16 * MIB)

/* Sizes without low=, the best one first. */
static const uint64_t sizes[] = {WHOLE, BOUNCE_BUFFERS / 2 + 16 * MIB,
				 BOUNCE_BUFFERS / 4 + 8 * MIB};

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

static bool is_above(const struct slot *slot)
{
	return slot->ram.base >= BELOW_4G;
}

/* From the top down: what comes later may need a low place, and seldom needs a high one. */
static bool take(struct plan *plan, struct slot *slot, uint32_t index,
		 const struct plan_search *search)
{
	uint64_t base;

	if (!plan_find_high(plan, search, NULL, 0, &base) ||
	    !plan_claim(plan, base, search->size, OWNER_SLOT, index))
		return false;
	slot->dma = (struct region){.base = base, .size = search->size, .type = REGION_RAM};
	return true;
}

bool plan_piece(struct plan *plan, struct slot *slot, uint32_t index, struct error *error)
{
	struct plan_search search = {.size = page_up(slot->want_low),
				     .align = LARGE_PAGE,
				     .floor = KERNELS_FIRST,
				     .limit = BELOW_4G};
	char want[SIZE_TEXT], list[PLAN_LIST_TEXT];

	slot->dma.size = 0;
	if (!is_above(slot) || (slot->has_low && !search.size))
		return true;
	if (slot->has_low)
		return take(plan, slot, index, &search) ||
		       fail(error,
			    "no room: low= wants %s in one piece below 4 GiB; free are %s; lower "
			    "low= or drop a slot",
			    format_size(want, search.size), plan_list(plan, &search, list));
	for (uint32_t i = 0; i < SIZES; i++) {
		search.size = sizes[i];
		if (take(plan, slot, index, &search))
			break;
	}
	return true;
}

bool plan_piece_enough(const struct slot *slot, struct error *warning)
{
	char size[SIZE_TEXT], whole[SIZE_TEXT];

	if (!is_above(slot))
		return !slot->has_low ||
		       fail(warning, "low= has no use: all of its memory lies below 4 GiB");
	if (slot->has_low || slot->dma.size >= WHOLE)
		return true;
	if (!slot->dma.size)
		return fail(warning,
			    "no RAM below 4 GiB is left for it; devices that address no more, such "
			    "as IDE and UHCI, will fail in it");
	return fail(warning,
		    "only %s of %s below 4 GiB are left for it; in it, devices that address no "
		    "more may fail, or be slow",
		    format_size(size, slot->dma.size), format_size(whole, WHOLE));
}
