/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * free_pages.h - which pages of a 64-bit Linux kernel that does not run are free, by its own word.
 *
 * Linux has a descriptor for each page (struct page). Of free memory, the first page of each block
 * says that the buddy allocator has it, and how large it is. VMCOREINFO tells where that stands, for
 * programs like makedumpfile, which does the same (its -d 16). Pages that are free but not the
 * allocator's, such as those on a CPU's own lists, count as used.
 *
 * The kernel's memory holds all of it, so nothing in it is trusted: a descriptor can make pages of
 * its own kernel count as free, and no more than that.
 */
#ifndef MONITOR_SNAPSHOT_FREE_PAGES_H
#define MONITOR_SNAPSHOT_FREE_PAGES_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/error.h"
#include "monitor/core/guest_memory.h"
#include "monitor/core/slot_memory.h"
#include "monitor/core/vmcoreinfo.h"

struct free_pages {
	const struct guest_memory *memory; /* the caller keeps it */
	/* What the kernel says of its descriptors. */
	uint64_t roots;		      /* virtual: mem_section, an array of pointers */
	uint64_t root_count;	      /* of them */
	uint64_t section_size;	      /* bytes of RAM; those are powers of two */
	uint64_t entry_size, map_at;  /* of struct mem_section; its section_mem_map */
	uint64_t type_at, private_at; /* in a descriptor: _mapcount, private */
	uint32_t type;		      /* what _mapcount is there for a free block */
	uint32_t orders;	      /* blocks have 2^0 to 2^(orders - 1) pages */
	/* The section whose entry was read last. */
	struct region section;
	uint64_t map; /* virtual: the descriptor of its first page; 0: it has none */
	/* The pages whose descriptors were found last, in one piece. */
	struct region piece;
	const uint8_t *descriptors; /* NULL: they can't be read */
};

/*
 * Prepares to read what that kernel says, and reads none of it yet. `memory` is used later. False,
 * with the reason: the kernel does not say enough, or something that is not so on x86-64. Then all
 * of its pages count as used.
 */
bool free_pages_init(struct free_pages *pages, const struct guest_memory *memory,
		     const struct vmcoreinfo *info, struct error *error);

/*
 * The same for the kernel of a slot that does not run, of which this is known; `memory->memory` and
 * `memory->slot` are used later.
 */
bool free_pages_open(struct free_pages *pages, const struct slot_memory *memory,
		     struct error *error);

/*
 * From the page at physical address `page` on: how many bytes are all free, or all used, which
 * *is_free says. The run ends at `end` at the latest. [page, end) is RAM that the slot has in one
 * piece, in whole pages: no block of free pages goes beyond it. The result is in whole pages, too,
 * and more than 0 unless page == end.
 */
uint64_t free_pages_run(struct free_pages *pages, uint64_t page, uint64_t end, bool *is_free);

#endif
