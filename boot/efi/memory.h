/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memory.h - the firmware's memory map after boot services have ended. UEFI specification 2.10,
 * section 7.2 (GetMemoryMap, tables 7.6 and 7.10).
 */
#ifndef BOOT_EFI_MEMORY_H
#define BOOT_EFI_MEMORY_H

#include <stdint.h>
#include "boot_info.h"

/*
 * Fills boot->region[] from size bytes of EFI memory descriptors, each of descriptor_size bytes.
 * The regions are sorted, and neighbours of the same type are joined. Memory of boot services and
 * of the loader becomes RAM. Memory of the runtime services is reserved.
 */
void memory_take(struct boot_info *boot, const void *map, uint64_t size, uint64_t descriptor_size);

#endif
