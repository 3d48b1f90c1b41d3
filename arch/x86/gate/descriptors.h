/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * descriptors.h - the monitor's own GDT, IDT and TSS. Formats: SDM volume 3, sections 3.4.5, 3.5.2,
 * 6.14.1 and 7.7.
 */
#ifndef ARCH_X86_GATE_DESCRIPTORS_H
#define ARCH_X86_GATE_DESCRIPTORS_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/cpu/segments.h"
#include "arch/x86/gate/gate_cpu.h"

/* Interrupt-stack-table entries. Faults that may come with a bad stack have their own stack. */
enum descriptor_ist { IST_NONE, IST_DOUBLE_FAULT, IST_NMI, IST_MACHINE_CHECK, IST_COUNT };

#define GDT_ENTRIES 7 /* null, CODE64 twice, DATA, CODE32, TSS (two) */

/* 64-bit TSS (SDM volume 3, figure 8-11). */
struct tss {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7]; /* IST 1 to 7 */
	uint64_t reserved2;
	uint16_t reserved3, io_map;
} __attribute__((packed));
_Static_assert(sizeof(struct tss) == 104, "the CPU's TSS");

/* The tables of one CPU. All CPUs share the IDT. */
struct cpu_tables {
	uint64_t gdt[GDT_ENTRIES];
	struct tss tss;
};

#define OTHER_STACK_SIZE     8192
#define OTHER_IST_STACK_SIZE 2048

/* Tables and stacks of a CPU that is not the boot CPU. */
struct other_cpu {
	struct cpu_tables tables;
	uint8_t ist_stack[IST_COUNT - 1][OTHER_IST_STACK_SIZE] __attribute__((aligned(16)));
	uint8_t stack[OTHER_STACK_SIZE] __attribute__((aligned(16)));
};
_Static_assert(sizeof(struct other_cpu) <= 16384, "a small part of what a slot keeps of a CPU");

/*
 * The memory of the GDT, the TSS and the IDT, with its size in bytes. Its contents do not change
 * after descriptors_init().
 */
struct descriptor_area {
	const void *base;
	uint64_t size;
};

struct descriptor_area descriptors_area(void);

/* True if these tables and no LDT are loaded. Other CPUs have tables of their own. */
bool descriptors_loaded(void);

/* Builds and loads the boot CPU's tables, and gives them to the gate (anchor.h, gate_cpu.h). */
void descriptors_init(void);

/* Builds the tables of another CPU. The caller sets context and apic_id in the result. */
struct gate_cpu descriptors_of(struct other_cpu *other);

#endif
