/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * monitor_elf.h - the monitor's image: a position-independent ELF64 file with relative relocations
 * only. System V ABI, x86-64 supplement, section 4.4.1; ELF-64 Object File Format 1.5.
 */
#ifndef BOOT_EFI_MONITOR_ELF_H
#define BOOT_EFI_MONITOR_ELF_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/error.h"

/* Says how many bytes of memory the file needs. They must be in one piece and begin at a page. */
bool monitor_elf_memory(const void *file, uint64_t size, uint64_t *bytes, struct error *error);

/*
 * Loads the file to memory, which has the bytes that monitor_elf_memory() said, and relocates the
 * file to run there. entry becomes its entry point's address.
 */
bool monitor_elf_place(const void *file, uint64_t size, void *memory, uint64_t *entry,
		       struct error *error);

#endif
