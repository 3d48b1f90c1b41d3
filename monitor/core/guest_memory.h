/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guest_memory.h - the memory of a Linux kernel that does not run, by that kernel's own addresses.
 *
 * A 64-bit kernel says by how much its image has moved (Documentation/arch/x86/x86_64/mm.rst), and
 * its own page tables say the rest. A 32-bit one maps its low memory in one piece, from the address
 * on that CONFIG_VMSPLIT_3G gives it.
 */
#ifndef MONITOR_CORE_GUEST_MEMORY_H
#define MONITOR_CORE_GUEST_MEMORY_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/memory/page_walk.h"
#include "boot_info.h"
#include "monitor/core/vmcoreinfo.h"

struct guest_memory {
	struct region ram;
	bool is_64;
	uint64_t image_start;  /* virtual: from here on, all is mapped in one piece */
	uint64_t image_offset; /* physical address minus virtual address there */
	struct page_walk walk; /* of a 64-bit kernel's own tables */
};

/* False: the note does not say where the kernel is, or that is not in its RAM. */
bool guest_memory_init(struct guest_memory *memory, const struct region *ram,
		       const struct vmcoreinfo *info);

/*
 * The kernel has another piece of RAM. Its image lies in the first one, and so does what it allocated
 * early: its log, its note.
 */
void guest_memory_add(struct guest_memory *memory, const struct region *piece);

/* Copies size bytes at a virtual address. False: not all of them lie in the kernel's RAM. */
bool guest_memory_read(const struct guest_memory *memory, uint64_t address, void *to,
		       uint64_t size);

/* Reads a number of 2, 4 or 8 bytes. */
bool guest_memory_number(const struct guest_memory *memory, uint64_t address, uint32_t size,
			 uint64_t *value);

/*
 * Finds where a virtual address of a 64-bit kernel lies, and how many bytes from there on are mapped
 * in one piece, all in its RAM. False: it lies elsewhere, or it is a 32-bit kernel.
 */
bool guest_memory_find_piece(const struct guest_memory *memory, uint64_t address,
			     uint64_t *physical, uint64_t *size);

/* Bytes of an unsigned long, and of a pointer. */
uint32_t guest_memory_word(const struct guest_memory *memory);

#endif
