/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * store.h - the store of pristine images. It holds every slot's files, as the loader read them, in
 * the monitor's RAM, so that a slot can be started afresh without firmware or disk.
 */
#ifndef MONITOR_PLAN_STORE_H
#define MONITOR_PLAN_STORE_H

#include <stdint.h>
#include "lib/error.h"
#include "monitor/plan/plan.h"
#include "monitor/slot/slot.h"

/*
 * Plans the store. Images that are the same, to the byte, take one place: they all point to the
 * first of them, where the loader put it. While there is no room for all images, the slot with the largest images is
 * removed from the table and reported.
 */
void store_place(struct plan *plan, const struct boot_info *boot, struct slot_table *table,
		 report_fn report, void *context);

/* Shows how many of total bytes are copied. At the end, done equals total. */
typedef void (*store_progress_fn)(void *context, uint64_t done, uint64_t total);

/*
 * Copies the images of all slots into the store, and makes the slots point to the copies. After
 * that, the places where the loader put the images are free.
 */
void store_fill(const struct region *store, struct slot_table *table, store_progress_fn progress,
		void *context);

/* True if a slot's images are unchanged. Otherwise error names the one that changed. */
bool store_check(const struct slot *slot, struct error *error);

#endif
