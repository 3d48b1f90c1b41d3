/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * second_cpu.h - a second CPU of the slot. It counts as fast as it can, with interrupts off, and
 * parks itself when tick makes a quick switch.
 */
#ifndef TICK_SECOND_CPU_H
#define TICK_SECOND_CPU_H

#include <stdbool.h>
#include <stdint.h>

struct tick;
struct multiboot2_info;

/* The CPU finds it by its GS base, which is its own. */
struct second_cpu {
	struct second_cpu *self; /* the first field: at GS:0 */
	struct tick *tick;
	bool present;
	uint32_t apic_id;
	volatile uint64_t count; /* it only grows */
	volatile uint32_t parks; /* times that it came back from the gate */
	volatile int64_t result; /* what the gate returned last */
	volatile bool asked;	 /* it shall call the gate, or is there */
};

/* Finds the CPU and starts it, if the slot has one. Interrupts must be on. */
void second_cpu_init(struct tick *tick, const struct multiboot2_info *information);

/* Starts it, if there is one. A switch that is not quick leaves it waiting for that. */
void second_cpu_start(struct tick *tick);

/* Sends it to the gate. Returns how many CPUs that are: 0 or 1. */
uint32_t second_cpu_park(struct tick *tick);

/* After the boot CPU's call, which returned result: waits until the CPU is back with the same one. */
void second_cpu_await(struct tick *tick, int64_t result);

#endif
