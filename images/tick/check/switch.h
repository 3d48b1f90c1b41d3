/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * switch.h - what switch.asm fills before a call of the gate, and finds after it.
 */
#ifndef TICK_CHECK_SWITCH_H
#define TICK_CHECK_SWITCH_H

#include <stdint.h>

#define X87_REGISTERS	 8
#define VECTOR_REGISTERS 16
#define REGISTER_BYTES	 16

/* SDM volume 1, tables 10-2 (up to XSAVE's header) and 13-1; the rest by CPUID.(0DH,2). */
struct xsave_area {
	uint16_t fcw, fsw;
	uint8_t ftw;
	uint8_t reserved[19]; /* and the last instruction, which a CPU may leave out */
	uint32_t mxcsr, mxcsr_mask;
	struct {
		uint8_t value[10], reserved[6];
	} st[X87_REGISTERS];
	uint8_t xmm[VECTOR_REGISTERS][REGISTER_BYTES];
	uint8_t unused[96];
	uint64_t components; /* XSTATE_BV */
	uint64_t header[7];
	uint8_t ymm_high[VECTOR_REGISTERS][REGISTER_BYTES];
} __attribute__((aligned(64)));

struct check_registers {
	uint64_t rbx, rbp, r12, r13, r14, r15; /* that a called function preserves */
	uint64_t rsp, rflags;
	uint64_t xsave_mask; /* components of xstate; 0: no XSAVE here, FXSAVE does it */
	struct xsave_area xstate;
};

/*
 * Loads all of fill, calls gate(op, arg), and stores what is in the registers then in seen. RSP is
 * not loaded, but stored in fill.
 */
int64_t check_switch(struct check_registers *fill, struct check_registers *seen, uint64_t gate,
		     uint64_t op, uint64_t arg);

#endif
