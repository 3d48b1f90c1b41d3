/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fuzz.h - helpers of the fuzz targets: they take an input apart, and check promises.
 *
 * A target's input is the bytes of a file. Other choices (sizes, flags) are taken from the input's
 * end, so that a real file with some bytes behind it is a good first input.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The rest of the input. */
struct fuzz_input {
	const uint8_t *bytes;
	size_t size;
};

/* libFuzzer calls it. It returns 0: libFuzzer keeps the input if it covers something new. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* If the promise is broken, the run ends with a finding. */
#define FUZZ_CHECK(promise)                                                                   \
	do {                                                                                  \
		if (!(promise)) {                                                             \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #promise); \
			abort();                                                              \
		}                                                                             \
	} while (0)

/*
 * Takes a number of `bytes` bytes (1 to 8) from the input's end: little-endian, 0 if none is left.
 */
static inline uint64_t fuzz_take(struct fuzz_input *input, uint32_t bytes)
{
	uint64_t value = 0;

	while (bytes-- && input->size)
		value = value << 8 | input->bytes[--input->size];
	return value;
}

#endif
