/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * slot_log.h - the kernel's own log of a slot that does not run, read in its memory.
 */
#ifndef MONITOR_SWITCH_SLOT_LOG_H
#define MONITOR_SWITCH_SLOT_LOG_H

#include "lib/error.h"
#include "monitor/core/printk_log.h"
#include "monitor/switch/monitor.h"

/*
 * Finds the log of the Linux kernel that ran last in a slot. False, with a reason: the slot runs, or
 * never ran, or no log is found in its memory.
 */
bool slot_log_open(const struct monitor *monitor, const struct slot *slot, struct printk_log *log,
		   struct error *error);

/*
 * Writes the last lines of a slot's kernel to the terminal, if there are any: what it said before it
 * crashed.
 */
void slot_log_show_last(struct monitor *monitor, const struct slot *slot);

#endif
