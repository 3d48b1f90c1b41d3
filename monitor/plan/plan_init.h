/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_init.h - makes a plan from the firmware's memory map. All RAM in it is free.
 */
#ifndef MONITOR_PLAN_PLAN_INIT_H
#define MONITOR_PLAN_PLAN_INIT_H

#include "lib/error.h"
#include "monitor/plan/plan.h"

/*
 * Sorts the firmware's map, resolves overlaps (the more restrictive type wins), cuts RAM to whole
 * pages, and removes the first 64 KiB and everything from ebda to 1 MiB. ebda is the physical
 * address where firmware's data below 1 MiB begins, 0xa0000 at most.
 */
bool plan_init(struct plan *plan, const struct boot_info *boot, uint64_t ebda, struct error *error);

#endif
