/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report.h - what the log says about the machine and its slots when the monitor starts.
 */
#ifndef MONITOR_REPORT_H
#define MONITOR_REPORT_H

#include "boot_info.h"
#include "monitor/console/ui.h"
#include "monitor/log/log.h"
#include "monitor/slot/slot.h"

/* Says who loaded the monitor, and what boot/ could not say because it had no console. */
void report_boot(struct log *log, const struct boot_info *boot);

/* Says how many bytes of RAM can't be mapped. Says nothing for 0. */
void report_unmapped(struct log *log, uint64_t bytes);

/* Says if the machine has no i8042, so that a person there need not guess why no key works. */
void report_keyboard(const struct ui *ui);

/*
 * Says which parts of this machine the monitor has no room for. Called after
 * cpu_state_keep_firmware() and platform_init().
 */
void report_left_out(struct log *log);

/* Says which IOMMUs there are, and how firmware left them. Called after platform_init(). */
void report_iommus(struct log *log);

/* Says where each slot lies. Called after plan_slots(). */
void report_slots(struct log *log, const struct slot_table *table);

#endif
