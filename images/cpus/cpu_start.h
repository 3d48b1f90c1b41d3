/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * cpu_start.h - starts another CPU of the slot, and sends commands to it: SDM volume 3, 9.4.4 and
 * chapter 11. It uses tick's runtime (images/tick/).
 */
#ifndef CPUS_CPU_START_H
#define CPUS_CPU_START_H

#include <stdbool.h>
#include <stdint.h>

/* The local APIC: offsets in its page, SDM volume 3, table 11-1. */
enum lapic_register {
	LAPIC_ID = 0x020,
	LAPIC_EOI = 0x0b0,
	LAPIC_SVR = 0x0f0,
	LAPIC_ICR = 0x300,
	LAPIC_ICR_HIGH = 0x310,
	LAPIC_LVT_TIMER = 0x320,
	LAPIC_TIMER_INITIAL = 0x380,
	LAPIC_TIMER_DIVIDE = 0x3e0,
};

#define LAPIC_ADDRESS 0xfee00000u /* after a reset, and under Switchyard */

static inline uint32_t lapic_read(enum lapic_register offset)
{
	return *(volatile uint32_t *)(uint64_t)(LAPIC_ADDRESS + offset);
}

static inline void lapic_write(enum lapic_register offset, uint32_t value)
{
	*(volatile uint32_t *)(uint64_t)(LAPIC_ADDRESS + offset) = value;
}

static inline uint32_t lapic_id(void)
{
	return lapic_read(LAPIC_ID) >> 24;
}

/* Sends an interrupt command: SDM volume 3, 11.6.1. */
#define ICR_NMI (4u << 8)
void cpu_send(uint32_t apic_id, uint32_t command);

/* Waits for so many timer interrupts. They must be on. */
struct tick;
void cpu_wait_ticks(const struct tick *tick, uint64_t count);

/*
 * Finds a page for the code that CPUs start with: the last one of this slot's memory below 1 MiB.
 * Called once, before cpu_start(). False if there is none.
 */
struct multiboot2_info;
bool cpu_start_init(const struct multiboot2_info *information);

/*
 * Sends INIT and SIPI to that CPU. It calls enter(), with interrupts off, on the stack that ends at
 * stack_top, which lies below 4 GiB. enter() must not return. The CPU has the page tables of the
 * caller, flat segments, and no IDT. One CPU is started at a time.
 */
void cpu_start(const struct tick *tick, uint32_t apic_id, void *stack_top, void (*enter)(void));

#endif
