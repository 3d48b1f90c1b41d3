/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * torture_switch.h - what torture_switch.asm fills before a call of the gate, and reads after it.
 */
#ifndef TORTURE_TORTURE_SWITCH_H
#define TORTURE_TORTURE_SWITCH_H

#include <stdint.h>

#define X87_REGISTERS	 8
#define VECTOR_REGISTERS 16
#define REGISTER_BYTES	 16
#define XSAVE_AREA_SIZE	 4096 /* room for all but AMX's tiles, which are not switched on */
#define XSAVE_EXTENDED	 576  /* where the components begin that CPUID.0DH places */

/* SDM volume 1, tables 10-2 (up to XSAVE's header) and 13-1. */
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
	uint8_t extended[XSAVE_AREA_SIZE - XSAVE_EXTENDED];
} __attribute__((aligned(64)));

/* RAX is not here, because it holds the gate's result. */
struct torture_registers {
	uint64_t rbx, rcx, rdx, rsi, rdi, rbp;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t rsp, rflags;
	uint64_t gate;	     /* where to call */
	uint64_t xsave_mask; /* components of xstate; 0: no XSAVE, so FXSAVE is used */
	struct xsave_area xstate;
};

/*
 * Loads all of fill, calls gate(op, arg), and then stores the registers in seen. RSP, RDI and RSI
 * are not loaded. They are stored in fill.
 */
int64_t torture_switch(struct torture_registers *fill, struct torture_registers *seen, uint64_t op,
		       uint64_t arg);

#endif
