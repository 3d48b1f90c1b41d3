/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_slots.h - a slice below 1 MiB and a range for each slot.
 */
#ifndef MONITOR_PLAN_PLAN_SLOTS_H
#define MONITOR_PLAN_PLAN_SLOTS_H

#include "lib/error.h"
#include "lib/units.h"
#include "monitor/plan/plan.h"
#include "monitor/slot/slot.h"

/*
 * Slots that can lie anywhere leave 1 to 16 MiB to kernels that are linked there, if there is
 * enough other room.
 */
#define KERNELS_FIRST (16 * MIB)

/*
 * Gives every slot its slice below 1 MiB and its range. Slots with a base and fixed kernels come
 * first, then those whose needs.max_end asks for RAM below 4 GiB, then the others; each gets the
 * lowest free place. A slot that does not fit is removed from the table, and reported by name with
 * the sizes that it wants and that are left. A fixed kernel gets the range from 1 MiB on that has
 * the size of mem=, if the kernel lies in it, it is free, and no other slot asks for a part of it.
 */
void plan_slots(struct plan *plan, struct slot_table *table, report_fn report, void *context);

/*
 * The range that `mem=SIZE@BASE` asks for, or that a kernel linked to one address needs, in whole
 * pages. False if the slot can lie anywhere.
 *
 * A kernel linked into the second MiB gets a range that begins at 1 MiB. If its range began at a
 * multiple of 2 MiB, it would include video memory and firmware below 1 MiB.
 */
bool plan_asked_range(const struct slot *slot, struct region *range);

/*
 * Gives one slot more, which has no kernel yet, a slice below 1 MiB and a range: where mem= says, or
 * the lowest free place. False, with the reason: it has none, and nothing has changed.
 */
bool plan_add_slot(struct plan *plan, struct slot_table *table, struct slot *slot,
		   struct error *error);

/* Frees the slice and the range of a slot. */
void plan_drop_slot(struct plan *plan, const struct slot *slot);

/* True if the kernel fits into the range that its slot has. */
bool plan_slot_fits(const struct slot *slot, struct error *error);

#endif
