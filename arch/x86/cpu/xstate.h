/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xstate.h - x87 and vector registers, and all other state that XSAVE knows. SDM volume 1, chapter
 * 13.
 */
#ifndef ARCH_X86_CPU_XSTATE_H
#define ARCH_X86_CPU_XSTATE_H

#include <stdint.h>

struct xstate {
	uint64_t xcr0; /* which components the kernel lets programs use */
	uint32_t pkru; /* XSAVE also saves it, but only if XCR0 enables it */
	uint8_t area[] __attribute__((aligned(64))); /* SDM volume 1, 13.4 */
};

/*
 * Bytes of struct xstate on this CPU, with all components that it has. Call xstate_init() before.
 */
uint32_t xstate_size(void);

/* Finds what this CPU has. Returns the bits of CR4 that the functions below need. Call once. */
uint64_t xstate_init(void);

/*
 * A mirrored pair. IA32_XSS must be the slot's in both. IA32_XFD must be 0 in both, because
 * components that it disables are not saved. What the CPU would fault on is not restored, but reset.
 */
void xstate_save(struct xstate *state);
void xstate_restore(const struct xstate *state);

/* Sets the state that it has after a reset. */
void xstate_reset(void);

#endif
