/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * check.h - the test that a switch loses nothing.
 *
 * Two slots run it, each switching to the other. Before each call of the gate, all state that the
 * gate promises to keep is given random contents, of the slot's own and other ones each time; after
 * it, all is compared.
 *
 *   switch.asm   registers that compiled code uses all the time, x87, SSE and AVX registers: they
 *                are filled, the gate is called, and they are read, in one go
 *   registers.c  what those are filled with, and their comparison
 *   items.c      other CPU registers, MSRs and device registers, each one value
 *   tables.c     the GDT, LDT and TSS that the check runs with
 *   features.c   what the CPU has
 *   check.c      memory and the screen; the course of it all
 */
#ifndef TICK_CHECK_H
#define TICK_CHECK_H

#include <stdbool.h>
#include <stdint.h>
#include "../tick.h"
#include "switch.h"

#define CHECK_ITEMS_MAX 64

/* What the CPU has; bits of check.features. */
enum {
	HAS_XSAVE = 1 << 0,
	HAS_AVX = 1 << 1,
	HAS_TSC_AUX = 1 << 2,
};

struct check {
	struct tick *tick;
	uint32_t iteration; /* from 1 */
	uint32_t differences;
	uint32_t features;
	uint64_t random;		    /* state of check_random() */
	uint64_t item_was[CHECK_ITEMS_MAX]; /* items.c's: before, */
	uint64_t item_is[CHECK_ITEMS_MAX];  /* and after the call */
	struct check_registers fill, seen;  /* registers.c's, likewise */
};

/*
 * Runs it: options.count switches (1,000 if that is 0) to options.to; then says the result and goes
 * to the monitor. Comes back when the slot is resumed after that, or at once if it can't begin.
 */
void check_run(struct tick *tick);

/* The next random number; repeatable: it depends on the slot and the iteration alone. */
uint64_t check_random(struct check *check);

/* Counts and says a difference: "DIFF iteration 17: NAME is 0x..., was 0x...". */
void check_differs(struct check *check, const char *name, uint64_t is, uint64_t was);

/* Switches on what SSE and AVX need, and finds out what the CPU has (features.c). */
void check_enable_vectors(struct check *check);

/*
 * The state in items.c, with interrupts off. To compare prints, and moves the cursor: read first.
 */
void check_items_fill(struct check *check);
void check_items_read(struct check *check);
void check_items_compare(struct check *check);

/* Fills registers, calls the gate, and reads them. The gate's result. Interrupts are off. */
int64_t check_registers_switch(struct check *check);
void check_registers_compare(struct check *check);

/* Loads a GDT, an LDT and a TSS, which lie at other selectors in every other slot. */
void check_tables_init(uint32_t slot);

/*
 * Selectors of data segments: any of SELECTOR_DATA, with any of these bits added. 0x20 is another
 * descriptor in the same table, 4 the LDT in place of the GDT (SDM volume 3, 3.4.2).
 */
#define CHECK_SELECTOR_BITS 0x24

/* The GDT's limit may grow by these bits. */
#define CHECK_GDT_LIMIT_BITS 0x20

#endif
