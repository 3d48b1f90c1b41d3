/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xxh64.h - the checksum XXH64, for damage, not against an enemy: xxHash fast digest algorithm,
 * document version 0.1.1. It needs no vector registers and no tables, and keeps up with memory.
 */
#ifndef LIB_XXH64_H
#define LIB_XXH64_H

#include <stdint.h>

/* Of size bytes at data. seed: 0, or the result for what comes before. */
uint64_t xxh64(const void *data, uint64_t size, uint64_t seed);

#endif
