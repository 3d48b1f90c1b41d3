// SPDX-License-Identifier: GPL-2.0-only
/* Tests of tables: columns are as narrow as possible, with two blanks between them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fake/fake_console.h"
#include "monitor/terminal/table.h"

static struct console console;

static int start(void **state)
{
	(void)state;
	fake_console_reset();
	memset(&console, 0, sizeof(console));
	screen_init(&console.screen, true);
	return 0;
}

static void fill(const void *context, uint32_t row, struct table_row *cells)
{
	const char *const(*rows)[3] = context;

	for (int i = 0; i < 3; i++)
		strcpy(cells->cell[i], rows[row][i]);
}

static void columns_are_aligned(void **state)
{
	static const char *const rows[][3] = {{"a", "longer than its name", "1"}, {"", "b", ""}};
	const struct table table = {.columns = {"FIRST", "SECOND", "C"},
				    .rows = 2,
				    .fill = fill,
				    .context = rows};

	(void)state;
	table_print(&console, &table);
	assert_string_equal(fake_console.screen, "FIRST  SECOND                C\n"
						 "a      longer than its name  1\n"
						 "-      b                     -\n");
}

static void no_rows_leave_the_header(void **state)
{
	const struct table table = {.columns = {"FIRST", "SECOND"}, .fill = fill};

	(void)state;
	table_print(&console, &table);
	assert_string_equal(fake_console.screen, "FIRST  SECOND\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(columns_are_aligned, start),
		cmocka_unit_test_setup(no_rows_leave_the_header, start),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
