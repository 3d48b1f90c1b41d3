/* SPDX-License-Identifier: GPL-2.0-only */
/* Compares string.c, under other names, with the C library's functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#undef SWITCHYARD_HOST
#define memcpy	our_memcpy
#define memmove our_memmove
#define memset	our_memset
#define memcmp	our_memcmp
#define strlen	our_strlen
#define strcmp	our_strcmp
#define strncmp our_strncmp
#include "lib/string.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strlen
#undef strcmp
#undef strncmp

#define SPAN 48 /* long enough for some words and a rest, at every alignment */

static void fill(uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(i * 37 + 11);
}

static void copies_at_all_alignments(void **state)
{
	uint8_t from[SPAN], to[SPAN], expected[SPAN];

	(void)state;
	fill(from, SPAN);
	for (size_t a = 0; a < 9; a++) {
		for (size_t b = 0; b < 9; b++) {
			for (size_t size = 0; size + 9 <= SPAN; size++) {
				memset(to, 0xee, SPAN);
				memset(expected, 0xee, SPAN);
				memcpy(expected + b, from + a, size);
				assert_ptr_equal(our_memcpy(to + b, from + a, size), to + b);
				assert_memory_equal(to, expected, SPAN);
			}
		}
	}
}

static void moves_with_overlap(void **state)
{
	uint8_t bytes[SPAN], expected[SPAN];

	(void)state;
	for (size_t a = 0; a < 20; a++) {
		for (size_t b = 0; b < 20; b++) {
			for (size_t size = 0; size + 20 <= SPAN; size++) {
				fill(bytes, SPAN);
				fill(expected, SPAN);
				memmove(expected + b, expected + a, size);
				assert_ptr_equal(our_memmove(bytes + b, bytes + a, size),
						 bytes + b);
				assert_memory_equal(bytes, expected, SPAN);
			}
		}
	}
}

static void fills(void **state)
{
	uint8_t bytes[SPAN], expected[SPAN];

	(void)state;
	for (size_t a = 0; a < 9; a++) {
		for (size_t size = 0; size + 9 <= SPAN; size++) {
			fill(bytes, SPAN);
			fill(expected, SPAN);
			memset(expected + a, 0xa5, size);
			our_memset(bytes + a, 0x1a5, size);
			assert_memory_equal(bytes, expected, SPAN);
		}
	}
}

static void compares(void **state)
{
	(void)state;
	assert_int_equal(our_memcmp("abc", "abd", 2), 0);
	assert_true(our_memcmp("abc", "abd", 3) < 0);
	assert_true(our_memcmp("\xff", "\x01", 1) > 0);
	assert_int_equal(our_strlen(""), 0);
	assert_int_equal(our_strlen("slot"), 4);
	assert_int_equal(our_strcmp("alpha", "alpha"), 0);
	assert_true(our_strcmp("alpha", "alphb") < 0);
	assert_true(our_strcmp("alpha", "alph") > 0);
	assert_true(our_strcmp("\xff", "a") > 0);
	assert_int_equal(our_strncmp("alpha", "alps", 3), 0);
	assert_true(our_strncmp("alpha", "alps", 4) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_at_all_alignments),
		cmocka_unit_test(moves_with_overlap),
		cmocka_unit_test(fills),
		cmocka_unit_test(compares),
	};

	return cmocka_run_group_tests_name("string", tests, NULL, NULL);
}
