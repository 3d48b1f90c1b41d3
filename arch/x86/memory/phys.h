/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * phys.h - access to physical memory.
 *
 * The monitor runs with memory mapped to itself, so this is a cast there; the unit
 * tests' fake machine (tests/unit/fake/) gives a window of its own.
 */
#ifndef ARCH_X86_MEMORY_PHYS_H
#define ARCH_X86_MEMORY_PHYS_H

#include <stdint.h>

/*
 * Where size bytes of physical memory at address can be read: for addresses that firmware or a
 * file says. NULL if not all of them are mapped (before paging_init(): none), and for address 0,
 * which tables have for "none".
 */
const void *phys_range(uint64_t address, uint64_t size);

/* All below end is mapped: paging_init() says so. */
void phys_set_end(uint64_t end);

#ifdef SWITCHYARD_HOST
/* Where the fake machine keeps physical address; NULL if it has no memory there. */
void *phys(uint64_t address);
#else
static inline void *phys(uint64_t address)
{
	/* Low addresses are memory here: keep the compiler from taking them for a null pointer. */
	__asm__("" : "+r"(address));
	return (void *)(uintptr_t)address;
}
#endif

#endif
