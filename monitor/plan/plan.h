/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan.h - the memory plan: who owns which physical RAM.
 *
 *   0          first 64 KiB: real-mode vectors, BIOS data, and what Linux never uses
 *   64 KiB ... one slice for each slot, for its SMP trampoline
 *   EBDA ...   firmware
 *   1 MiB ...  slots' ranges, 2 MiB aligned (or from 1 MiB exactly for a kernel linked there)
 *   top        the store of pristine images, and the monitor with what it keeps, below 4 GiB;
 * parked slots' pictures 4 GiB ...  slots' ranges
 *
 * Nothing overlaps. The store is chosen clear of where the loader left the modules, so
 * that they can be copied into it; slots' ranges are clear of the store, and are written to only
 * after that copy, so they may reuse the room where modules lay.
 *
 * plan_init.c begins with the firmware's map, plan_monitor.c and plan_slots.c give it away, with
 * what plan_regions.c finds.
 */
#ifndef MONITOR_PLAN_PLAN_H
#define MONITOR_PLAN_PLAN_H

#include <stdint.h>
#include "boot_info.h"

#define PLAN_MAX_REGIONS 192

enum plan_owner {
	OWNER_FREE,	/* RAM that nobody has */
	OWNER_FIRMWARE, /* not RAM, or RAM that firmware still uses (BIOS data, EBDA) */
	OWNER_MONITOR,	/* the monitor's image and tables */
	OWNER_STORE,	/* pristine images */
	OWNER_SLOT,	/* region.slot says whose */
	OWNER_PICTURES, /* parked slots' framebuffer contents */
};

struct plan_region {
	uint64_t base;
	uint64_t size;
	uint32_t type; /* enum region_type of the firmware's map */
	enum plan_owner owner;
	uint32_t slot; /* index into slot_table, if owner is OWNER_SLOT */
};

/* Sorted by base, no two overlap. Ranges that the firmware does not name are not listed. */
struct plan {
	uint32_t count;
	struct plan_region region[PLAN_MAX_REGIONS];
	struct region monitor; /* where the monitor lies, or will lie */
	struct region kept;    /* what the monitor keeps of each slot's CPUs and devices */
	struct region store;
	struct region pictures; /* one after the other, by slot; size 0: there are none */
};

#endif
