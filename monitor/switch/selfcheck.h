/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * selfcheck.h - is the monitor's own code still what it was?
 *
 * Kernels that share the machine's memory can write anywhere, so a stray write may hit the monitor.
 * Its code and constants, which never change once it has moved, carry checksums: they are compared
 * whenever a kernel enters the gate, before anything of that kernel's is touched on.
 */
#ifndef MONITOR_SWITCH_SELFCHECK_H
#define MONITOR_SWITCH_SELFCHECK_H

#include <stdbool.h>
#include <stdint.h>

#define SELFCHECK_PAGES 128u

struct selfcheck {
	const uint8_t *base; /* the monitor's first byte */
	uint32_t pages;	     /* of code and constants */
	uint64_t sum[SELFCHECK_PAGES];
	uint64_t descriptors; /* of the GDT, TSS and IDT */
};

/* Takes the checksums, once: after the move, and after descriptors_init(). */
void selfcheck_init(struct selfcheck *check);

/* The first page that changed, NULL: none did. */
const void *selfcheck_damage(const struct selfcheck *check);

/* Are the descriptor tables, which every fault and the gate need, what they were? */
bool selfcheck_descriptors(const struct selfcheck *check);

#endif
