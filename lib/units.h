/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * units.h - common sizes, all in bytes, and rounding to them.
 */
#ifndef LIB_UNITS_H
#define LIB_UNITS_H

#include <stdint.h>

#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

/* The limit of 32-bit addresses. */
#define BELOW_4G (4 * GIB)

/* Pages of the CPU: SDM volume 3, section 4.2. */
#define PAGE_SIZE  UINT64_C(4096)
#define LARGE_PAGE (2 * MIB)

/* align is a power of two. */
static inline uint64_t align_down(uint64_t value, uint64_t align)
{
	return value & -align;
}

/* The value must not be within align of 2^64. */
static inline uint64_t align_up(uint64_t value, uint64_t align)
{
	return align_down(value + align - 1, align);
}

static inline uint64_t page_down(uint64_t value)
{
	return align_down(value, PAGE_SIZE);
}

static inline uint64_t page_up(uint64_t value)
{
	return align_up(value, PAGE_SIZE);
}

/* How many units of size `unit` hold these bytes. */
static inline uint64_t units_up(uint64_t bytes, uint64_t unit)
{
	return (bytes + unit - 1) / unit;
}

#endif
