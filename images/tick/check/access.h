/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * access.h - a function to read, and one to write, each register that items.c names. All have the
 * same type: which one, for those of which there are many, and the value.
 */
#ifndef TICK_CHECK_ACCESS_H
#define TICK_CHECK_ACCESS_H

#include <stdint.h>
#include "../cpu.h"
#include "../interrupts.h"
#include "../screen.h"

/* name_get() and name_set() of a register that is moved from and to a general register. */
#define DEFINE_GET(name, instruction)                        \
	static inline uint64_t name##_get(uint32_t which)    \
	{                                                    \
		uint64_t value;                              \
                                                             \
		(void)which;                                 \
		__asm__ volatile(instruction : "=r"(value)); \
		return value;                                \
	}
#define DEFINE_SET(name)                                                        \
	static inline void name##_set(uint32_t which, uint64_t value)           \
	{                                                                       \
		(void)which;                                                    \
		__asm__ volatile("mov %0, %%" #name : : "r"(value) : "memory"); \
	}
#define DEFINE_MOVED(name)                      \
	DEFINE_GET(name, "mov %%" #name ", %0") \
	DEFINE_SET(name)

DEFINE_GET(cs, "mov %%cs, %0")
DEFINE_MOVED(ds)
DEFINE_MOVED(es)
DEFINE_MOVED(fs)
DEFINE_MOVED(gs)
DEFINE_MOVED(ss)
DEFINE_GET(tr, "str %0")
DEFINE_GET(ldtr, "sldt %0")
DEFINE_MOVED(cr0)
DEFINE_MOVED(cr2)
DEFINE_GET(cr3, "mov %%cr3, %0")
DEFINE_MOVED(cr4)
DEFINE_MOVED(cr8)
DEFINE_MOVED(dr0)
DEFINE_MOVED(dr1)
DEFINE_MOVED(dr2)
DEFINE_MOVED(dr3)
DEFINE_MOVED(dr6)
DEFINE_MOVED(dr7)

/* The two halves of EDX:EAX, with the register's number in ECX. */
#define DEFINE_NUMBERED(name, read, write)                                              \
	static inline uint64_t name##_get(uint32_t which)                               \
	{                                                                               \
		uint32_t low, high;                                                     \
                                                                                        \
		__asm__ volatile(read : "=a"(low), "=d"(high) : "c"(which));            \
		return (uint64_t)high << 32 | low;                                      \
	}                                                                               \
	static inline void name##_set(uint32_t which, uint64_t value)                   \
	{                                                                               \
		uint32_t low = (uint32_t)value, high = (uint32_t)(value >> 32);         \
                                                                                        \
		__asm__ volatile(write : : "c"(which), "a"(low), "d"(high) : "memory"); \
	}

DEFINE_NUMBERED(xcr, "xgetbv", "xsetbv")
DEFINE_NUMBERED(msr, "rdmsr", "wrmsr")

/* GDTR and IDTR. */
#define DEFINE_TABLE(name, instruction)                         \
	static inline struct table_pointer name##_read(void)    \
	{                                                       \
		struct table_pointer pointer;                   \
                                                                \
		__asm__ volatile(instruction : "=m"(pointer));  \
		return pointer;                                 \
	}                                                       \
	static inline uint64_t name##_base_get(uint32_t which)  \
	{                                                       \
		(void)which;                                    \
		return name##_read().base;                      \
	}                                                       \
	static inline uint64_t name##_limit_get(uint32_t which) \
	{                                                       \
		(void)which;                                    \
		return name##_read().limit;                     \
	}

DEFINE_TABLE(gdtr, "sgdt %0")
DEFINE_TABLE(idtr, "sidt %0")

static inline void gdtr_limit_set(uint32_t which, uint64_t value)
{
	struct table_pointer pointer = {(uint16_t)value, gdtr_read().base};

	(void)which;
	__asm__ volatile("lgdt %0" : : "m"(pointer));
}

#define MSR_APIC_BASE	  0x1b
#define APIC_BASE_ADDRESS 0x000ffffffffff000ull

/* A register of the local APIC, by its offset. */
static inline volatile uint32_t *lapic(uint32_t offset)
{
	return (volatile uint32_t *)((msr_get(MSR_APIC_BASE) & APIC_BASE_ADDRESS) + offset);
}

static inline uint64_t lapic_get(uint32_t which)
{
	return *lapic(which);
}

static inline void lapic_set(uint32_t which, uint64_t value)
{
	*lapic(which) = (uint32_t)value;
}

/* An I/O port. */
static inline uint64_t port_get(uint32_t which)
{
	return inb((uint16_t)which);
}

static inline void port_set(uint32_t which, uint64_t value)
{
	outb((uint16_t)which, (uint8_t)value);
}

/* A register of the VGA's CRT controller, by its index. */
static inline uint64_t crtc_get(uint32_t which)
{
	outb(CRTC_INDEX, (uint8_t)which);
	return inb(CRTC_DATA);
}

static inline void crtc_set(uint32_t which, uint64_t value)
{
	outb(CRTC_INDEX, (uint8_t)which);
	outb(CRTC_DATA, (uint8_t)value);
}

/* The timer, channel 0. Intel 8254 data sheet, read-back command: latches status and count. */
#define PIT_READ_BACK_0 0xc2
#define PIT_STATUS_MODE 0x3f

struct pit_reading {
	uint8_t status;
	uint32_t count;
};

static inline struct pit_reading pit_read(void)
{
	struct pit_reading reading;

	outb(PIT_COMMAND, PIT_READ_BACK_0);
	reading.status = inb(PIT_CHANNEL_0);
	reading.count = inb(PIT_CHANNEL_0);
	reading.count |= (uint32_t)inb(PIT_CHANNEL_0) << 8;
	return reading;
}

static inline uint64_t pit_mode_get(uint32_t which)
{
	(void)which;
	return pit_read().status & PIT_STATUS_MODE;
}

/* The reload value can't be read, but where it is right the count is never above it. */
static inline uint64_t pit_reload_get(uint32_t which)
{
	uint32_t count = pit_read().count;

	(void)which;
	return count >= 1 && count <= PIT_RELOAD ? PIT_RELOAD : count;
}

/* A register in memory, by its address. */
static inline uint64_t memory_get(uint32_t which)
{
	return *(volatile uint32_t *)(uint64_t)which;
}

static inline void memory_set(uint32_t which, uint64_t value)
{
	*(volatile uint32_t *)(uint64_t)which = (uint32_t)value;
}

/* An IO-APIC register by its index: Intel 82093AA, section 3.1. Every PC has the first one here. */
#define IOAPIC_SELECT 0xfec00000u
#define IOAPIC_WINDOW 0xfec00010u

static inline uint64_t ioapic_get(uint32_t which)
{
	memory_set(IOAPIC_SELECT, which);
	return memory_get(IOAPIC_WINDOW);
}

static inline void ioapic_set(uint32_t which, uint64_t value)
{
	memory_set(IOAPIC_SELECT, which);
	memory_set(IOAPIC_WINDOW, value);
}

#endif
