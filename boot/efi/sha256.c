// SPDX-License-Identifier: GPL-2.0-only
#include "boot/efi/sha256.h"
#include "lib/string.h"

#define BLOCK_SIZE  64
#define ROUNDS	    64
#define STATE_WORDS 8
#define BLOCK_WORDS 16
#define LENGTH_SIZE 8	 /* the message's length in bits ends the last block */
#define PAD_FIRST   0x80 /* a bit 1, then zeros */

/* 4.2.2: the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t constants[ROUNDS] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

/* 5.3.3: fractional parts of the square roots of the first 8 primes. */
static const uint32_t initial[STATE_WORDS] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
					      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static uint32_t rotate_right(uint32_t word, unsigned int bits)
{
	return word >> bits | word << (32 - bits);
}

static uint32_t load_word(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

static void store_word(uint8_t *bytes, uint32_t word)
{
	for (int i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(word >> (24 - 8 * i));
}

/* 6.2.2, step 1: the message schedule. */
static void expand(const uint8_t *block, uint32_t *schedule)
{
	for (int t = 0; t < BLOCK_WORDS; t++)
		schedule[t] = load_word(block + 4 * t);
	for (int t = BLOCK_WORDS; t < ROUNDS; t++) {
		uint32_t w15 = schedule[t - 15], w2 = schedule[t - 2];
		uint32_t sigma0 = rotate_right(w15, 7) ^ rotate_right(w15, 18) ^ w15 >> 3;
		uint32_t sigma1 = rotate_right(w2, 17) ^ rotate_right(w2, 19) ^ w2 >> 10;

		schedule[t] = sigma1 + schedule[t - 7] + sigma0 + schedule[t - 16];
	}
}

/* 6.2.2, steps 2 to 4. v[0] to v[7] are the standard's a to h. */
static void add_block(uint32_t *state, const uint8_t *block)
{
	uint32_t schedule[ROUNDS], v[STATE_WORDS];

	expand(block, schedule);
	memcpy(v, state, sizeof(v));
	for (int t = 0; t < ROUNDS; t++) {
		uint32_t sum1 =
			rotate_right(v[4], 6) ^ rotate_right(v[4], 11) ^ rotate_right(v[4], 25);
		uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
		uint32_t t1 = v[7] + sum1 + choice + constants[t] + schedule[t];
		uint32_t sum0 =
			rotate_right(v[0], 2) ^ rotate_right(v[0], 13) ^ rotate_right(v[0], 22);
		uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);

		memmove(v + 1, v, sizeof(v) - sizeof(v[0]));
		v[4] += t1;
		v[0] = t1 + sum0 + majority;
	}
	for (int i = 0; i < STATE_WORDS; i++)
		state[i] += v[i];
}

void sha256(const void *data, uint64_t size, uint8_t digest[SHA256_SIZE])
{
	const uint8_t *bytes = data;
	uint64_t whole = size / BLOCK_SIZE * BLOCK_SIZE, rest = size - whole;
	uint8_t last[2 * BLOCK_SIZE] = {0};
	uint64_t padded = rest + 1 + LENGTH_SIZE <= BLOCK_SIZE ? BLOCK_SIZE : 2 * BLOCK_SIZE;
	uint32_t state[STATE_WORDS];

	memcpy(state, initial, sizeof(state));
	for (uint64_t at = 0; at < whole; at += BLOCK_SIZE)
		add_block(state, bytes + at);
	if (rest)
		memcpy(last, bytes + whole, rest);
	last[rest] = PAD_FIRST;
	store_word(last + padded - 8, (uint32_t)(size >> 29)); /* the length in bits */
	store_word(last + padded - 4, (uint32_t)(size << 3));
	for (uint64_t at = 0; at < padded; at += BLOCK_SIZE)
		add_block(state, last + at);
	for (int i = 0; i < STATE_WORDS; i++)
		store_word(digest + 4 * i, state[i]);
}
