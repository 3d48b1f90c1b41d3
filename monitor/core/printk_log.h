/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * printk_log.h - the log of a Linux kernel that does not run, read in its memory: the ring of
 * kernel/printk/printk_ringbuffer.c, since Linux 5.10. VMCOREINFO says where it is and how its
 * structures look.
 *
 * Nothing of it is trusted. A log that is damaged ends, or lacks records. No more records are
 * read than the ring has room for.
 */
#ifndef MONITOR_CORE_PRINTK_LOG_H
#define MONITOR_CORE_PRINTK_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/error.h"
#include "monitor/core/guest_memory.h"
#include "monitor/core/vmcoreinfo.h"

/* A line with its time, as dmesg prints it, without a newline. Longer ones are cut. */
#define PRINTK_LINE_SIZE 1100

/* Structures of the kernel, as offsets and sizes in bytes. */
struct printk_layout {
	uint64_t ring_descs, ring_data; /* in printk_ringbuffer */
	uint64_t descs_count, descs_array, descs_infos, descs_head, descs_tail; /* prb_desc_ring */
	uint64_t data_size, data_bytes;						/* prb_data_ring */
	uint64_t desc_size, desc_state, desc_text;				/* prb_desc */
	uint64_t text_begin, text_next;		    /* prb_data_blk_lpos */
	uint64_t info_size, info_time, info_length; /* printk_info */
	uint64_t counter;			    /* atomic_long_t */
};

struct printk_log {
	struct guest_memory memory;
	struct printk_layout layout;
	uint64_t descs, infos, data;	 /* virtual addresses of the arrays */
	uint64_t desc_count, data_bytes; /* powers of two */
	uint64_t oldest, newest;	 /* IDs of records, which count up and wrap */
};

/* Gets one line. */
typedef void (*printk_line_fn)(const char *line, void *context);

/* False, with a reason: the note does not describe a log that can be read. */
bool printk_log_open(struct printk_log *log, const struct region *ram,
		     const struct vmcoreinfo *info, struct error *error);

/* How many records there may be, from the oldest to the newest. */
uint64_t printk_log_count(const struct printk_log *log);

/*
 * Shows `count` records, the oldest having number 0, each as one line or several. Those that the kernel
 * was just writing are left out.
 */
void printk_log_show(const struct printk_log *log, uint64_t first, uint64_t count,
		     printk_line_fn line, void *context);

/* Shows the newest `count` records. */
void printk_log_show_last(const struct printk_log *log, uint64_t count, printk_line_fn line,
			  void *context);

#endif
