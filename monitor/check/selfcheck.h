/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * selfcheck.h - finds out whether the monitor's own code has changed.
 *
 * Kernels that share the machine's memory can write anywhere, so a stray write may hit the monitor.
 * The monitor's code and constants do not change after it has moved, so it keeps checksums of them.
 * They are compared whenever a kernel has called the gate: all of them, or one page in turn.
 */
#ifndef MONITOR_CHECK_SELFCHECK_H
#define MONITOR_CHECK_SELFCHECK_H

#include <stdbool.h>
#include <stdint.h>

#define SELFCHECK_PAGES 128u
#define SELFCHECK_CALLS 100u /* in so many calls selfcheck_damage_in_turn() compares all pages */

struct selfcheck {
	const uint8_t *base; /* the monitor's first byte */
	uint32_t pages;	     /* of code and constants */
	uint64_t sum[SELFCHECK_PAGES];
	uint32_t next;	      /* the page that selfcheck_damage_in_turn() compares next */
	uint64_t descriptors; /* the sum of the GDT, TSS and IDT */
};

/* Takes the checksums. It is called once, after the move and after descriptors_init(). */
void selfcheck_init(struct selfcheck *check);

/* The address of the first page that changed; NULL: none did. */
const void *selfcheck_damage(const struct selfcheck *check);

/*
 * Compares one page, or two if there are more than SELFCHECK_CALLS, and the next ones at the next
 * call. Returns the address of one that changed, otherwise NULL. A page that changed is compared
 * again, until it is as it was.
 */
const void *selfcheck_damage_in_turn(struct selfcheck *check);

/* True if the descriptor tables are unchanged. Every fault and the gate need them. */
bool selfcheck_descriptors(const struct selfcheck *check);

#endif
