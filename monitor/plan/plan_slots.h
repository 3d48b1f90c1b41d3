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
 * What can lie anywhere leaves 1 to 16 MiB to kernels that are linked there, while there is room.
 */
#define KERNELS_FIRST (16 * MIB)

/*
 * Gives every slot its slice below 1 MiB and its range. Fixed kernels and slots with a base first,
 * then the others in order, lowest address first, RAM below 4 GiB first for those whose
 * needs.max_end says so. A slot that does not fit is removed from the table and reported by name
 * with sizes wanted and left. A fixed kernel that lies in the first bytes from 1 MiB on that mem=
 * asks for has them, if they are free and no other slot asks for a part of them.
 */
void plan_slots(struct plan *plan, struct slot_table *table, report_fn report, void *context);

/*
 * The range that `mem=SIZE@BASE` asks for, or that a kernel linked to one address needs, in whole
 * pages. False if the slot can go anywhere.
 *
 * A kernel linked into the second MiB gets a range from 1 MiB exactly, where high memory begins:
 * from a multiple of 2 MiB it would reach below 1 MiB, to video memory and firmware.
 */
bool plan_asked_range(const struct slot *slot, struct region *range);

#endif
