/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * interrupt_frame.h - what interrupt.asm and C share.
 */
#ifndef TICK_INTERRUPT_FRAME_H
#define TICK_INTERRUPT_FRAME_H

#include <stdint.h>

#define INTERRUPT_STUB_SIZE 16

/*
 * The stack in a handler. The CPU pushes the upper part (SDM volume 3, figure 6-9), and
 * interrupt.asm pushes the part below it.
 */
struct interrupt_frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
	uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
	uint64_t vector;
	uint64_t error; /* 0 where the CPU gives none */
	uint64_t rip, cs, rflags, rsp, ss;
};

/* interrupt.asm calls it with interrupts off. */
void interrupt_handle(const struct interrupt_frame *frame);

#endif
