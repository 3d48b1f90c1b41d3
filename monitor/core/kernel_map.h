/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel_map.h - where a Linux kernel that does not run has mapped its RAM and its own image. Both
 * places of a 64-bit one are random (KASLR). A 32-bit one has its image in the map of its low
 * memory, which is at one place.
 */
#ifndef MONITOR_CORE_KERNEL_MAP_H
#define MONITOR_CORE_KERNEL_MAP_H

#include <stdbool.h>
#include <stdint.h>
#include "monitor/core/guest_memory.h"
#include "monitor/core/vmcoreinfo.h"

/*
 * The virtual address of physical address 0 in the map of all RAM ("page_offset_base"). False: it
 * can't be told. *end is the physical address from which on RAM is not mapped there ("high memory"
 * of a 32-bit kernel); 0: all is.
 */
bool kernel_map_direct(const struct guest_memory *memory, const struct vmcoreinfo *info,
		       uint64_t *base, uint64_t *end);

/* A piece of the kernel's address space, in whole pages. */
struct kernel_piece {
	uint64_t address, physical, size;
};

/* A 64-bit kernel's image, from its text on. False: it can't be told. */
bool kernel_map_image(const struct guest_memory *memory, const struct vmcoreinfo *info,
		      struct kernel_piece *image);

#endif
