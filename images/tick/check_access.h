/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * check_access.h - one way to read, and one to write, every register that the check looks at: which
 * one, and its value.
 */
#ifndef TICK_CHECK_ACCESS_H
#define TICK_CHECK_ACCESS_H

#include <stdint.h>

#define MSR_APIC_BASE 0x1b

enum {
	SEGMENT_CS,
	SEGMENT_DS,
	SEGMENT_ES,
	SEGMENT_FS,
	SEGMENT_GS,
	SEGMENT_SS,
	SEGMENT_TR,
	SEGMENT_LDTR
};
enum { TABLE_GDT_BASE, TABLE_GDT_LIMIT, TABLE_IDT_BASE, TABLE_IDT_LIMIT };

/* One of the enumerators above. */
uint64_t segment_get(uint32_t which);
void segment_set(uint32_t which, uint64_t value);
uint64_t table_get(uint32_t which);
void gdt_limit_set(uint32_t which, uint64_t value);

/* The number in the register's name. */
uint64_t control_get(uint32_t which);
void control_set(uint32_t which, uint64_t value);
uint64_t debug_get(uint32_t which);
void debug_set(uint32_t which, uint64_t value);
uint64_t xcr0_get(uint32_t which);
void xcr0_set(uint32_t which, uint64_t value);

/* The MSR's number; the offset in the local APIC (SDM volume 3, table 11-1). */
uint64_t msr_get(uint32_t which);
void msr_set(uint32_t which, uint64_t value);
uint64_t lapic_get(uint32_t which);
void lapic_set(uint32_t which, uint64_t value);

/* The I/O port; the CRT controller's index. */
uint64_t port_get(uint32_t which);
void port_set(uint32_t which, uint64_t value);
uint64_t crtc_get(uint32_t which);
void crtc_set(uint32_t which, uint64_t value);

/* The PIT's channel 0. PIT_RELOAD if it counts down from no more than that, else its count. */
uint64_t pit_mode_get(uint32_t which);
uint64_t pit_reload_get(uint32_t which);

#endif
