/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * itco.h - the TCO timer in Intel's chip sets since ICH6. ICH9 datasheet (316972), sections 13.9 and
 * 10.1.75; 100 series chip set datasheet (332691), chapters 6 and 36 for those where it belongs to
 * the SMBus controller.
 *
 * The timer can always be halted. What its bit "TCO lock" locks is whether it raises SMIs.
 */
#ifndef ARCH_X86_WATCHDOG_ITCO_H
#define ARCH_X86_WATCHDOG_ITCO_H

#include <stdbool.h>
#include <stdint.h>

struct itco_state {
	uint16_t time;	  /* 10 bits, in units of 0.6 s or 1 s */
	uint16_t control; /* TCO1_CNT: halted and others */
	uint32_t reset;	  /* GCS: the bit that keeps the timer from resetting the machine */
};

/* The functions of a row in watchdogs.c, which says what they do. */
bool itco_find(void);
bool itco_save(struct itco_state *state);
void itco_restore(const struct itco_state *state);
bool itco_runs(void);
void itco_feed(void);

#endif
