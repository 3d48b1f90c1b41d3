/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gate_cpu.h - what the monitor itself needs on each CPU: a stack, a GDT, a TSS with its stacks,
 * and the place where the running slot keeps the CPU's state. The gate finds these by the APIC ID
 * of the CPU.
 *
 * Those of the boot CPU lie in the image. The others lie in memory that the plan gives. Their
 * stacks are small, because these CPUs only ask for services, park, and hand over what was asked of
 * them.
 */
#ifndef ARCH_X86_GATE_GATE_CPU_H
#define ARCH_X86_GATE_GATE_CPU_H

#include <stdbool.h>
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

/* Other files only read it. */
extern struct gate_cpus gate_cpus;

/* descriptors_init() calls it. The boot CPU is the only one in gate_cpus until gate_cpu_init(). */
void gate_cpu_set_boot(const struct gate_cpu *tables);

/* Bytes of memory that gate_cpu_init() needs for each CPU except the boot CPU. */
uint64_t gate_cpu_size(void);

/*
 * Adds the CPUs with these APIC IDs, in this order, until gate_cpus is full. It skips the boot CPU.
 * memory has count times gate_cpu_size() bytes.
 */
void gate_cpu_init(void *memory, const uint32_t *apic_ids, uint32_t count);

/* This CPU's place in gate_cpus, which it must have. */
uint32_t gate_cpu_index(void);

/*
 * True if this CPU is in a service of the gate, which returns to the kernel that called. It may be
 * anywhere between the load of the monitor's IDT and that of the kernel's. A service that faulted
 * does not return: its slot has GATE_PARKED.
 */
bool gate_cpu_in_service(void);

/*
 * Sets the place for the state of CPU number index, before a slot gets the machine. NULL: the slot
 * does not have that CPU.
 */
void gate_cpu_set_context(uint32_t index, struct cpu_context *context);

#endif
