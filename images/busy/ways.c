// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * ways.c - what the other CPUs do while they count. None of them notices that its kernel has given
 * the machine away. Only INIT stops them.
 */
#include <cpuid.h>
#include "../tick/instructions.h"
#include "../tick/interrupt_frame.h"
#include "../tick/flat_segments.h"
#include "busy.h"

#define VECTOR_NMI	  2
#define VECTOR_TIMER	  0x40
#define VECTOR_SPURIOUS	  0xff
#define GATE_INTERRUPT	  0x8e /* present, 64-bit interrupt gate: SDM volume 3, 6.14.1 */

#define SVR_ENABLE	  (1u << 8)
#define LVT_PERIODIC	  (1u << 17)
#define TIMER_DIVIDE_16	  3u
#define TIMER_COUNT	  50000u /* some 1,000 interrupts a second */

#define CPUID_1_ECX_MWAIT (1u << 3)

struct busy_cpu busy_cpus[BUSY_MAX_CPUS];

/* What the CPU pushes: SDM volume 3, figure 6-9. GCC needs the type, but no code here reads it. */
struct pushed;

static void count_spinning(volatile uint64_t *counter)
{
	interrupts_off();
	for (;;)
		(*counter)++;
}

/* This CPU sleeps most of the time. Its own local APIC's timer wakes it, without any other CPU. */
static void count_in_hlt(volatile uint64_t *counter)
{
	lapic_write(LAPIC_SVR, SVR_ENABLE | VECTOR_SPURIOUS);
	lapic_write(LAPIC_TIMER_DIVIDE, TIMER_DIVIDE_16);
	lapic_write(LAPIC_LVT_TIMER, LVT_PERIODIC | VECTOR_TIMER);
	lapic_write(LAPIC_TIMER_INITIAL, TIMER_COUNT);
	interrupts_on();
	for (;;) {
		cpu_wait();
		(*counter)++;
	}
}

__attribute__((interrupt)) static void timer_interrupt(struct pushed *frame)
{
	(void)frame;
	lapic_write(LAPIC_EOI, 0);
}

/*
 * Interrupts are off, and no other CPU writes to the monitored line. QEMU's MWAIT ends without a
 * reason.
 */
static void count_in_mwait(volatile uint64_t *counter)
{
	interrupts_off();
	for (;;) {
		__asm__ volatile("monitor" : : "a"(counter), "c"(0), "d"(0));
		__asm__ volatile("mwait" : : "a"(0), "c"(0));
		(*counter)++;
	}
}

/*
 * This CPU sleeps until an NMI, which cpus.c sends. The handler never returns, so NMIs stay
 * blocked.
 */
static void count_in_nmi(volatile uint64_t *counter)
{
	(void)counter;
	interrupts_off();
	for (;;)
		cpu_wait();
}

__attribute__((interrupt)) static void nmi(struct pushed *frame)
{
	(void)frame;
	for (;;)
		busy_cpus[lapic_id()].counter++;
}

static const struct way spinning = {"spins with interrupts off", count_spinning, false};
static const struct way in_hlt = {"wakes from HLT by its timer", count_in_hlt, false};
static const struct way in_mwait = {"wakes from MWAIT", count_in_mwait, false};
static const struct way in_nmi = {"spins in an NMI handler", count_in_nmi, true};

static bool has_mwait(void)
{
	uint32_t eax, ebx, ecx, edx;

	return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & CPUID_1_ECX_MWAIT);
}

const struct way *way_of(uint32_t apic_id)
{
	const struct way *ways[] = {&spinning, &in_hlt, &in_nmi, &in_mwait};
	const struct way *way = ways[(apic_id - 1) % (sizeof(ways) / sizeof(ways[0]))];

	return way == &in_mwait && !has_mwait() ? &spinning : way;
}

/* SDM volume 3, figure 6-8. */
struct gate {
	uint16_t offset_low, selector;
	uint8_t stack, type;
	uint16_t offset_middle;
	uint32_t offset_high, reserved;
};

static struct gate idt[256];

static void set_gate(uint32_t vector, void (*handler)(struct pushed *))
{
	uint64_t address = (uint64_t)handler;

	idt[vector] = (struct gate){
		.offset_low = (uint16_t)address,
		.selector = SELECTOR_CODE,
		.type = GATE_INTERRUPT,
		.offset_middle = (uint16_t)(address >> 16),
		.offset_high = (uint32_t)(address >> 32),
	};
}

void ways_init(void)
{
	set_gate(VECTOR_NMI, nmi);
	set_gate(VECTOR_TIMER, timer_interrupt);
}

void ways_load_idt(void)
{
	struct table_pointer pointer = {sizeof(idt) - 1, (uint64_t)idt};

	__asm__ volatile("lidt %0" : : "m"(pointer));
}
