/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * paging.h - the monitor's page tables. They map all memory to itself, writable and executable.
 * Guests use them to reach the gate (switchyard.h). Formats: SDM volume 3, section 4.5.
 */
#ifndef ARCH_X86_MEMORY_PAGING_H
#define ARCH_X86_MEMORY_PAGING_H

#include <stdbool.h>
#include <stdint.h>

struct paging_tables {
	uint64_t pml4; /* what the monitor runs on */
	uint64_t pdpt; /* its entry 0 */
};

/*
 * The monitor's CR3, for four levels of paging (the PML4) and for five (a PML5 whose entry 0 is
 * that PML4). paging_init() sets them; gate.asm and la57.asm load them.
 */
extern uint64_t paging_cr3, paging_cr3_la57;

/* The CR3 for the number of levels that is on now. */
uint64_t paging_cr3_now(void);

/* GiB that can be mapped on CPUs without 1 GiB pages. CPUs with them can map 512. */
#define PAGING_MAX_DIRECTORIES 64

/* No memory from this address on can be mapped. */
uint64_t paging_limit(void);

/*
 * Builds the tables for [0, memory_end), rounded up to 1 GiB and to 4 GiB at least. Sets paging_cr3
 * and paging_cr3_la57, and loads the one for the number of levels that is on now. memory_end is
 * paging_limit() at most.
 */
void paging_init(uint64_t memory_end, struct paging_tables *tables);

/*
 * Maps [address, address + size), too, if it is not mapped yet, and makes it uncacheable in steps of
 * 2 MiB. It is for registers of a device, and for the framebuffer. Below 4 GiB firmware's MTRRs do so
 * already. Above RAM, some firmware has write-back as the type of all that no MTRR names. Returns
 * false if it lies beyond paging_limit(), or in more GiBs than there are directories for.
 */
bool paging_map_registers(uint64_t address, uint64_t size);
bool paging_map_framebuffer(uint64_t address, uint64_t size);

/*
 * Checks that the tables are still as paging_init() built them. If not, *address is the first
 * address that is not mapped to itself.
 */
bool paging_check(uint64_t *address);

#endif
