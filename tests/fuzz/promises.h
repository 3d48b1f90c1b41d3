/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * promises.h - checks what the monitor's parts promise for any input, for the fuzz targets.
 */
#ifndef TESTS_PROMISES_H
#define TESTS_PROMISES_H

#include "lib/error.h"
#include "monitor/plan/plan.h"
#include "monitor/slot/slot.h"

/* An error must be one printable line. */
void promise_error(const struct error *error);

/* A report_fn that checks that each report is one printable line. */
void promise_report(void *context, const char *text);

/*
 * The plan must be sorted, no region may overlap another or wrap, and each region must have the
 * type that firmware's map allows there.
 */
void promise_plan(const struct plan *plan, const struct boot_info *boot);

/* A slot must have a slice and a range that the plan lists as RAM of it. */
void promise_slot(const struct plan *plan, const struct slot *slot, uint32_t index);

/* Every slot must have a slice and a range that the plan lists as RAM of this slot. */
void promise_slots(const struct plan *plan, const struct slot_table *table);

#endif
