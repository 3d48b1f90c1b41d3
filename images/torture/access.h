/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * access.h - functions that read and write the kinds of registers that several items_*.c use. All
 * have the same type. Their arguments are the register's number, where there are many of a kind,
 * and the value.
 */
#ifndef TORTURE_ACCESS_H
#define TORTURE_ACCESS_H

#include <stdint.h>
#include "../tick/instructions.h"
#include "../tick/interrupts.h"
#include "../tick/text_screen.h"

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
DEFINE_MOVED(cr3)
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

/* CPUID: SDM volume 2. */
#define CPUID_VENDOR	 0
#define CPUID_FEATURES	 1
#define CPUID_STRUCTURED 7
#define CPUID_XSAVE	 0x0d
#define CPUID_EXTENDED	 0x80000001
#define CPUID_RANGE	 0x80000000 /* leaves below it and from it on have separate limits */

struct cpuid {
	uint32_t eax, ebx, ecx, edx;
};

/* The result is all zero for a leaf that the CPU does not have. */
static inline struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid c = {leaf & CPUID_RANGE, 0, 0, 0};

	__asm__ volatile("cpuid" : "+a"(c.eax), "=b"(c.ebx), "=c"(c.ecx), "=d"(c.edx) : "2"(0));
	if (c.eax < leaf)
		return (struct cpuid){0};
	__asm__ volatile("cpuid"
			 : "=a"(c.eax), "=b"(c.ebx), "=c"(c.ecx), "=d"(c.edx)
			 : "a"(leaf), "c"(subleaf));
	return c;
}

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

static inline void idtr_limit_set(uint32_t which, uint64_t value)
{
	struct table_pointer pointer = {(uint16_t)value, idtr_read().base};

	(void)which;
	__asm__ volatile("lidt %0" : : "m"(pointer));
}

/* SDM volume 4, table 2-2. */
#define MSR_APIC_BASE	  0x1b
#define APIC_BASE_ADDRESS 0x000ffffffffff000ull

static inline uint16_t inw(uint16_t port)
{
	uint16_t value;

	__asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void outw(uint16_t port, uint16_t value)
{
	__asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint32_t inl(uint16_t port)
{
	uint32_t value;

	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void outl(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

/* An I/O port of 8 bits. */
static inline uint64_t port_get(uint32_t which)
{
	return inb((uint16_t)which);
}

static inline void port_set(uint32_t which, uint64_t value)
{
	outb((uint16_t)which, (uint8_t)value);
}

/*
 * The 8254's read-back command, which latches the status and the count of a channel: Intel's data
 * sheet.
 */
#define PIT_READ_BACK(channel) (0xc0 | 2 << (channel))

struct pit_reading {
	uint8_t status;
	uint32_t count;
};

/* Reads a channel that is programmed to give the count in two bytes, low byte first. */
static inline struct pit_reading pit_read(uint32_t channel)
{
	uint16_t port = (uint16_t)(PIT_CHANNEL_0 + channel);
	struct pit_reading reading;

	outb(PIT_COMMAND, (uint8_t)PIT_READ_BACK(channel));
	reading.status = inb(port);
	reading.count = inb(port);
	reading.count |= (uint32_t)inb(port) << 8;
	return reading;
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

#endif
