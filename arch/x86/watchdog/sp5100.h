/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sp5100.h - the watchdog in AMD's south bridges: SP5100 and SB7x0, SB8x0 and later, and those in
 * processors since family 16h. AMD SP5100 register reference guide (44413), SB800-series register
 * reference guide (45482), processor programming reference for family 17h model 18h (55570).
 */
#ifndef ARCH_X86_WATCHDOG_SP5100_H
#define ARCH_X86_WATCHDOG_SP5100_H

#include <stdbool.h>
#include <stdint.h>

struct sp5100_state {
	bool mapped;	  /* its registers were there; otherwise the rest says nothing */
	uint32_t control; /* runs, what it does, disabled */
	uint32_t count;	  /* what was left of its time, which can't be read itself */
};

/* The functions of a row in watchdogs.c, which says what they do. */
bool sp5100_find(void);
bool sp5100_save(struct sp5100_state *state);
void sp5100_restore(const struct sp5100_state *state);
bool sp5100_runs(void);
void sp5100_feed(void);

#endif
