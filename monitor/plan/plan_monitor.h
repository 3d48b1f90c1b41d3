/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_monitor.h - room for the monitor, for the store of pristine images, and for pictures.
 */
#ifndef MONITOR_PLAN_PLAN_MONITOR_H
#define MONITOR_PLAN_PLAN_MONITOR_H

#include "lib/error.h"
#include "monitor/plan/plan.h"
#include "monitor/slot/slot.h"

/*
 * Places the monitor: size bytes, from a large page's beginning, as high as possible below 4 GiB,
 * clear of boot->image and of all modules.
 */
bool plan_monitor(struct plan *plan, const struct boot_info *boot, uint64_t size,
		  struct error *error);

/*
 * Places the store for the images of every slot in table (pages each), as high as possible, above 4
 * GiB if there is room for it, clear of boot->image and all modules as they lie now.
 */
bool plan_store(struct plan *plan, const struct boot_info *boot, const struct slot_table *table,
		struct error *error);

/*
 * Places size bytes for what the monitor keeps of the slots in table, below 4 GiB, clear of what
 * they ask for, if that can be. After the store is filled, when no module has to be kept clear of.
 */
bool plan_kept(struct plan *plan, const struct slot_table *table, uint64_t size,
	       struct error *error);

/* Takes size bytes more for that, out of what nobody has. False if there is no such piece left. */
bool plan_apart(struct plan *plan, uint64_t size, uint64_t *base);

/*
 * Places room for count pictures of size bytes each (a multiple of a page), as high as possible.
 * After plan_slots().
 */
bool plan_pictures(struct plan *plan, uint32_t count, uint64_t size, struct error *error);

#endif
