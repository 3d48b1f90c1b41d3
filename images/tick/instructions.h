/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * instructions.h - single instructions that C does not have. SDM volume 2.
 */
#ifndef TICK_INSTRUCTIONS_H
#define TICK_INSTRUCTIONS_H

#include <stdint.h>

static inline uint8_t inb(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void outb(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void interrupts_on(void)
{
	__asm__ volatile("sti" : : : "memory");
}

static inline void interrupts_off(void)
{
	__asm__ volatile("cli" : : : "memory");
}

/* Sleeps until the next interrupt. */
static inline void cpu_wait(void)
{
	__asm__ volatile("hlt" : : : "memory");
}

/* The operand of LGDT and LIDT: SDM volume 3, section 2.4. */
struct table_pointer {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

#endif
