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
#include "../cpus/cpu_start.h"
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

/*
 * Starts the CPUs with APIC IDs from 1 upwards, one after another, until one does not answer. All
 * of them count when this returns. Needs cpu_start_init(), and tick's timer interrupts. Returns how
 * many there are.
 */
uint32_t cpus_start(struct tick *tick);

#endif
