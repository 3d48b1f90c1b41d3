/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * promises.h - what the monitor's parts promise whatever they are given, for the fuzz targets.
 */
#ifndef TESTS_PROMISES_H
#define TESTS_PROMISES_H

#include "lib/error.h"
#include "monitor/plan/plan.h"
#include "monitor/slot/slot.h"

/* A failure says why: one printable line. */
void promise_error(const struct error *error);

/* A report_fn that checks the same of what is reported. */
void promise_report(void *context, const char *text);

/*
 * The plan is sorted, nothing overlaps or wraps, and each of its regions is of the type that
 * firmware's map allows there.
 */
void promise_plan(const struct plan *plan, const struct boot_info *boot);

/* Every slot has a slice and a range that the plan lists as its own, and as RAM. */
void promise_slots(const struct plan *plan, const struct slot_table *table);

#endif
