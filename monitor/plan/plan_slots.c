/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_slots.c - a slice below 1 MiB and a range for each slot.
 */
#include "monitor/plan/plan_slots.h"
#include "monitor/plan/plan_piece.h"
#include "monitor/plan/plan_regions.h"
#include "monitor/plan/plan_slice.h"
#include "lib/print.h"
#include "lib/string.h"
#include "lib/units.h"

#define SLOT_PIECES 4 /* a slot's two claims add at most so many regions */

#define LEAST_ADDED MIB /* no kernel is smaller, with the slot's block beside it */

/* The search for one slot's place. */
struct placing {
	struct plan *plan;
	struct slot_table *table;
	struct slot *slot;
	uint32_t index;
	uint64_t slice;
};

bool plan_asked_range(const struct slot *slot, struct region *range)
{
	if (!slot->has_base && !slot->needs.fixed)
		return false;
	range->size = page_up(slot->want_size);
	range->type = REGION_RAM;
	if (slot->has_base)
		range->base = slot->want_base;
	else if (slot->needs.base < SLOT_ALIGN)
		range->base = MIB;
	else
		range->base = slot->needs.base & -SLOT_ALIGN;
	return true;
}

/* Formats bytes as people write mem=: in whole MiB, rounded up. */
static const char *format_need(char *text, uint64_t bytes)
{
	return format_size(text, align_up(bytes, MIB));
}

static const char *owner_name(const struct placing *p, const struct plan_region *region)
{
	switch (region->owner) {
	case OWNER_MONITOR:
		return "the monitor";
	case OWNER_KEPT:
		return "what the monitor keeps of slots";
	case OWNER_STORE:
		return "the store of images";
	case OWNER_PICTURES:
		return "the store of pictures";
	case OWNER_SLOT:
		return p->table->slot[region->slot].name;
	default:
		return "firmware";
	}
}

/* The first region in [base, base + size) that is not free; NULL: it has only gaps without RAM. */
static const struct plan_region *in_the_way(const struct plan *plan, uint64_t base, uint64_t size)
{
	for (uint32_t i = 0; i < plan->count; i++) {
		const struct plan_region *region = &plan->region[i];

		if (region->owner != OWNER_FREE && region->base < base + size &&
		    base < region->base + region->size)
			return region;
	}
	return NULL;
}

/* Reports a kernel that is linked to an address of another slot. mem= can't help there. */
static bool fail_fixed(const struct placing *p, const struct plan_region *met, struct error *error)
{
	const struct needs *needs = &p->slot->needs;

	return fail(error,
		    "kernel is linked to %#lx-%#lx, which slot %s has; only one such kernel can be "
		    "resident",
		    needs->base, needs->base + needs->size, p->table->slot[met->slot].name);
}

static bool fail_asked(const struct placing *p, const struct region *range, struct error *error)
{
	const struct plan_region *met = in_the_way(p->plan, range->base, range->size);
	const struct needs *needs = &p->slot->needs;
	const char *why = p->slot->has_base ? "mem= asks for" : "kernel is linked so that it needs";

	if (!met)
		return fail(error, "%s %#lx-%#lx, but not all of that is RAM", why, range->base,
			    range->base + range->size);
	if (needs->fixed && met->owner == OWNER_SLOT && met->base < needs->base + needs->size &&
	    needs->base < met->base + met->size)
		return fail_fixed(p, met, error);
	return fail(error, "%s %#lx-%#lx, but %s%s has %#lx-%#lx; change mem=", why, range->base,
		    range->base + range->size, met->owner == OWNER_SLOT ? "slot " : "",
		    owner_name(p, met), met->base, met->base + met->size);
}

static bool check_size(uint64_t need, uint64_t size, struct error *error)
{
	char need_text[SIZE_TEXT], size_text[SIZE_TEXT];

	if (need > size)
		return fail(error,
			    "kernel needs %s, mem=%s; raise mem=", format_need(need_text, need),
			    format_size(size_text, size));
	return true;
}

/* The kernel must fit into the range that mem= or the kernel's own address asks for. */
static bool check_asked(const struct slot *slot, const struct region *range, struct error *error)
{
	const struct needs *needs = &slot->needs;
	uint64_t first = needs->fixed ? needs->base : needs->min_base;
	uint64_t end = range->base + range->size;

	if (needs->fixed && needs->base < MIB)
		return fail(error, "kernel is linked to %#lx, below 1 MiB; expected 1 MiB or above",
			    needs->base);
	if (needs->fixed && (needs->base < range->base || needs->base >= end))
		return fail(error, "kernel is linked to %#lx, outside of mem='s range %#lx-%#lx",
			    needs->base, range->base, end);
	if (first < range->base)
		first = range->base;
	if (!check_size(first + needs->size + slot->block.size - range->base, range->size, error))
		return false;
	if (end > needs->max_end)
		return fail(error,
			    "range %#lx-%#lx is too high; this kernel can use RAM up to %#lx",
			    range->base, end, needs->max_end);
	return true;
}

