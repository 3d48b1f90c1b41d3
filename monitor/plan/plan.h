/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan.h - the memory plan. It says who owns which physical RAM.
 *
 *   0          first 64 KiB: real-mode vectors, BIOS data, and what Linux never uses
 *   64 KiB ... one slice for each slot, for its SMP trampoline
 *   EBDA ...   firmware
 *   1 MiB ...  slots' ranges, 2 MiB aligned (or from 1 MiB exactly for a kernel linked there)
 *   top        the store of pristine images; the monitor, and what it keeps of slots, below 4 GiB;
 *              parked slots' pictures
 *   4 GiB ...  slots' ranges
 *
 * No two of them overlap. The store does not overlap the places where the loader left the modules,
 * so the modules can be copied into it. Slots' ranges may overlap these places, because they are
 * written to only after that copy.
 *
 * plan_init.c makes a plan from the firmware's map. plan_monitor.c and plan_slots.c give its RAM to
 * owners. plan_regions.c finds free places for them.
 */
#ifndef MONITOR_PLAN_PLAN_H
#define MONITOR_PLAN_PLAN_H

#include <stdint.h>
#include "boot_info.h"

#define PLAN_MAX_REGIONS 192

enum plan_owner {
	OWNER_FREE,	/* RAM without an owner */
	OWNER_FIRMWARE, /* not RAM, or RAM that firmware still uses (BIOS data, EBDA) */
	OWNER_MONITOR,	/* the monitor's image and tables */
	OWNER_KEPT,	/* the state of each slot's CPUs and devices */
	OWNER_STORE,	/* pristine images */
	OWNER_SLOT,	/* region.slot says which slot */
	OWNER_PICTURES, /* parked slots' framebuffer contents */
};

struct plan_region {
	uint64_t base;
	uint64_t size;
	uint32_t type; /* enum region_type, from the firmware's map */
	enum plan_owner owner;
	uint32_t slot; /* index into slot_table, if owner is OWNER_SLOT */
};

/* The regions are sorted by base and don't overlap. Memory that firmware does not name has none. */
struct plan {
	uint32_t count;
	struct plan_region region[PLAN_MAX_REGIONS];
	struct region monitor; /* where the monitor lies, or will lie */
	struct region kept;    /* the state of each slot's CPUs and devices */
	struct region store;
	struct region pictures; /* in the order of the slots; size 0: there are none */
};

#endif
