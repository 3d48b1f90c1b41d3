/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * busy.h - a guest whose other CPUs never stop. Each counts for ever in the slot's own memory, and
 * each in another state (ways.c). It uses tick's runtime (images/tick/).
 *
 * tests/system/monitor/test_other_cpus.py parks the guest, and checks that the counters stand still.
 */
#ifndef BUSY_H
#define BUSY_H

#include <stdbool.h>
#include <stdint.h>
#include "../tick/tick.h"

#define BUSY_MAX_CPUS 8 /* APIC IDs 0 to 7 */

/* What a CPU does while it counts. */
struct way {
	const char *name;
	void (*count)(volatile uint64_t *counter); /* does not return */
	bool by_nmi;				   /* it begins when it gets an NMI */
};

/* One for each CPU, by APIC ID. The boot CPU has none. */
struct busy_cpu {
	volatile uint64_t counter;
	volatile bool ready; /* it has an IDT */
	const struct way *way;
};

extern struct busy_cpu busy_cpus[BUSY_MAX_CPUS];

/* The way for that CPU. Neighbours have different ways. */
const struct way *way_of(uint32_t apic_id);

/* Makes the tables for interrupts of the other CPUs. Called before the first of them starts. */
void ways_init(void);

/* The IDT that the other CPUs share, for LIDT. */
struct table_pointer;
void ways_load_idt(void);

/* The last page of this slot's memory below 1 MiB. 0 if it has none. */
struct multiboot2_info;
uint64_t cpus_find_page(const struct multiboot2_info *information);

/*
 * Starts the CPUs with APIC IDs from 1 upwards, one after another, until one does not answer. All
 * of them count when this returns. page is 4 KiB below 1 MiB for their trampoline. Needs tick's
 * timer interrupts. Returns how many there are.
 */
uint32_t cpus_start(struct tick *tick, uint64_t page);

/* Sends an interrupt command: SDM volume 3, 11.6.1. */
#define ICR_NMI (4u << 8)
void cpus_send(uint32_t apic_id, uint32_t command);

/* The trampoline enters this, on a stack for each CPU. */
void cpus_enter(void);

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

#endif
