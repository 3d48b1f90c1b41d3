/* SPDX-License-Identifier: GPL-2.0-only */
/* Compares print.c with the C library's snprintf(), and tests sizes as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "lib/error.h"
#include "lib/print.h"

#define TEXT 128

/* The text and its length must be those of snprintf(). */
#define SAME(...)                                                               \
	do {                                                                    \
		char ours[TEXT], theirs[TEXT];                                  \
		int length = snprintf(theirs, TEXT, __VA_ARGS__);               \
		assert_int_equal(format_text(ours, TEXT, __VA_ARGS__), length); \
		assert_string_equal(ours, theirs);                              \
	} while (0)

static void numbers(void **state)
{
	/* This is a variable, because cppcheck takes the constant for an unsigned expression. */
	int64_t lowest = INT64_MIN;

	(void)state;
	SAME("%d %d %i", 0, -17, 42);
	SAME("%d %ld %ld", (int)INT32_MIN, lowest, INT64_MAX);
	SAME("%u %lu %lu %zu", UINT32_MAX, UINT64_MAX, UINT64_C(7), (size_t)9);
	SAME("%hhu %hu %hd %hhd", (unsigned char)200, (unsigned short)60000, (short)-5,
	     (signed char)-100);
	SAME("%x %X %#x %#X %#lx", 0xbeefu, 0xbeefu, 0xbeefu, 0xbeefu, 0x123456789abcdefful);
	SAME("%#x %x", 0u, 0u);
}

static void widths(void **state)
{
	(void)state;
	SAME("[%5d] [%-5d] [%05d]", 42, 42, -42);
	SAME("[%08x] [%#010x] [%#6x] [%-#8x]", 0xabcu, 0xabcu, 0xabcu, 0xabcu);
	SAME("[%.3d] [%8.3d] [%.0d] [%.8x]", 5, 5, 1, 0xfeu);
	SAME("[%*d] [%*d] [%.*d]", 6, 1, -6, 1, 4, 1);
	SAME("[%3d] [%2x]", 123456, 0xfffu);
}

static void strings(void **state)
{
	(void)state;
	SAME("%s|%10s|%-10s|%.2s|%-6.3s|", "one", "two", "three", "four", "five");
	SAME("%.*s|%*s|%c|%3c|%-3c|%%", 3, "abcdef", 5, "x", 'c', 'd', 'e');
	SAME("%s", "");
}

static void pointers(void **state)
{
	char text[TEXT];

	(void)state;
	format_text(text, TEXT, "%p %p", (void *)0x1234, (void *)NULL);
	assert_string_equal(text, "0x1234 0x0");
}

static void small_buffers(void **state)
{
	char text[8] = "zzzzzzz";

	(void)state;
	assert_int_equal(format_text(text, 4, "%s", "abcdef"), 6);
	assert_string_equal(text, "abc");
	assert_int_equal(text[4], 'z');
	assert_int_equal(format_text(text, 1, "%d", 99), 2);
	assert_string_equal(text, "");
	assert_int_equal(format_text(NULL, 0, "%d", 99), 2);
}

static void sizes(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {
		{0, "0 bytes"},
		{1, "1 bytes"},
		{1023, "1023 bytes"},
		{1024, "1 KiB"},
		{1536, "1536 bytes"},
		{640 << 10, "640 KiB"},
		{512ull << 20, "512 MiB"},
		{1ull << 30, "1 GiB"},
		{3ull << 29, "1.5 GiB"},
		{1537 << 10, "1537 KiB"},
		{1536 << 10, "1.5 MiB"},
		{511ull << 20, "511 MiB"},
		{UINT64_MAX, "18446744073709551615 bytes"},
		{UINT64_MAX - 1023, "18014398509481983 KiB"},
		{1ull << 52, "4096 TiB"},
	};
	char text[SIZE_TEXT + 8];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(format_size(text, rows[i].bytes), rows[i].text);
}

static void errors_are_cut(void **state)
{
	struct error error;
	char text[500];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_false(fail(&error, "%s", text));
	assert_int_equal(strlen(error.text), sizeof(error.text) - 1);
	assert_false(fail(&error, "%d of %d", 1, 2));
	assert_string_equal(error.text, "1 of 2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),	  cmocka_unit_test(widths),
		cmocka_unit_test(strings),	  cmocka_unit_test(pointers),
		cmocka_unit_test(small_buffers),  cmocka_unit_test(sizes),
		cmocka_unit_test(errors_are_cut),
	};

	return cmocka_run_group_tests_name("print", tests, NULL, NULL);
}
