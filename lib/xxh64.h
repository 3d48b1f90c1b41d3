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

/*
 * The same checksum, with seed 0, of bytes that come in pieces. The size of each piece but the last
 * is a multiple of XXH64_STRIPE. xxh64_end() takes the last one, which may be empty.
 */
#define XXH64_STRIPE 32

struct xxh64_state {
	uint64_t lane[4];
	uint64_t size; /* of the pieces so far */
};

void xxh64_begin(struct xxh64_state *state);
void xxh64_add(struct xxh64_state *state, const void *data, uint64_t size);
uint64_t xxh64_end(struct xxh64_state *state, const void *data, uint64_t size);

#endif
