// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * torture_offsets.c - the numbers of C's structures that NASM needs. It becomes
 * build/torture/torture_offsets.inc (images/tick/nasm_define.h).
 */
#include "../tick/nasm_define.h"
#include "../tick/flat_segments.h"
#include "torture.h"

void torture_offsets(void);

void torture_offsets(void)
{
	OFFSET(torture_registers, rbx);
	OFFSET(torture_registers, rcx);
	OFFSET(torture_registers, rdx);
	OFFSET(torture_registers, rsi);
	OFFSET(torture_registers, rdi);
	OFFSET(torture_registers, rbp);
	OFFSET(torture_registers, r8);
	OFFSET(torture_registers, r9);
	OFFSET(torture_registers, r10);
	OFFSET(torture_registers, r11);
	OFFSET(torture_registers, r12);
	OFFSET(torture_registers, r13);
	OFFSET(torture_registers, r14);
	OFFSET(torture_registers, r15);
	OFFSET(torture_registers, rsp);
	OFFSET(torture_registers, rflags);
	OFFSET(torture_registers, gate);
	OFFSET(torture_registers, xsave_mask);
	OFFSET(torture_registers, xstate);

	CONSTANT(SELECTOR_CODE);
	CONSTANT(SELECTOR_CODE32);
}
