// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/gate/gate_cpu.h"
#include <stddef.h>
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/gate/descriptors.h"
#include "guest/linux/switchyard.h"

struct gate_cpus gate_cpus;

static uint32_t find_id_leaf(void)
{
	if (cpuid(CPUID_VENDOR, 0).eax >= CPUID_TOPOLOGY && cpuid(CPUID_TOPOLOGY, 0).ebx)
		return CPUID_TOPOLOGY;
	return CPUID_FEATURES;
}

static uint32_t id_of_this_cpu(void)
{
	struct cpuid id = cpuid(gate_cpus.id_leaf, 0);

	return gate_cpus.id_leaf == CPUID_TOPOLOGY ? id.edx : id.ebx >> CPUID_APIC_ID_SHIFT;
}

void gate_cpu_set_boot(const struct gate_cpu *tables)
{
	gate_cpus.count = 1;
	gate_cpus.id_leaf = find_id_leaf();
	gate_cpus.cpu[0] = *tables;
	gate_cpus.cpu[0].apic_id = id_of_this_cpu();
}

uint64_t gate_cpu_size(void)
{
	return sizeof(struct other_cpu);
}

void gate_cpu_init(void *memory, const uint32_t *apic_ids, uint32_t count)
{
	struct other_cpu *other = memory;

	for (uint32_t i = 0; i < count && gate_cpus.count < GATE_MAX_CPUS; i++) {
		struct gate_cpu *cpu = &gate_cpus.cpu[gate_cpus.count];

		if (apic_ids[i] == gate_cpus.cpu[0].apic_id)
			continue;
		*cpu = descriptors_of(other++);
		cpu->apic_id = apic_ids[i];
		gate_cpus.count++;
	}
}

/* The CPU tells its number in every mode. The loaded GDT may be the kernel's already. */
bool gate_cpu_in_service(void)
{
	uint32_t id = id_of_this_cpu();

	for (uint32_t i = 0; i < gate_cpus.count; i++) {
		const struct cpu_context *context = gate_cpus.cpu[i].context;

		if (gate_cpus.cpu[i].apic_id == id)
			return context && context->progress != GATE_IDLE &&
			       context->progress != GATE_PARKED &&
			       context->rdi == SWITCHYARD_SERVICE;
	}
	return false;
}

void gate_cpu_set_context(uint32_t index, struct cpu_context *context)
{
	gate_cpus.cpu[index].context = context;
}
