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
 * Places the monitor: size bytes from the start of a large page, as high as possible below 4 GiB.
 * The place does not overlap boot->image or a module.
 */
bool plan_monitor(struct plan *plan, const struct boot_info *boot, uint64_t size,
		  struct error *error);

/*
 * Places the store for the images of every slot in table (each in whole pages) as high as possible,
 * above 4 GiB if there is room. Images in the same place count once. The place does not overlap boot->image or a module in its present
 * place.
 */
bool plan_store(struct plan *plan, const struct boot_info *boot, const struct slot_table *table,
		struct error *error);

/*
 * Places size bytes for the state of the slots in table, below 4 GiB. If possible, the place avoids
 * the ranges that they ask for. It is called after the store is filled, so it may overlap modules.
 */
bool plan_kept(struct plan *plan, const struct slot_table *table, uint64_t size,
	       struct error *error);

/*
 * Takes size bytes, in whole pages, from free RAM for something of one slot, as high as possible
 * below limit. False if there is no such piece; *base is 0 then. plan_release() gives it back.
 */
bool plan_take(struct plan *plan, uint64_t size, uint64_t limit, enum plan_owner owner,
	       uint64_t *base);

/*
 * Places room for count pictures of size bytes each (a multiple of a page), as high as possible. It
 * is called after plan_slots().
 */
bool plan_pictures(struct plan *plan, uint32_t count, uint64_t size, struct error *error);

#endif
