/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load_elf.h - ELF files as kernels: ELF32 for the i386, ELF64 for x86-64; segments go to their
 * physical addresses (p_paddr).
 */
#ifndef MONITOR_LOAD_LOAD_ELF_H
#define MONITOR_LOAD_LOAD_ELF_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/error.h"
#include "monitor/slot/slot.h"

/* What an ELF file's headers say, checked against the file. */
struct elf {
	bool is_64;
	bool position_independent; /* ET_DYN */
	uint64_t start, end;	   /* physical: all loaded segments lie in [start, end) */
	uint64_t entry;		   /* physical, in a segment */
};

/* True if the file begins as ELF files do. */
bool elf_probe(const struct image *file);

/*
 * Reads and checks the headers: segments lie in the file, hold at least what the file has of them,
 * do not wrap or overlap, and end below 2^52; the entry point is in one of them.
 */
bool elf_read(const struct image *file, struct elf *elf, struct error *error);

/*
 * Copies the segments to their addresses plus shift (modulo 2^64), and zeroes what the file does
 * not hold of them. elf_read() has accepted the file, and the memory at [start + shift, end +
 * shift) is the caller's.
 */
void elf_place(const struct image *file, uint64_t shift);

#endif
