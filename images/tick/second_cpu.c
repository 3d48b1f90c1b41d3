// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "second_cpu.h"
#include <stddef.h>
#include "../cpus/cpu_start.h"
#include "../cpus/slot_cpus.h"
#include "boot_tags.h"
#include "tick.h"

#define STACK_SIZE   4096
#define MSR_GS_BASE  0xc0000101	   /* SDM volume 4, table 2-2 */
#define ANSWER_TICKS (2 * TICK_HZ) /* longer than the gate waits for a CPU */

_Static_assert(offsetof(struct second_cpu, self) == 0, "this_cpu() reads GS:0");

/* A CPU that starts gets no argument, so it finds the state here. Later it has its GS base. */
static struct second_cpu *starting;

static void set_this_cpu(struct second_cpu *cpu)
{
	uint64_t base = (uint64_t)cpu;

	__asm__ volatile("wrmsr"
			 :
			 : "c"(MSR_GS_BASE), "a"((uint32_t)base), "d"((uint32_t)(base >> 32)));
}

static struct second_cpu *this_cpu(void)
{
	struct second_cpu *cpu;

	__asm__ volatile("mov %%gs:0, %0" : "=r"(cpu));
	return cpu;
}

static void enter(void)
{
	interrupts_load_idt();
	set_this_cpu(starting);
	for (;;) {
		struct second_cpu *cpu = this_cpu();

		cpu->count++;
		if (!cpu->asked)
			continue;
		cpu->result = gate_call(cpu->tick, SWITCHYARD_PARK, 0);
		cpu = this_cpu(); /* it may have been another slot's meanwhile */
		cpu->parks++;
		cpu->asked = false;
	}
}

void second_cpu_init(struct tick *tick, const struct multiboot2_info *information)
{
	struct second_cpu *cpu = &tick->second;

	cpu->self = cpu;
	cpu->tick = tick;
	cpu->present = cpu_start_init(information) &&
		       slot_second_cpu(boot_tags_rsdp(information), &cpu->apic_id);
	second_cpu_start(tick);
}

void second_cpu_start(struct tick *tick)
{
	static uint8_t stack[STACK_SIZE] __attribute__((aligned(16)));
	struct second_cpu *cpu = &tick->second;
	uint64_t count = cpu->count;

	if (!cpu->present)
		return;
	starting = cpu;
	cpu->asked = false;
	cpu_start(tick, cpu->apic_id, &stack[STACK_SIZE], enter);
	for (uint32_t waited = 0; waited < ANSWER_TICKS && cpu->count == count; waited++)
		cpu_wait_ticks(tick, 1);
	if (cpu->count == count)
		say(tick, "the second CPU does not start");
}

uint32_t second_cpu_park(struct tick *tick)
{
	tick->second.asked = tick->second.present;
	return tick->second.present;
}

void second_cpu_await(struct tick *tick, int64_t result)
{
	const struct second_cpu *cpu = &tick->second;
	uint64_t end = tick->interrupts.ticks + ANSWER_TICKS;

	while (cpu->asked && tick->interrupts.ticks < end)
		__builtin_ia32_pause();
	if (cpu->asked)
		say(tick, "the second CPU did not come back from the gate");
	else if (cpu->present && cpu->result != result)
		say(tick, "the second CPU came back with %lx", (uint64_t)cpu->result);
}
