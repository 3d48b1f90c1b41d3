/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbols.h - names of the image's functions, for backtraces. symbols.py makes the table
 * from the linked image.
 */
#ifndef ARCH_X86_GATE_SYMBOLS_H
#define ARCH_X86_GATE_SYMBOLS_H

#include <stdint.h>

struct symbol {
	uint32_t offset; /* from the image's start */
	uint32_t name;	 /* where it begins in symbol_names */
};

/* Sorted by offset. */
extern const uint32_t symbol_count;
extern const struct symbol symbols[];
extern const char symbol_names[];

/*
 * The name of the function at offset, which counts from the image's start. *behind is the distance
 * from the function's first byte. NULL: offset lies before the first function.
 */
const char *symbol_find(uint32_t offset, uint32_t *behind);

#endif
