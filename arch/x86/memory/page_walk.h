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

/* The kernel whose tables are read: its registers when it stopped, and its memory (physical). */
struct page_walk {
	uint64_t cr3, cr4, efer;
	uint64_t base, size;
};

/*
 * Calls found(physical, size, context) for each page that holds the kernel's code. Such a page is
 * present, for the supervisor only, executable and not writable. Pages are found by rising virtual
 * address. A page that is mapped twice like this is found twice, except in tables that repeat an
 * entry. Returns false if there are more tables than any kernel needs, for example because they
 * form a circle. Then not all pages were found.
 */
bool page_walk_text(const struct page_walk *walk,
		    void (*found)(uint64_t physical, uint64_t size, void *context), void *context);

/*
 * Finds where a virtual address lies in the kernel's memory. Returns false if it does not lie
 * there.
 */
bool page_walk_find(const struct page_walk *walk, uint64_t virtual_address, uint64_t *physical);

#endif
