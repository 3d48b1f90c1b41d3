/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * loader_info.h - reads the boot information of a Multiboot2 loader. It uses no hardware, so it
 * also runs on the host, for tests and fuzzing.
 */
#ifndef BOOT_MULTIBOOT2_LOADER_INFO_H
#define BOOT_MULTIBOOT2_LOADER_INFO_H

#include <stdint.h>
#include "boot_info.h"

/*
 * Fills boot, which the caller has zeroed, from the information. The information is aligned to 8
 * bytes. Its own size field or limit, whichever is smaller, says how many bytes can be read; these
 * are at least 8. Data beyond a tag's own size is left out, and so is everything after a tag with
 * an impossible size. boot->report says what is left out.
 */
void multiboot2_boot_info(const void *information, uint32_t limit, struct boot_info *boot);

#endif
