/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * elf.h - reads ELF files of both classes: header, program headers, segments. System V ABI,
 * chapters 4 and 5. The caller decides which machine, type and addresses are right.
 *
 * Nothing in the file is trusted. A reader calls elf_open(), elf_check_table(), and
 * elf_check_segment() for each segment that it uses.
 */
#ifndef LIB_ELF_H
#define LIB_ELF_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/error.h"

/* A file in memory, and what its header says. The bytes belong to the caller. */
struct elf_file {
	const uint8_t *bytes;
	uint64_t size;
	bool is_64;	   /* ELFCLASS64, else ELFCLASS32 */
	uint16_t type;	   /* ET_... */
	uint16_t machine;  /* EM_... */
	uint64_t entry;	   /* virtual */
	uint64_t table;	   /* file offset of the program headers, */
	uint16_t row_size; /* bytes of each, */
	uint16_t segments; /* and how many there are */
};

/* A program header, as both classes have it. */
struct elf_segment {
	uint32_t type; /* PT_... */
	uint64_t offset, vaddr, paddr, filesz, memsz;
};

/* True if the file begins as ELF files do. */
bool elf_has_magic(const void *bytes, uint64_t size);

/* Reads the header of a little-endian file. */
bool elf_open(struct elf_file *file, const void *bytes, uint64_t size, struct error *error);

/* Checks that all program headers lie in the file. */
bool elf_check_table(const struct elf_file *file, struct error *error);

/*
 * Program header number i, which is below file->segments. elf_check_table() must have accepted the
 * file.
 */
struct elf_segment elf_segment(const struct elf_file *file, uint32_t i);

/* True if the segment is loaded: it is PT_LOAD, and not empty. */
bool elf_is_loaded(const struct elf_segment *segment);

/*
 * Checks segment number i. Its bytes must lie in the file, and must not be more than its size in
 * memory. Its addresses must not wrap.
 */
bool elf_check_segment(const struct elf_file *file, uint32_t i, const struct elf_segment *segment,
		       struct error *error);

/*
 * Copies the segment's contents, and zeroes the part that the file does not hold. The caller has
 * room for segment->memsz bytes, and elf_check_segment() must have accepted the segment.
 */
void elf_copy_segment(const struct elf_file *file, const struct elf_segment *segment, void *to);

#endif
