/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * anchor.h - the values that gate.asm needs before it has a stack of its own, and that are the same
 * for all CPUs. The values of a single CPU are in gate_cpu.h, and the page tables are in
 * memory/paging.h. Only anchor.c writes the anchor, and each setter has one caller.
 */
#ifndef ARCH_X86_GATE_ANCHOR_H
#define ARCH_X86_GATE_ANCHOR_H

#include <stdint.h>
#include "arch/x86/cpu/segments.h"

/*
 * What the gate does with a request, on any CPU of the slot that runs: on the monitor's stack for
 * that CPU, interrupts off, the caller's registers in the CPU's context. Several CPUs may be here
 * at once. Returns a negative enum switchyard_error for the caller; does not return when the slot
 * gives up the machine.
 */
typedef int64_t (*gate_handler_fn)(uint64_t op, uint64_t arg);

/* gate.asm reaches it relative to RIP. */
struct gate_anchor {
	gate_handler_fn handler;
	uint64_t cr4; /* the monitor's own */
	struct descriptor_pointer idtr;
};

/* Other files only read it. */
extern struct gate_anchor gate_anchor;

/* Sets the function that answers calls of the gate. It is called before any slot runs. */
void gate_init(gate_handler_fn handler);

void gate_set_cr4(uint64_t cr4);

void gate_set_idt(const struct descriptor_pointer *idtr);

#endif
