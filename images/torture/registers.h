/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * registers.h - the registers that torture_switch.asm fills, and which of them the CPU has.
 */
#ifndef TORTURE_REGISTERS_H
#define TORTURE_REGISTERS_H

#include "torture.h"

/* SDM volume 1, 13.3. */
#define XCR0_X87_SSE 0x003
#define XCR0_AVX     0x004
#define XCR0_MPX     0x018
#define XCR0_AVX512  0x0e0
#define XCR0_PKRU    0x200
#define XCR0_KNOWN   (XCR0_X87_SSE | XCR0_AVX | XCR0_MPX | XCR0_AVX512 | XCR0_PKRU)

/* Switches on what SSE and XSAVE need, on this CPU. Called before all others. */
void torture_registers_init(void);

/* The bits of XCR0_KNOWN that XCR0 may have. 0 if there is no XSAVE. */
uint64_t torture_xcr0_supported(void);

/*
 * Fills the registers, calls the gate, and reads them. Returns the gate's result. Interrupts are
 * off.
 */
int64_t torture_registers_switch(struct torture *torture, uint64_t op, uint64_t arg);
void torture_registers_compare(struct torture *torture);

#endif
