// SPDX-License-Identifier: GPL-2.0-only
/* Tests of finding the function that contains an address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "arch/x86/gate/symbols.h"

const uint32_t symbol_count = 3;
const struct symbol symbols[] = {{0x10, 0}, {0x20, 6}, {0x300, 13}};
const char symbol_names[] = "first\0second\0third";

static void assert_place(uint32_t offset, const char *name, uint32_t behind)
{
	uint32_t seen = UINT32_MAX;

	assert_string_equal(symbol_find(offset, &seen), name);
	assert_int_equal(seen, behind);
}

static void finds_the_function(void **state)
{
	uint32_t behind;

	(void)state;
	assert_null(symbol_find(0, &behind));
	assert_null(symbol_find(0xf, &behind));
	assert_place(0x10, "first", 0);
	assert_place(0x1f, "first", 0xf);
	assert_place(0x20, "second", 0);
	assert_place(0x2ff, "second", 0x2df);
	assert_place(0x300, "third", 0);
	assert_place(0xffff, "third", 0xfcff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(finds_the_function)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
