/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gate_cpu.h - what the monitor itself needs on each CPU: a stack, a GDT, a TSS with its stacks,
 * and where the slot that runs keeps that CPU. The gate finds it by the APIC ID of the CPU that
 * runs.
 *
 * The boot CPU's lies in the image. The other CPUs are refused (monitor/switch/gate_call.c), so
 * that their stacks are small, and lie in memory that the plan gives.
 */
#ifndef ARCH_X86_GATE_GATE_CPU_H
#define ARCH_X86_GATE_GATE_CPU_H

#include <stdint.h>
#include "arch/x86/cpu/segments.h"
#include "arch/x86/gate/cpu_context.h"

#define GATE_MAX_CPUS 64 /* as many as cpus= can name; calls of those beyond are refused */

/* gate.asm reads all of it. */
struct gate_cpu {
	struct cpu_context *context; /* in the slot that runs; NULL: it has none there */
	uint64_t stack;		     /* its top */
	uint64_t tss_descriptor;     /* address of the TSS's descriptor in this CPU's GDT */
	struct descriptor_pointer gdtr;
	uint32_t apic_id; /* as CPUID tells it, in id_leaf */
};

/* gate.asm reaches it relative to RIP. */
struct gate_cpus {
	uint32_t count;
	uint32_t id_leaf; /* CPUID_TOPOLOGY, with the ID in EDX; or CPUID_FEATURES, in EBX */
	struct gate_cpu cpu[GATE_MAX_CPUS]; /* the boot CPU comes first */
};

/* To be read only. */
extern struct gate_cpus gate_cpus;

/* Called by descriptors_init(), on the boot CPU: it is the only one until gate_cpu_init(). */
void gate_cpu_set_boot(const struct gate_cpu *tables);

/* Bytes of memory that gate_cpu_init() wants for each CPU but the boot CPU. */
uint64_t gate_cpu_size(void);

/*
 * Adds the other CPUs of those with count APIC IDs, in their order, as far as there is room for
 * them. memory: count times gate_cpu_size().
 */
void gate_cpu_init(void *memory, const uint32_t *apic_ids, uint32_t count);

/* Where CPU number index keeps its state: before a slot gets the machine. NULL: nowhere. */
void gate_cpu_set_context(uint32_t index, struct cpu_context *context);

#endif
