// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_xxh64.c - compares sums with those of Debian's xxhsum -H64.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "lib/xxh64.h"

static void published_vectors(void **state)
{
	(void)state;
	assert_true(xxh64("", 0, 0) == 0xef46db3751d8e999ull);
	assert_true(xxh64("a", 1, 0) == 0xd24ec4f1a98c6e5bull);
	assert_true(xxh64("abc", 3, 0) == 0x44bc2cf5ad770999ull);
	assert_true(xxh64("123456789012345678901234567890123456789", 39, 0) ==
		    0x490afd8c09f2040bull);
}

static void every_byte_counts(void **state)
{
	uint8_t data[100];

	(void)state;
	for (unsigned int size = 1; size <= sizeof(data); size++) {
		uint64_t sum;

		memset(data, 0x5a, sizeof(data));
		sum = xxh64(data, size, 7);
		for (unsigned int i = 0; i < size; i++) {
			data[i] ^= 1;
			assert_true(xxh64(data, size, 7) != sum);
			data[i] ^= 1;
		}
		assert_true(xxh64(data, size, 8) != sum);
	}
}

/* Pieces of whole stripes, and a last one of any size, have the sum of all bytes. */
static void pieces(void **state)
{
	uint8_t data[4 * XXH64_STRIPE + 7];

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * i + i);
	for (size_t size = 0; size <= sizeof(data); size++)
		for (size_t first = 0; first <= size; first += XXH64_STRIPE) {
			struct xxh64_state sum;

			xxh64_begin(&sum);
			xxh64_add(&sum, data, first);
			assert_true(xxh64_end(&sum, data + first, size - first) ==
				    xxh64(data, size, 0));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_vectors),
		cmocka_unit_test(every_byte_counts),
		cmocka_unit_test(pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
