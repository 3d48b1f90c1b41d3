/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * paging.h - the monitor's page tables: all memory mapped to itself, writable and executable.
 * Guests borrow them to reach the gate (switchyard.h). Formats: SDM volume 3, section 4.5.
 */
#ifndef ARCH_X86_PAGING_H
#define ARCH_X86_PAGING_H

#include <stdint.h>

struct paging_tables {
	uint64_t pml4; /* what the monitor runs on */
	uint64_t pdpt; /* its entry 0 */
	uint64_t end;  /* memory is mapped up to here, at least 4 GiB */
};

/*
 * Builds the tables for [0, end of memory), rounded up to 1 GiB, loads CR3, and fills gate_anchor's
 * CR3s. Without 1 GiB pages there is room for PAGING_MAX_DIRECTORIES GiB: tables->end says what is
 * mapped.
 */
#define PAGING_MAX_DIRECTORIES 64
void paging_init(uint64_t memory_end, struct paging_tables *tables);

#endif
