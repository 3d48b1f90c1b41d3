/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * anchor.h - all that gate.asm has to find before it has a stack of its own, but for the page
 * tables (memory/paging.h). Only anchor.c writes it; each setter has one caller.
 */
#ifndef ARCH_X86_GATE_ANCHOR_H
#define ARCH_X86_GATE_ANCHOR_H

#include <stdint.h>
#include "arch/x86/cpu/segments.h"
#include "arch/x86/gate/cpu_context.h"

/*
 * What the gate does with a request, on the monitor's stack, interrupts off, the caller's registers
 * in the CPU context of the slot that runs. Returns a negative enum switchyard_error for the
 * caller; does not return when the slot gives up the machine.
 */
typedef int64_t (*gate_handler_fn)(uint64_t op, uint64_t arg);

/* gate.asm reaches it relative to RIP. */
struct gate_anchor {
	struct cpu_context *context; /* of the slot that runs */
	gate_handler_fn handler;
	uint64_t cr4;		 /* the monitor's own */
	uint64_t tss_descriptor; /* address of the TSS's descriptor in the monitor's GDT */
	uint64_t stack;		 /* top of the monitor's stack */
	struct descriptor_pointer gdtr, idtr;
};

/* To be read only. */
extern struct gate_anchor gate_anchor;

/* Who answers calls of the gate. Before any slot runs. */
void gate_init(gate_handler_fn handler);

/* Where the next call of the gate saves the CPU's state: before a slot gets the machine. */
void gate_set_context(struct cpu_context *context);

void gate_set_cr4(uint64_t cr4);

void gate_set_tables(const struct descriptor_pointer *gdtr, const struct descriptor_pointer *idtr,
		     uint64_t tss_descriptor, uint64_t stack);

#endif
