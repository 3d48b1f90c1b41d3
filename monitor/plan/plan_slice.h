/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_slice.h - finds places for the slices below 1 MiB.
 */
#ifndef MONITOR_PLAN_PLAN_SLICE_H
#define MONITOR_PLAN_PLAN_SLICE_H

#include "lib/error.h"
#include "lib/units.h"
#include "monitor/plan/plan.h"

/* The smallest slice, which is enough for any kernel, in bytes. */
#define PLAN_SLICE_LEAST (32 * KIB)

/* The largest slice size for which free RAM below 1 MiB has room for count slices. */
uint64_t plan_slice_size(const struct plan *plan, uint32_t count);

/*
 * Finds a place of that size. If the slot says where its range is, that gives the place, and the
 * size is PLAN_SLICE_LEAST; else range is NULL. False, with the sizes: there is none.
 */
bool plan_slice(const struct plan *plan, uint64_t size, const struct region *range,
		struct region *slice, struct error *error);

#endif
