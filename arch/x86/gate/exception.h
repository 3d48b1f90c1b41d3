/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * exception.h - faults and interrupts while the monitor has the machine.
 *
 * The monitor runs with interrupts off. Three things still come here: a fault that an access
 * is prepared for (fixup), interrupts that lapic_drain() lets in to take them out of
 * the local APIC, and faults of the monitor's own, which are reported with registers and a
 * backtrace.
 */
#ifndef ARCH_X86_GATE_EXCEPTION_H
#define ARCH_X86_GATE_EXCEPTION_H

#include <stdint.h>

#define EXCEPTION_VECTORS 256
#define EXCEPTION_COUNT	  32 /* vectors below this are the CPU's own */
#define VECTOR_NMI	  2
#define VECTOR_DF	  8
#define VECTOR_MC	  18

/* What exception.asm pushes; the last five are the CPU's (SDM volume 3, 6.14.2). */
struct exception_frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
	uint64_t vector, error_code;
	uint64_t rip, cs, rflags, rsp, ss;
};

/* exception.asm: the first instructions for vector n, at n times exception_stub_size. */
extern const uint8_t exception_stubs[];
extern const uint32_t exception_stub_size;

/* Who is told of a fault that nothing expected. */
struct exception_report {
	void (*print)(void *context, const char *line); /* a line, without newline */
	void (*recover)(void *context);			/* after the last line; must not return */
	void *context;
};

/* report must outlive the call; until the first one, a fault stops the CPU. */
void exception_report_to(const struct exception_report *report);

#endif
