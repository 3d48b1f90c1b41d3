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

#include <stdbool.h>
#include <stdint.h>

#define EXCEPTION_VECTORS 256
#define EXCEPTION_COUNT	  32 /* vectors below this are the CPU's own */
#define VECTOR_DB	  1
#define VECTOR_NMI	  2
#define VECTOR_DF	  8
#define VECTOR_MC	  18

/* What exception.asm pushes; the last five are the CPU's (SDM volume 3, 6.14.2). */
struct exception_frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
	uint64_t vector, error_code;
	uint64_t rip, cs, rflags, rsp, ss;
};

/* How exception.asm returns. RET leaves NMIs blocked, and writes to the stack that it returns to. */
enum exception_return { RETURN_BY_IRET, RETURN_BY_RET };

/* In exception.asm: the code for vector n begins at n times exception_stub_size. */
extern const uint8_t exception_stubs[];
extern const uint32_t exception_stub_size;

/*
 * The functions that report an unexpected fault. They are called in this order, after the CPU has
 * become the monitor's again. If one of them faults, they are called once more, with one line to
 * print.
 */
struct exception_report {
	void (*take)(void *context);			       /* takes the person's terminal */
	void (*print)(void *context, const char *line);	       /* a line, without newline */
	void (*recover)(void *context, bool in_monitor);       /* and not in a kernel that starts */
	__attribute__((noreturn)) void (*talk)(void *context); /* goes on with the person */
	void *context;
};

/*
 * Sets the report, which must stay valid. Before the first call, a fault stops the CPU. It is
 * called after paging_init() and cpu_state_keep_firmware(): a fault restores their settings.
 */
void exception_report_to(const struct exception_report *report);

#endif
