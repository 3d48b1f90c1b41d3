/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * descriptors.h - the monitor's own GDT, IDT and TSS, and what the gate must find to load them.
 * Descriptor formats: SDM volume 3, sections 3.4.5, 3.5.2, 6.14.1 and 7.7.
 */
#ifndef ARCH_X86_GATE_DESCRIPTORS_H
#define ARCH_X86_GATE_DESCRIPTORS_H

#include <stdint.h>
#include "arch/x86/gate/cpu_context.h"

/*
 * 0x10 and 0x18 are what both Linux boot protocols ask for, and Linux's own
 * __KERNEL_CS and __KERNEL_DS: the monitor's IDT stays usable for the few
 * instructions in which a guest's GDT is loaded already.
 */
#define SELECTOR_CODE32 0x08
#define SELECTOR_CODE64 0x10
#define SELECTOR_DATA	0x18
#define SELECTOR_TSS	0x20

/* Byte of a descriptor that holds its type: SDM volume 3, figure 8-4 and table 3-2. */
#define DESCRIPTOR_TYPE_BYTE 5
#define DESCRIPTOR_TSS_BUSY  0x02
#define DESCRIPTOR_TSS_MASK  0x9d /* all of it but DPL and "busy" */
#define DESCRIPTOR_TSS	     0x89 /* a present 64-bit TSS */
#define TSS_DESCRIPTOR_SIZE  16

/*
 * All that gate.asm reads before it has a stack of its own: it lies next to the gate's
 * code and is reached relative to RIP.
 */
struct gate_anchor {
	struct cpu_context *context; /* of the slot that runs */
	uint64_t cr3;		     /* the monitor's PML4 */
	uint64_t cr3_la57;	     /* a PML5 whose entry 0 is that PML4 */
	uint64_t cr4;		     /* the monitor's own */
	uint64_t tss_descriptor;     /* address of the TSS's descriptor in the monitor's GDT */
	uint64_t stack;		     /* top of the monitor's stack */
	struct descriptor_pointer gdtr, idtr;
};

extern struct gate_anchor gate_anchor;

/* Where the GDT, the TSS and the IDT lie, in bytes; they stay as descriptors_init() leaves them. */
struct descriptor_area {
	const void *base;
	uint64_t size;
};

struct descriptor_area descriptors_area(void);

/* Builds and loads the tables, once; fills gate_anchor's gdtr, idtr, tss_descriptor and stack. */
void descriptors_init(void);

#endif
