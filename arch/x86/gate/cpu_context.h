/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cpu_context.h - a slot's CPU while another slot has it.
 *
 * The first half is written and read by gate.asm, whose lists have the same names;
 * asm_offsets.c gives NASM its offsets. The second half is cpu_state.c's.
 */
#ifndef ARCH_X86_GATE_CPU_CONTEXT_H
#define ARCH_X86_GATE_CPU_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/cpu/msr_list.h"
#include "arch/x86/cpu/mtrr.h"
#include "arch/x86/cpu/segments.h"
#include "arch/x86/cpu/xstate.h"
#include "lib/units.h"

/* How far a switch got, so that a fault in it can be told: cpu_context.progress. */
enum gate_progress {
	GATE_IDLE,     /* the slot runs, or never did */
	GATE_ENTERED,  /* gate.asm saves its registers */
	GATE_SAVED,    /* all that gate.asm saves is saved; the monitor's tables are loaded */
	GATE_PARKED,   /* CPU and platform state are complete: the slot can be resumed */
	GATE_RESUMING, /* gate.asm puts its registers back */
};

struct cpu_context {
	/* gate.asm: */
	uint64_t rbx, rcx, rdx, rsi, rdi, rbp, rsp; /* RAX carries the gate's result */
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t rflags;
	uint64_t cr0, cr2, cr3, cr4, cr8;
	uint64_t fs_base, gs_base, kernel_gs_base;
	uint64_t efer;
	struct descriptor_pointer gdtr, idtr;
	uint16_t ldtr, tr;
	uint16_t cs, ds, es, fs, gs, ss;
	uint32_t progress; /* enum gate_progress */

	/* cpu_state.c: */
	uint64_t dr0, dr1, dr2, dr3, dr6, dr7;
	struct mtrr_state mtrr;
	uint64_t state[MSR_LIST_MAX];  /* values of the MSRs that cpu_state.c lists: settings, */
	uint64_t active[MSR_LIST_MAX]; /* and what acts on its own */
	struct xstate xstate;
} __attribute__((aligned(PAGE_SIZE)));

#endif
