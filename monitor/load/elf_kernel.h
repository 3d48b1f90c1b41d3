/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * elf_kernel.h - ELF files as kernels. ELF32 files are for the i386, ELF64 files for x86-64.
 * Segments go to their physical addresses (p_paddr). lib/elf.h reads the file.
 */
#ifndef MONITOR_LOAD_ELF_KERNEL_H
#define MONITOR_LOAD_ELF_KERNEL_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/elf.h"
#include "lib/error.h"
#include "monitor/slot/slot.h"

/* What an ELF file's headers say, checked against the file. */
struct elf_kernel {
	struct elf_file file;
	bool position_independent; /* ET_DYN */
	uint64_t start, end;	   /* physical: all loaded segments lie in [start, end) */
	uint64_t entry;		   /* physical, in a segment */
};

/* True if the file begins as ELF files do. */
bool elf_kernel_probe(const struct image *image);

/*
 * Reads and checks the headers. Each segment must lie in the file, take at least as much memory as
 * the file has bytes for it, not wrap, not overlap another one, and end below 2^52. The entry point
 * must be in one of them: it is a virtual address, or else a physical one.
 */
bool elf_kernel_read(const struct image *image, struct elf_kernel *kernel, struct error *error);

/*
 * Copies the segments to their addresses plus shift (modulo 2^64), and zeroes the parts of them
 * that the file does not hold. elf_kernel_read() must have filled kernel. The caller must own the
 * memory at [start + shift, end + shift).
 */
void elf_kernel_place(const struct elf_kernel *kernel, uint64_t shift);

#endif