bool plan_slot_fits(const struct slot *slot, struct error *error)
{
	struct region range = slot_range(slot);

	return check_asked(slot, &range, error);
}

static bool place_asked(const struct placing *p, struct region *range, struct error *error)
{
	if (!check_asked(p->slot, range, error))
		return false;
	if (!plan_is_free(p->plan, range->base, range->size))
		return fail_asked(p, range, error);
	return true;
}

/* If there is enough RAM, but not in one piece, the reason lists the largest pieces. */
static bool fail_anywhere(const struct placing *p, const struct plan_search *search,
			  struct error *error)
{
	char want[SIZE_TEXT], left[SIZE_TEXT], limit[SIZE_TEXT], list[PLAN_LIST_TEXT];
	bool limited = search->limit <= BELOW_4G;
	uint64_t largest = plan_largest(p->plan, search);

	format_size(want, search->size);
	format_size(limit, search->limit);
	if (largest < search->size && plan_sum(p->plan, search) >= search->size)
		return fail(error,
			    "no room: wanted %s in one piece%s%s; free are %s; lower mem= or drop "
			    "a slot",
			    want, limited ? " below " : "", limited ? limit : "",
			    plan_list(p->plan, search, list));
	return fail(error,
		    "no room: wanted %s in one piece%s%s, %s left; lower mem= or drop a slot", want,
		    limited ? " below " : "", limited ? limit : "",
		    format_size(left, largest & -MIB));
}

static bool place_anywhere(const struct placing *p, struct region *range, struct error *error)
{
	const struct needs *needs = &p->slot->needs;
	struct plan_search search = {.size = page_up(p->slot->want_size),
				     .align = SLOT_ALIGN,
				     .floor = KERNELS_FIRST,
				     .limit = needs->max_end};

	range->size = search.size;
	range->type = REGION_RAM;
	if (needs->min_base > search.floor)
		search.floor = needs->min_base;
	if (!check_size(needs->size + p->slot->block.size, search.size, error))
		return false;
	if (plan_find_low(p->plan, &search, &range->base))
		return true;
	search.floor = needs->min_base > MIB ? needs->min_base : MIB;
	if (plan_find_low(p->plan, &search, &range->base))
		return true;
	return fail_anywhere(p, &search, error);
}

/* True if another slot asks for a range that overlaps this one. That slot may have no place yet. */
static bool is_asked_for(const struct placing *p, const struct region *range)
{
	struct region other;

	for (uint32_t i = 0; i < p->table->count; i++)
		if (i != p->index && plan_asked_range(&p->table->slot[i], &other) &&
		    other.base < range->base + range->size && range->base < other.base + other.size)
			return true;
	return false;
}

/*
 * A kernel that is linked to a high address may still assume that RAM begins at 1 MiB, as on any
 * PC. So its range begins there, if that harms no other slot and the kernel lies in the range.
 */
static void begin_at_1m(const struct placing *p, struct region *range)
{
	const struct needs *needs = &p->slot->needs;
	struct region low = {.base = MIB, .size = range->size, .type = REGION_RAM};

	if (!p->slot->has_base && needs->base >= MIB &&
	    needs->base + needs->size + p->slot->block.size <= low.base + low.size &&
	    plan_is_free(p->plan, low.base, low.size) && !is_asked_for(p, &low))
		*range = low;
}

static bool place_slot(const struct placing *p, struct error *error)
{
	struct region range, slice;
	bool pinned = plan_asked_range(p->slot, &range);

	if (pinned)
		begin_at_1m(p, &range);
	if (!(pinned ? place_asked(p, &range, error) : place_anywhere(p, &range, error)) ||
	    !plan_slice(p->plan, p->slice, pinned ? &range : NULL, &slice, error))
		return false;
	/* This is checked before the first claim, so that no slot gets a slice without a range. */
	if (p->plan->count + SLOT_PIECES > PLAN_MAX_REGIONS ||
	    !plan_claim(p->plan, slice.base, slice.size, OWNER_SLOT, p->index) ||
	    !plan_claim(p->plan, range.base, range.size, OWNER_SLOT, p->index))
		return fail(error, "memory is in too many pieces; %d is the most",
			    PLAN_MAX_REGIONS);
	p->slot->low = slice;
	p->slot->ram = range;
	p->slot->ram.size -= p->slot->block.size;
	p->slot->block.base = p->slot->ram.base + p->slot->ram.size;
	return true;
}

