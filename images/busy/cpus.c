// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * cpus.c - starts the other CPUs, and waits until each of them counts.
 */
#include "busy.h"

#define STACK_SIZE   4096
#define ANSWER_TICKS 100 /* of 10 ms: how long to wait for an answer */

static bool comes(const struct tick *tick, const struct busy_cpu *cpu)
{
	for (uint32_t waited = 0; waited < ANSWER_TICKS && !cpu->ready; waited++)
		cpu_wait_ticks(tick, 1);
	return cpu->ready;
}

static bool counts(const struct tick *tick, const struct busy_cpu *cpu)
{
	for (uint32_t waited = 0; waited < ANSWER_TICKS && !cpu->counter; waited++)
		cpu_wait_ticks(tick, 1);
	return cpu->counter;
}

static void enter(void)
{
	struct busy_cpu *cpu = &busy_cpus[lapic_id()];

	ways_load_idt();
	cpu->ready = true;
	cpu->way->count(&cpu->counter);
}

static bool start(const struct tick *tick, uint32_t apic_id)
{
	static uint8_t stacks[BUSY_MAX_CPUS][STACK_SIZE] __attribute__((aligned(16)));
	struct busy_cpu *cpu = &busy_cpus[apic_id];

	cpu->way = way_of(apic_id);
	cpu_start(tick, apic_id, &stacks[apic_id][STACK_SIZE], enter);
	if (!comes(tick, cpu))
		return false;
	if (cpu->way->by_nmi)
		cpu_send(apic_id, ICR_NMI);
	return counts(tick, cpu);
}

uint32_t cpus_start(struct tick *tick)
{
	uint32_t apic_id = 1;

	ways_init();
	while (apic_id < BUSY_MAX_CPUS && start(tick, apic_id))
		apic_id++;
	return apic_id - 1;
}
