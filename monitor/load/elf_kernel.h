/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * elf_kernel.h - ELF files as kernels: ELF32 for the i386, ELF64 for x86-64; segments go to their
 * physical addresses (p_paddr). lib/elf.h reads the file.
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
 * Reads and checks the headers: segments lie in the file, hold at least what the file has of them,
 * do not wrap or overlap, and end below 2^52; the entry point is in one of them.
 */
bool elf_kernel_read(const struct image *image, struct elf_kernel *kernel, struct error *error);

/*
 * Copies the segments to their addresses plus shift (modulo 2^64), and zeroes what the file does
 * not hold of them. elf_kernel_read() has filled kernel, and the memory at [start + shift, end +
 * shift) is the caller's.
 */
void elf_kernel_place(const struct elf_kernel *kernel, uint64_t shift);

#endif
