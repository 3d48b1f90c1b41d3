/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * phys.h - access to physical memory.
 *
 * In the monitor memory is mapped to itself, so this is a cast. In the unit tests, the fake machine
 * (tests/unit/fake/) provides its own memory.
 */
#ifndef ARCH_X86_MEMORY_PHYS_H
#define ARCH_X86_MEMORY_PHYS_H

#include <stdint.h>

/*
 * Returns where size bytes of physical memory at address can be read. It is for addresses that come
 * from the firmware or a file. NULL if not all of the bytes are mapped (before paging_init(), none
 * are), and for address 0, which means "none" in tables.
 */
const void *phys_range(uint64_t address, uint64_t size);

/* Says that all memory below end is mapped. paging_init() calls it. */
void phys_set_end(uint64_t end);

#ifdef SWITCHYARD_HOST
/* Where the fake machine keeps physical address; NULL if it has no memory there. */
void *phys(uint64_t address);
#else
static inline void *phys(uint64_t address)
{
	/* Low addresses are memory here. The compiler must not take them for a null pointer. */
	__asm__("" : "+r"(address));
	return (void *)(uintptr_t)address;
}
#endif

#endif
