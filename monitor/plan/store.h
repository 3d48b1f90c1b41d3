/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * store.h - the store of pristine images: every slot's files, as the loader read them, in RAM of
 * the monitor's, so that a slot can be started afresh without firmware or disk.
 */
#ifndef MONITOR_PLAN_STORE_H
#define MONITOR_PLAN_STORE_H

#include <stdint.h>
#include "lib/error.h"
#include "monitor/plan/plan.h"
#include "monitor/slot/slot.h"

/*
 * Plans the store. Where there is no room for all images, the slot with the largest ones is removed
 * from the table and reported, until the others have room.
 */
void store_place(struct plan *plan, const struct boot_info *boot, struct slot_table *table,
		 report_fn report, void *context);

/* Called as copying goes on: done of total bytes. It ends when both are the same. */
typedef void (*store_progress_fn)(void *context, uint64_t done, uint64_t total);

/*
 * Copies the images of all slots into the store, and points the slots at them. Nobody needs the
 * places where the loader put them after that.
 */
void store_fill(const struct region *store, struct slot_table *table, store_progress_fn progress,
		void *context);

/* Are a slot's images still what they were? If not, error names the one that changed. */
bool store_check(const struct slot *slot, struct error *error);

#endif
