/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xxh64.h - the checksum XXH64: xxHash fast digest algorithm, document version 0.1.1. It finds
 * damage, but does not protect against an enemy. It needs no vector registers and no tables, and is
 * as fast as memory.
 */
#ifndef LIB_XXH64_H
#define LIB_XXH64_H

#include <stdint.h>

/* The checksum of size bytes at data. seed is 0, or the result for the bytes before them. */
uint64_t xxh64(const void *data, uint64_t size, uint64_t seed);

#endif
