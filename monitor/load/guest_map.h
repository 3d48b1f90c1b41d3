/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guest_map.h - the memory map that a slot sees.
 *
 * Its own slice and range are RAM; all other RAM of the machine is reserved; what the
 * firmware kept for itself (reserved, ACPI, NVS) is passed on as it is; the pages with the slot's
 * ACPI tables and struct switchyard_info are ACPI data.
 */
#ifndef MONITOR_LOAD_GUEST_MAP_H
#define MONITOR_LOAD_GUEST_MAP_H

#include "lib/error.h"
#include "monitor/plan/plan.h"

/*
 * Fills map (room for max entries), sorted, neighbours of a type joined. tables: the slot's pages
 * of ACPI data, inside the monitor's region. Returns the number of entries, or 0 with error if they
 * don't fit.
 */
uint32_t guest_map(const struct plan *plan, uint32_t slot, const struct region *tables,
		   struct region *map, uint32_t max, struct error *error);

#endif
