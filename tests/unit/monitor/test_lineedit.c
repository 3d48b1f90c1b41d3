// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the line editor: it gets keys, and gives text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "arch/x86/keyboard/keyboard.h"
#include "monitor/terminal/lineedit.h"

static struct lineedit edit;

static int start(void **state)
{
	(void)state;
	memset(&edit, 0, sizeof(edit));
	lineedit_start(&edit);
	return 0;
}

static void type(const char *text)
{
	while (*text)
		assert_int_equal(lineedit_key(&edit, *text++), LINE_MORE);
}

static void enter(const char *text)
{
	type(text);
	assert_int_equal(lineedit_key(&edit, '\r'), LINE_DONE);
	assert_string_equal(edit.line, text);
	lineedit_start(&edit);
}

static void expect(const char *line, uint32_t cursor)
{
	assert_string_equal(edit.line, line);
	assert_int_equal(edit.length, strlen(line));
	assert_int_equal(edit.cursor, cursor);
}

/* Each row has the typed keys in order, and the line after them. */
static const struct editing {
	const char *before;
	int keys[6];
	const char *line;
	uint32_t cursor;
} cases[] = {
	{"", {'\b', KEY_DELETE, KEY_LEFT, KEY_RIGHT, KEY_UP, KEY_DOWN}, "", 0},
	{"", {'K' & 0x1f, 'U' & 0x1f, 'W' & 0x1f, 'D' & 0x1f}, "", 0},
	{"boot", {KEY_LEFT, KEY_LEFT, 'x'}, "boxot", 3},
	{"slots", {'\b', 0x7f}, "slo", 3},
	{"slots", {KEY_HOME, KEY_DELETE}, "lots", 0},
	{"slots", {'A' & 0x1f, 'D' & 0x1f, 'E' & 0x1f, '!'}, "lots!", 5},
	{"slots", {KEY_HOME, KEY_LEFT, KEY_RIGHT, KEY_END, KEY_RIGHT}, "slots", 5},
	{"slots", {'B' & 0x1f, 'B' & 0x1f, 'F' & 0x1f, 'K' & 0x1f}, "slot", 4},
	{"slots", {KEY_LEFT, KEY_LEFT, 'U' & 0x1f}, "ts", 0},
	{"kill alpha ", {'W' & 0x1f}, "kill ", 5},
	{"kill alpha", {'W' & 0x1f, 'W' & 0x1f, 'W' & 0x1f}, "", 0},
	{"kill alpha", {KEY_HOME, 'K' & 0x1f}, "", 0},
	{"slots", {KEY_ESCAPE, '\t', KEY_INSERT, KEY_PAGE_UP, 'L' & 0x1f, KEY_NONE}, "slots", 5},
	{"slots", {0x80, 0xff, 1000}, "slots", 5},
};

static void edits(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct editing *c = &cases[i];

		start(state);
		type(c->before);
		for (int k = 0; k < 6 && c->keys[k]; k++)
			assert_int_equal(lineedit_key(&edit, c->keys[k]), LINE_MORE);
		if (strcmp(edit.line, c->line) != 0)
			print_message("case %zu, \"%s\"\n", i, c->before);
		expect(c->line, c->cursor);
	}
}

static void line_has_an_end(void **state)
{
	(void)state;
	for (int i = 0; i < LINE_SIZE * 2; i++)
		assert_int_equal(lineedit_key(&edit, 'a' + i % 26), LINE_MORE);
	assert_int_equal(edit.length, LINE_SIZE - 1);
	lineedit_key(&edit, KEY_HOME);
	lineedit_key(&edit, 'X');
	assert_int_equal(edit.line[0], 'a');
	assert_int_equal(edit.line[LINE_SIZE - 1], '\0');
}

static void history_comes_back(void **state)
{
	(void)state;
	enter("one");
	enter("two");
	enter("two"); /* it is kept only once */
	enter("");
	enter("   ");
	type("draft");
	lineedit_key(&edit, KEY_UP);
	expect("two", 3);
	lineedit_key(&edit, 'P' & 0x1f);
	expect("one", 3);
	lineedit_key(&edit, KEY_UP);
	expect("one", 3);
	type("!"); /* this changes a copy */
	lineedit_key(&edit, KEY_DOWN);
	lineedit_key(&edit, 'N' & 0x1f);
	expect("draft", 5);
	lineedit_key(&edit, KEY_DOWN);
	expect("draft", 5);
	lineedit_key(&edit, KEY_UP);
	lineedit_key(&edit, KEY_UP);
	expect("one", 3);
}

static void history_forgets_the_oldest(void **state)
{
	char line[16];

	(void)state;
	for (int i = 0; i < HISTORY_LINES + 3; i++) {
		snprintf(line, sizeof(line), "%d", i);
		enter(line);
	}
	for (int i = 0; i < HISTORY_LINES * 2; i++)
		lineedit_key(&edit, KEY_UP);
	expect("3", 1);
}

static void cancel_drops_the_line(void **state)
{
	(void)state;
	enter("one");
	type("two");
	assert_int_equal(lineedit_key(&edit, 'C' & 0x1f), LINE_CANCELLED);
	expect("", 0);
	lineedit_key(&edit, KEY_UP);
	expect("one", 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(edits, start),
		cmocka_unit_test_setup(line_has_an_end, start),
		cmocka_unit_test_setup(history_comes_back, start),
		cmocka_unit_test_setup(history_forgets_the_oldest, start),
		cmocka_unit_test_setup(cancel_drops_the_line, start),
	};

	return cmocka_run_group_tests_name("lineedit", tests, NULL, NULL);
}
