/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guest_map.h - the memory map that a slot sees.
 *
 * The slot's own slice and range are RAM, and all other RAM of the machine is reserved. What the
 * firmware kept for itself (reserved, ACPI, NVS) is passed on as it is. The pages with the slot's
 * ACPI tables and struct switchyard_info are ACPI data.
 */
#ifndef MONITOR_LOAD_GUEST_MAP_H
#define MONITOR_LOAD_GUEST_MAP_H

#include "lib/error.h"
#include "monitor/plan/plan.h"

/*
 * Fills map, which has room for max entries. They are sorted, and neighbours of the same type are
 * joined. tables is the slot's pages of ACPI data, inside the monitor's region. Returns the number
 * of entries, or 0 with error if they don't fit.
 */
uint32_t guest_map(const struct plan *plan, uint32_t slot, const struct region *tables,
		   struct region *map, uint32_t max, struct error *error);

#endif
