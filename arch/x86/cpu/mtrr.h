/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mtrr.h - memory type range registers: which physical addresses are cached, and how. SDM volume
 * 3, section 12.11.
 *
 * Firmware sets them. A kernel may change them (Linux by /proc/mtrr, or to clean up after
 * firmware). Another kernel would then find device memory cached, or its RAM uncached.
 */
#ifndef ARCH_X86_CPU_MTRR_H
#define ARCH_X86_CPU_MTRR_H

#include <stdbool.h>
#include <stdint.h>

#define MTRR_FIXED_COUNT  11
#define MTRR_VARIABLE_MAX 16 /* CPUs have 8 or 10 */

struct mtrr_state {
	uint64_t default_type; /* IA32_MTRR_DEF_TYPE, with both enable bits */
	uint64_t fixed[MTRR_FIXED_COUNT];
	struct {
		uint64_t base, mask;
	} variable[MTRR_VARIABLE_MAX];
};

/*
 * A mirrored pair. Fields for registers that the CPU lacks are 0. Loading is slow if anything
 * differs.
 */
void mtrr_save(struct mtrr_state *state);
void mtrr_restore(const struct mtrr_state *state);

/* True if this CPU's registers are as in state. */
bool mtrr_are(const struct mtrr_state *state);

/* How many variable ranges this CPU has beyond MTRR_VARIABLE_MAX: they stay as they are. */
uint32_t mtrr_left_out(void);

#endif
