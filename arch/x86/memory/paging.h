/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * paging.h - the monitor's page tables. They map all memory to itself, writable and executable.
 * Guests use them to reach the gate (switchyard.h). Formats: SDM volume 3, section 4.5.
 */
#ifndef ARCH_X86_MEMORY_PAGING_H
#define ARCH_X86_MEMORY_PAGING_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/units.h"

/*
 * The monitor's CR3, for four levels of paging (the PML4) and for five (a PML5 whose entry 0 is
 * that PML4). paging_init() sets them; gate.asm and la57.asm load them.
 */
extern uint64_t paging_cr3, paging_cr3_la57;

/* The CR3 for the number of levels that is on now. */
uint64_t paging_cr3_now(void);

/* What can be mapped on each CPU, with 1 GiB pages or without: memory below this address. */
#define PAGING_COMMON_LIMIT (64 * GIB)

/* No memory from this address on can be mapped: 512 GiB, or less on CPUs without 1 GiB pages. */
uint64_t paging_limit(void);

/* Bytes of memory that paging_init() wants, to map [0, memory_end) and devices elsewhere. */
uint64_t paging_room(uint64_t memory_end);

/*
 * Builds the tables for [0, memory_end), rounded up to 1 GiB and to 4 GiB at least. Sets paging_cr3
 * and paging_cr3_la57, and loads the one for the number of levels that is on now. memory_end is
 * paging_limit() at most. room has room_size bytes, in whole pages; for 4 GiB, none are needed.
 */
void paging_init(uint64_t memory_end, void *room, uint64_t room_size);

/*
 * Makes a PML4 and, for its entry 0, a PDPT that map what the monitor's do, in two pages at those
 * addresses: a guest's own. They name the monitor's directories, and so are right until more is
 * mapped.
 */
void paging_copy(uint64_t pml4, uint64_t pdpt);

/* Are they still such a copy, from now or from before more was mapped? */
bool paging_is_copy(uint64_t pml4, uint64_t pdpt);

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
