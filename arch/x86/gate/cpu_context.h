/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cpu_context.h - one CPU of one slot, while another slot has it: all that belongs to that CPU.
 *
 * It begins with the fields that gate.asm writes and reads. The lists in gate.asm use the same
 * names, and asm_offsets.c gives NASM the offsets. The items of cpu_state.c's list follow. Their
 * length depends on this CPU's features: cpu_state_layout() has their places and the whole size.
 */
#ifndef ARCH_X86_GATE_CPU_CONTEXT_H
#define ARCH_X86_GATE_CPU_CONTEXT_H

#include <stdint.h>
#include "arch/x86/cpu/segments.h"
#include "arch/x86/cpu/state_item.h"

/* How far a switch got, so that a fault in it can be told: cpu_context.progress. */
enum gate_progress {
	GATE_IDLE,     /* the slot runs, or never did */
	GATE_ENTERED,  /* gate.asm saves its registers */
	GATE_SAVED,    /* all that gate.asm saves is saved; the monitor's tables are loaded */
	GATE_PARKED,   /* CPU and platform state are complete: the slot has left the machine */
	GATE_RESUMING, /* gate.asm puts its registers back */
};

struct cpu_context {
	uint64_t rbx, rcx, rdx, rsi, rdi, rbp, rsp; /* RAX carries the gate's result */
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t rflags;
	uint64_t cr0, cr2, cr3, cr4, cr8;
	uint64_t fs_base, gs_base, kernel_gs_base;
	uint64_t efer, dr7;
	struct descriptor_pointer gdtr, idtr;
	uint16_t ldtr, tr;
	uint16_t cs, ds, es, fs, gs, ss;
	uint32_t progress; /* enum gate_progress */
} __attribute__((aligned(STATE_ALIGN)));

#endif
