/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel_map.h - where a 64-bit Linux kernel that does not run has mapped its RAM and its own
 * image. Both places are random (KASLR).
 */
#ifndef MONITOR_CORE_KERNEL_MAP_H
#define MONITOR_CORE_KERNEL_MAP_H

#include <stdbool.h>
#include <stdint.h>
#include "monitor/core/guest_memory.h"
#include "monitor/core/vmcoreinfo.h"

/*
 * The virtual address of physical address 0 in the map of all RAM ("page_offset_base"). False: it
 * can't be told.
 */
bool kernel_map_direct(const struct guest_memory *memory, const struct vmcoreinfo *info,
		       uint64_t *base);

/* A piece of the kernel's address space, in whole pages. */
struct kernel_piece {
	uint64_t address, physical, size;
};

/* The kernel's image, from its text on. False: it can't be told. */
bool kernel_map_image(const struct guest_memory *memory, const struct vmcoreinfo *info,
		      struct kernel_piece *image);

#endif
