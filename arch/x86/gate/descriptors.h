/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * descriptors.h - the monitor's own GDT, IDT and TSS. Formats: SDM volume 3, sections 3.4.5, 3.5.2,
 * 6.14.1 and 7.7.
 */
#ifndef ARCH_X86_GATE_DESCRIPTORS_H
#define ARCH_X86_GATE_DESCRIPTORS_H

#include <stdbool.h>
#include <stdint.h>

/* Where the GDT, the TSS and the IDT lie, in bytes; they stay as descriptors_init() leaves them. */
struct descriptor_area {
	const void *base;
	uint64_t size;
};

struct descriptor_area descriptors_area(void);

/* Are they what the CPU uses, and no LDT? */
bool descriptors_loaded(void);

/* Builds and loads the tables, and tells the gate of them (anchor.h). */
void descriptors_init(void);

#endif
