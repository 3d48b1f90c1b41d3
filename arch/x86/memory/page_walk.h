/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * page_walk.h - reads the page tables of a kernel that does not run. Formats: SDM volume 3, 4.5.
 *
 * The tables are the kernel's, so nothing in them is trusted. Only tables and pages in the kernel's
 * own memory are read.
 */
#ifndef ARCH_X86_MEMORY_PAGE_WALK_H
#define ARCH_X86_MEMORY_PAGE_WALK_H

#include <stdbool.h>
#include <stdint.h>
#include "boot_info.h"
#include "lib/units.h"

#define PAGE_WALK_PIECES 2

/*
 * The kernel whose tables are read: its registers when it stopped, and its memory (physical), which
 * may be in two pieces.
 */
struct page_walk {
	uint64_t cr3, cr4, efer;
	struct region piece[PAGE_WALK_PIECES]; /* of size 0: there is none */
};

/* True if all of [address, address + size) lies in one piece of the kernel's memory. */
bool page_walk_owns(const struct page_walk *walk, uint64_t address, uint64_t size);

/* The largest piece of text that is found at once. It does not cross a multiple of its size. */
#define PAGE_WALK_PIECE (16 * KIB)

/* How far a walk has come. It begins with all zero. */
struct page_cursor {
	uint64_t at;	 /* virtual address, without the bits that only repeat the highest one */
	uint32_t tables; /* read so far */
	bool end;	 /* true: all is read, or there are more tables than any kernel needs */
};

typedef void (*page_walk_found_fn)(uint64_t virtual_address, uint64_t physical, uint64_t size,
				   void *context);

/*
 * Calls found() for each piece of the kernel's code, by rising virtual address. Such memory is
 * present, for the supervisor only, executable and not writable. A page that is mapped twice like
 * this is found twice, except in tables that repeat an entry.
 *
 * The walk goes on where the cursor is. It stops before a new block of PAGE_WALK_PIECE bytes as
 * soon as it has read `limit` bytes of tables and text, if the caller reads what is found. Each
 * call reads something. If tables form a circle, the walk ends without having found all pages.
 * Returns how many bytes were read.
 */
uint64_t page_walk_text(const struct page_walk *walk, struct page_cursor *cursor, uint64_t limit,
			page_walk_found_fn found, void *context);

/*
 * Finds where a virtual address lies in the kernel's memory. Returns false if it does not lie
 * there.
 */
bool page_walk_find(const struct page_walk *walk, uint64_t virtual_address, uint64_t *physical);

/*
 * The same, and *size says how many bytes from there on are mapped in one piece: to the end of a
 * page, be it a large one, but not beyond the kernel's memory.
 */
bool page_walk_find_piece(const struct page_walk *walk, uint64_t virtual_address,
			  uint64_t *physical, uint64_t *size);

/* The same as page_walk_find() for a kernel in 32-bit mode: two levels of tables, or three with PAE, as CR4 says. */
bool page_walk_find_32(const struct page_walk *walk, uint64_t virtual_address, uint64_t *physical);

#endif
