/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * slot_log.h - the kernel's own log of a slot that does not run, read in its memory.
 */
#ifndef MONITOR_SWITCH_SLOT_LOG_H
#define MONITOR_SWITCH_SLOT_LOG_H

#include "lib/error.h"
#include "monitor/core/printk_log.h"
#include "monitor/core/slot_memory.h"
#include "monitor/switch/monitor.h"

enum slot_log {
	SLOT_LOG_FOUND,
	SLOT_LOG_AGAIN, /* the search has not come to an end: the same call goes on with it */
	SLOT_LOG_NONE,	/* with a reason: the slot runs, or never ran, or there is no log */
};

/*
 * Finds the log of the Linux kernel that ran last in a slot. Looks at so many pages of its memory,
 * and remembers where it was.
 */
enum slot_log slot_log_open(const struct monitor *monitor, const struct slot *slot, uint64_t pages,
			    struct printk_log *log, struct error *error);

/* The same, until it is found. False: there is none. */
bool slot_log_find(const struct monitor *monitor, const struct slot *slot, struct printk_log *log,
		   struct error *error);

/*
 * What there is to be told of the memory of a slot that does not run. In the same way, it looks for
 * the kernel's note. With SLOT_LOG_NONE, all but what the kernel says of itself is told. `log` is
 * used by `told`.
 */
enum slot_log slot_log_memory(const struct monitor *monitor, const struct slot *slot,
			      uint64_t pages, struct printk_log *log, struct slot_memory *told);

/* The same, until it is found. False: there is none. */
bool slot_log_find_memory(const struct monitor *monitor, const struct slot *slot,
			  struct printk_log *log, struct slot_memory *told);

/*
 * Writes the last lines of a slot's kernel to the terminal, if they are soon found: what it said
 * before it crashed.
 */
void slot_log_show_last(struct monitor *monitor, const struct slot *slot);

#define SLOT_LOG_AT_ONCE 64 /* records: less than a millisecond */

/*
 * Copies lines of a log to memory, each with a newline and no NUL, from record number *first on,
 * which it changes to that of the next one. It stops after whole records, when `room` or
 * SLOT_LOG_AT_ONCE is used up. Returns how many bytes it copied: 0 if there are no more records, or
 * the next one does not fit.
 */
uint32_t slot_log_copy(const struct printk_log *log, uint64_t *first, char *to, uint32_t room);

#endif
