// SPDX-License-Identifier: GPL-2.0-only
#include "lib/xxh64.h"

/* The names are those of the document, section "XXH64 algorithm description". */
#define PRIME64_1   0x9e3779b185ebca87ull
#define PRIME64_2   0xc2b2ae3d27d4eb4full
#define PRIME64_3   0x165667b19e3779f9ull
#define PRIME64_4   0x85ebca77c2b2ae63ull
#define PRIME64_5   0x27d4eb2f165667c5ull
#define STRIPE_SIZE 32

/* A little-endian number at any address. The CPU's loads do this. */
typedef uint64_t __attribute__((aligned(1), may_alias)) any_u64;
typedef uint32_t __attribute__((aligned(1), may_alias)) any_u32;

static uint64_t rotate_left(uint64_t value, unsigned int bits)
{
	return value << bits | value >> (64 - bits);
}

static uint64_t round64(uint64_t accumulator, uint64_t lane)
{
	return rotate_left(accumulator + lane * PRIME64_2, 31) * PRIME64_1;
}

static uint64_t merge(uint64_t accumulator, uint64_t other)
{
	return (accumulator ^ round64(0, other)) * PRIME64_1 + PRIME64_4;
}

static uint64_t stripes(const uint8_t **data, const uint8_t *end, uint64_t seed)
{
	uint64_t a = seed + PRIME64_1 + PRIME64_2, b = seed + PRIME64_2, c = seed,
		 d = seed - PRIME64_1, result;

	for (; end - *data >= STRIPE_SIZE; *data += STRIPE_SIZE) {
		const any_u64 *lane = (const void *)*data;

		a = round64(a, lane[0]);
		b = round64(b, lane[1]);
		c = round64(c, lane[2]);
		d = round64(d, lane[3]);
	}
	result = rotate_left(a, 1) + rotate_left(b, 7) + rotate_left(c, 12) + rotate_left(d, 18);
	return merge(merge(merge(merge(result, a), b), c), d);
}

static uint64_t avalanche(uint64_t value)
{
	value = (value ^ value >> 33) * PRIME64_2;
	value = (value ^ value >> 29) * PRIME64_3;
	return value ^ value >> 32;
}

uint64_t xxh64(const void *data, uint64_t size, uint64_t seed)
{
	const uint8_t *at = data, *end = at + size;
	uint64_t result = size >= STRIPE_SIZE ? stripes(&at, end, seed) : seed + PRIME64_5;

	result += size;
	for (; end - at >= 8; at += 8)
		result = rotate_left(result ^ round64(0, *(const any_u64 *)at), 27) * PRIME64_1 +
			 PRIME64_4;
	for (; end - at >= 4; at += 4)
		result = rotate_left(result ^ *(const any_u32 *)at * PRIME64_1, 23) * PRIME64_2 +
			 PRIME64_3;
	for (; at < end; at++)
		result = rotate_left(result ^ *at * PRIME64_5, 11) * PRIME64_1;
	return avalanche(result);
}
