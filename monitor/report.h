/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report.h - what the log says of the machine and its slots as the monitor starts.
 */
#ifndef MONITOR_REPORT_H
#define MONITOR_REPORT_H

#include "boot_info.h"
#include "monitor/console/ui.h"
#include "monitor/log/log.h"
#include "monitor/slot/slot.h"

/* Who loaded the monitor, and what boot/ could not tell anyone for lack of a console. */
void report_boot(struct log *log, const struct boot_info *boot);

/* Bytes of RAM that can't be mapped; nothing if there are none. */
void report_unmapped(struct log *log, uint64_t bytes);

/* A person at a machine without i8042 should not have to guess why no key works. */
void report_keyboard(const struct ui *ui);

/*
 * What of this machine is more than there is room for. After cpu_state_keep_firmware() and
 * platform_init().
 */
void report_left_out(struct log *log);

/* Where each slot lies. After plan_slots(). */
void report_slots(struct log *log, const struct slot_table *table);

#endif
