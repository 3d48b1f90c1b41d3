/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan.h - the memory plan: who owns which physical RAM.
 *
 *   0          first 64 KiB: real-mode vectors, BIOS data, and what Linux never uses
 *   64 KiB ... one slice for each slot, for its SMP trampoline; the monitor's own page
 *   EBDA ...   firmware
 *   1 MiB ...  slots' ranges, 2 MiB aligned (or from 1 MiB exactly for a kernel linked there)
 *   top        the store of pristine images, and the monitor, below 4 GiB; parked slots' pictures
 *   4 GiB ...  slots' ranges
 *
 * Nothing overlaps. The store is chosen clear of where the loader left the modules, so
 * that they can be copied into it; slots' ranges are clear of the store, and are written to only
 * after that copy, so they may reuse the room where modules lay.
 */
#ifndef MONITOR_PLAN_PLAN_H
#define MONITOR_PLAN_PLAN_H

#include "boot_info.h"
#include "lib/error.h"
#include "monitor/config/lines.h"
#include "monitor/slot/slot.h"

#define PLAN_MAX_REGIONS 192
#define PLAN_ALIGN	 0x200000ull /* of slots' ranges: the size of a large page */

enum plan_owner {
	OWNER_FREE,	/* RAM that nobody has */
	OWNER_FIRMWARE, /* not RAM, or RAM that firmware still uses (BIOS data, EBDA) */
	OWNER_MONITOR,	/* the monitor's image, tables and low page */
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
	struct region monitor;	   /* where the monitor lies, or will lie */
	struct region monitor_low; /* one page below 1 MiB */
	struct region store;
	struct region pictures; /* one after the other, by slot; size 0: there are none */
};

/*
 * Sorts the firmware's map, resolves overlaps (the more restrictive type wins), cuts RAM to whole
 * pages, and takes out the first 64 KiB and everything from ebda to 1 MiB. ebda: physical address
 * where firmware's data below 1 MiB begins, 0xa0000 at most.
 */
bool plan_init(struct plan *plan, const struct boot_info *boot, uint64_t ebda, struct error *error);

/*
 * Places the monitor: size bytes, PLAN_ALIGN aligned, as high as possible below 4 GiB, clear of
 * boot->image and of all modules; and its low page.
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
 * Gives every slot its slice below 1 MiB and its range. Fixed kernels and slots with a base first,
 * then the others in order, lowest address first, RAM below 4 GiB first for those whose
 * needs.max_end says so. A slot that does not fit is removed from the table and reported by name
 * with sizes wanted and left.
 */
void plan_slots(struct plan *plan, struct slot_table *table, report_fn report, void *context);

/*
 * Places room for count pictures of size bytes each (a
 * multiple of a page), as high as possible. After plan_slots().
 */
bool plan_pictures(struct plan *plan, uint32_t count, uint64_t size, struct error *error);

#endif
