/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * page_walk.h - reads the page tables of a kernel that does not run. Formats: SDM volume 3, 4.5.
 *
 * The tables are the kernel's, so nothing in them is believed: only tables and pages that lie in
 * the kernel's own memory are looked at.
 */
#ifndef ARCH_X86_MEMORY_PAGE_WALK_H
#define ARCH_X86_MEMORY_PAGE_WALK_H

#include <stdbool.h>
#include <stdint.h>

/* Whose tables: the kernel's registers when it stopped, and its memory (physical). */
struct page_walk {
	uint64_t cr3, cr4, efer;
	uint64_t base, size;
};

/*
 * Calls found(physical, size, context) for each page that holds the kernel's code: present, for the
 * supervisor only, executable and not writable. Pages are found by rising virtual address; one
 * that is mapped twice so is found twice, but for tables that repeat an entry. False if there are
 * more tables than any kernel needs, as when they form a circle; then not all pages were found.
 */
bool page_walk_text(const struct page_walk *walk,
		    void (*found)(uint64_t physical, uint64_t size, void *context), void *context);

/* Where a virtual address lies in the kernel's memory. False if it does not. */
bool page_walk_find(const struct page_walk *walk, uint64_t virtual_address, uint64_t *physical);

#endif
