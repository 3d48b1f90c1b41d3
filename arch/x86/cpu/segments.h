/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * segments.h - the monitor's selectors, and the segments behind them. Formats: SDM volume 3,
 * sections 2.4, 3.4.5 and 3.5.
 *
 * Each GDT of the monitor (gate/descriptors.c, and those of the entries in boot/) has the same
 * segments at the same places. So a loaded selector stays right when the GDT changes.
 */
#ifndef ARCH_X86_CPU_SEGMENTS_H
#define ARCH_X86_CPU_SEGMENTS_H

#include <stdint.h>

/*
 * Both Linux boot protocols ask for 0x10 and 0x18, and they are Linux's own __KERNEL_CS and
 * __KERNEL_DS. So the monitor's IDT stays usable for the few instructions in which a guest's GDT is
 * loaded already.
 *
 * Most other 64-bit kernels have their code at 0x08 and data at 0x10. The gate for double faults
 * names 0x08: if an exception finds no code at 0x10, the CPU ends there.
 */
#define SELECTOR_CODE64_FIRST 0x08
#define SELECTOR_CODE64	      0x10
#define SELECTOR_DATA	      0x18
#define SELECTOR_CODE32	      0x20
#define SELECTOR_TSS	      0x28

_Static_assert(SELECTOR_CODE64_FIRST == 0x08 && SELECTOR_CODE64 == 0x10 && SELECTOR_DATA == 0x18 &&
		       SELECTOR_CODE32 == 0x20,
	       "the order in which the GDTs in assembly have them");

/* GDT entries: from 0 to 4 GiB, for the kernel, marked as accessed already. */
#define GDT_CODE32 0x00cf9b000000ffff
#define GDT_CODE64 0x00af9b000000ffff
#define GDT_DATA   0x00cf93000000ffff

/* Byte of a descriptor that holds its type: SDM volume 3, figure 8-4 and table 3-2. */
#define DESCRIPTOR_TYPE_BYTE 5
#define DESCRIPTOR_TSS	     0x89 /* a present 64-bit TSS that is not busy, for the kernel */
#define DESCRIPTOR_TSS_BUSY  0x02
#define DESCRIPTOR_TSS_MASK  0x9d /* all bits except DPL and "busy" */
#define TSS_DESCRIPTOR_SIZE  16

/* The operand of LGDT and LIDT. */
struct descriptor_pointer {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

#endif