/* Slots with the least choice of places come first. */
enum turn { TURN_ASKED, TURN_FIXED, TURN_BELOW_4G, TURN_ANYWHERE, TURNS };

#define FIRST_NOT_PINNED TURN_BELOW_4G

static enum turn turn_of(const struct slot *slot)
{
	if (slot->has_base)
		return TURN_ASKED;
	if (slot->needs.fixed)
		return TURN_FIXED;
	return slot->needs.max_end <= BELOW_4G ? TURN_BELOW_4G : TURN_ANYWHERE;
}

static uint32_t count_not_pinned(const struct slot_table *table)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < table->count; i++)
		count += turn_of(&table->slot[i]) >= FIRST_NOT_PINNED;
	return count;
}

/* Removes the slots without a range from the table, and updates the slot indices of regions. */
static void drop_refused(struct plan *plan, struct slot_table *table)
{
	uint32_t new_index[SWITCHYARD_MAX_SLOTS] = {0}, kept = 0;

	for (uint32_t i = 0; i < table->count; i++) {
		if (!table->slot[i].ram.size)
			continue;
		if (kept != i)
			table->slot[kept] = table->slot[i];
		new_index[i] = kept++;
	}
	table->count = kept;
	for (uint32_t i = 0; i < plan->count; i++)
		if (plan->region[i].owner == OWNER_SLOT)
			plan->region[i].slot = new_index[plan->region[i].slot];
}

/*
 * Pieces come when all slots have their ranges, so they take no place that a kernel needs. Those
 * that a line asks for come first.
 */
static void place_pieces(struct plan *plan, struct slot_table *table, bool asked, report_fn report,
			 void *context)
{
	struct error error;

	for (uint32_t i = 0; i < table->count; i++) {
		struct slot *slot = &table->slot[i];

		if (!slot->ram.size || slot->has_low != asked || plan_piece(plan, slot, i, &error))
			continue;
		slot_report(slot, &error, report, context);
		plan_drop_slot(plan, slot);
		slot->ram.size = 0;
	}
}

void plan_slots(struct plan *plan, struct slot_table *table, report_fn report, void *context)
{
	struct placing placing = {.plan = plan, .table = table};
	struct error error;

	for (uint32_t i = 0; i < table->count; i++)
		table->slot[i].ram.size = 0;
	for (int turn = 0; turn < TURNS; turn++) {
		if (turn == FIRST_NOT_PINNED)
			placing.slice = plan_slice_size(plan, count_not_pinned(table));
		for (uint32_t i = 0; i < table->count; i++) {
			placing.slot = &table->slot[i];
			placing.index = i;
			if ((int)turn_of(placing.slot) == turn && !place_slot(&placing, &error))
				slot_report(placing.slot, &error, report, context);
		}
	}
	place_pieces(plan, table, true, report, context);
	place_pieces(plan, table, false, report, context);
	drop_refused(plan, table);
}

bool plan_add_slot(struct plan *plan, struct slot_table *table, struct slot *slot,
		   struct error *error)
{
	/* A small slice: it is enough, and leaves room for others. */
	const struct placing placing = {.plan = plan,
					.table = table,
					.slot = slot,
					.index = slot_index(table, slot),
					.slice = PLAN_SLICE_LEAST};
	char size[SIZE_TEXT], least[SIZE_TEXT];

	if (slot->want_size < LEAST_ADDED)
		return fail(error, "a size of %s; expected %s at least",
			    format_size(size, slot->want_size), format_size(least, LEAST_ADDED));
	slot->needs = (struct needs){.max_end = UINT64_MAX};
	if (!place_slot(&placing, error))
		return false;
	if (plan_piece(plan, slot, placing.index, error))
		return true;
	plan_drop_slot(plan, slot);
	return false;
}

void plan_drop_slot(struct plan *plan, const struct slot *slot)
{
	struct region range = slot_range(slot);

	plan_release(plan, slot->low.base, slot->low.size, OWNER_SLOT);
	plan_release(plan, range.base, range.size, OWNER_SLOT);
	if (slot->dma.size)
		plan_release(plan, slot->dma.base, slot->dma.size, OWNER_SLOT);
}
