/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_slots.h - where a slot's range has to be, if its line or its kernel says so.
 */
#ifndef MONITOR_PLAN_PLAN_SLOTS_H
#define MONITOR_PLAN_PLAN_SLOTS_H

#include "lib/units.h"
#include "monitor/slot/slot.h"

/*
 * What can lie anywhere leaves 1 to 16 MiB to kernels that are linked there, while there is room.
 */
#define KERNELS_FIRST (16 * MIB)

/*
 * The range that `mem=SIZE@BASE` asks for, or that a kernel linked to one address needs, in whole
 * pages. False if the slot can go anywhere.
 *
 * A kernel linked into the second MiB gets a range from 1 MiB exactly, where high memory begins:
 * from a multiple of 2 MiB it would reach below 1 MiB, to video memory and firmware.
 */
bool plan_asked_range(const struct slot *slot, struct region *range);

#endif
