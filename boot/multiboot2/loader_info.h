/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * loader_info.h - reading the boot information of a Multiboot2 loader: pure, so that it also runs
 * on the host, under tests and fuzzing.
 */
#ifndef BOOT_MULTIBOOT2_LOADER_INFO_H
#define BOOT_MULTIBOOT2_LOADER_INFO_H

#include <stdint.h>
#include "boot_info.h"

/*
 * Fills boot, which the caller has zeroed, from the information (aligned to 8 bytes; readable up
 * to the smaller of its own size field and limit, in bytes, 8 at least). What a tag says beyond
 * its own size, and whatever follows a tag whose size can't be true, is left out. What is left out
 * is told in boot->report.
 */
void multiboot2_boot_info(const void *information, uint32_t limit, struct boot_info *boot);

#endif
