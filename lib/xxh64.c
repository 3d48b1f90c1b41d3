// SPDX-License-Identifier: GPL-2.0-only
#include "lib/xxh64.h"

/* The names are those of the document, section "XXH64 algorithm description". */
#define PRIME64_1 0x9e3779b185ebca87ull
#define PRIME64_2 0xc2b2ae3d27d4eb4full
#define PRIME64_3 0x165667b19e3779f9ull
#define PRIME64_4 0x85ebca77c2b2ae63ull
#define PRIME64_5 0x27d4eb2f165667c5ull

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

static void begin_with(struct xxh64_state *state, uint64_t seed)
{
	state->lane[0] = seed + PRIME64_1 + PRIME64_2;
	state->lane[1] = seed + PRIME64_2;
	state->lane[2] = seed;
	state->lane[3] = seed - PRIME64_1;
	state->size = 0;
}

void xxh64_begin(struct xxh64_state *state)
{
	begin_with(state, 0);
}

/* The lanes are in registers meanwhile: the stores to memory would take most of the time. */
void xxh64_add(struct xxh64_state *state, const void *data, uint64_t size)
{
	uint64_t a = state->lane[0], b = state->lane[1], c = state->lane[2], d = state->lane[3];
	const any_u64 *lane = data;

	for (uint64_t left = size; left >= XXH64_STRIPE; left -= XXH64_STRIPE, lane += 4) {
		a = round64(a, lane[0]);
		b = round64(b, lane[1]);
		c = round64(c, lane[2]);
		d = round64(d, lane[3]);
	}
	state->lane[0] = a;
	state->lane[1] = b;
	state->lane[2] = c;
	state->lane[3] = d;
	state->size += size;
}

static uint64_t merge_lanes(const uint64_t *lane)
{
	uint64_t result = rotate_left(lane[0], 1) + rotate_left(lane[1], 7) +
			  rotate_left(lane[2], 12) + rotate_left(lane[3], 18);

	return merge(merge(merge(merge(result, lane[0]), lane[1]), lane[2]), lane[3]);
}

static uint64_t avalanche(uint64_t value)
{
	value = (value ^ value >> 33) * PRIME64_2;
	value = (value ^ value >> 29) * PRIME64_3;
	return value ^ value >> 32;
}

static uint64_t finish_sum(struct xxh64_state *state, const void *data, uint64_t size,
			   uint64_t seed)
{
	const uint8_t *at = (const uint8_t *)data + size / XXH64_STRIPE * XXH64_STRIPE;
	const uint8_t *end = (const uint8_t *)data + size;
	uint64_t result;

	xxh64_add(state, data, (uint64_t)(at - (const uint8_t *)data));
	result = state->size ? merge_lanes(state->lane) : seed + PRIME64_5;
	result += state->size + (uint64_t)(end - at);
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

uint64_t xxh64_end(struct xxh64_state *state, const void *data, uint64_t size)
{
	return finish_sum(state, data, size, 0);
}

uint64_t xxh64(const void *data, uint64_t size, uint64_t seed)
{
	struct xxh64_state state;

	begin_with(&state, seed);
	return finish_sum(&state, data, size, seed);
}
