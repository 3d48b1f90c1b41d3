// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the terminal: how bytes become keys, and how command lines are drawn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "arch/x86/time/clock.h"
#include "fake/fake_console.h"
#include "monitor/console/console_loop.h"

#define SECOND 1000000u

static struct monitor monitor;
static struct ui ui;
static struct console *const console = &ui.console;

static int start(void **state)
{
	(void)state;
	fake_console_reset();
	memset(&monitor, 0, sizeof(monitor));
	memset(&ui, 0, sizeof(ui));
	ui.monitor = &monitor;
	monitor.options = (struct options){.serial = 1, .baud = 9600, .video = true};
	console_init(console, &monitor.options);
	return 0;
}

static void init_takes_the_options(void **state)
{
	(void)state;
	assert_int_equal(fake_console.port, UART_COM1);
	assert_int_equal(fake_console.baud, 9600);
	console_write(console, "a\n");
	assert_string_equal(fake_console.serial, "a\r\n");
	assert_string_equal(fake_console.screen, "a\n");

	fake_console_clear_output();
	monitor.options = (struct options){.serial = 0, .video = false};
	console_init(console, &monitor.options);
	console_printf(console, "%d", 1);
	console_error(console, "%s", "bad");
	console_clear(console);
	console_clear_to_end(console);
	assert_string_equal(fake_console.serial, "");
	assert_string_equal(fake_console.screen, "");

	monitor.options.serial = 2;
	console_init(console, &monitor.options);
	assert_int_equal(fake_console.port, UART_COM2);
	console_error(console, "slot %s", "a");
	assert_string_equal(fake_console.serial, "error: slot a\r\n");
}

#define MAX_KEYS 8

/* Each row has received bytes, and the keys that they mean. A 0 ends the keys. */
static const struct input {
	const char *bytes;
	int keys[MAX_KEYS];
} inputs[] = {
	{"ab", {'a', 'b'}},
	{"\r", {'\r'}},
	{"\n", {'\r'}},
	{"\r\n", {'\r'}},
	{"\r\r", {'\r', '\r'}},
	{"\n\n", {'\r', '\r'}},
	{"\r\n\r\nx\n", {'\r', '\r', 'x', '\r'}},
	{"\x7f\b", {'\b', '\b'}},
	{"\x1b[A\x1b[B\x1b[C\x1b[D", {KEY_UP, KEY_DOWN, KEY_RIGHT, KEY_LEFT}},
	{"\x1bOA\x1bOH\x1bOF", {KEY_UP, KEY_HOME, KEY_END}},
	{"\x1b[H\x1b[F\x1b[1~\x1b[4~\x1b[7~\x1b[8~",
	 {KEY_HOME, KEY_END, KEY_HOME, KEY_END, KEY_HOME, KEY_END}},
	{"\x1b[2~\x1b[3~\x1b[5~\x1b[6~", {KEY_INSERT, KEY_DELETE, KEY_PAGE_UP, KEY_PAGE_DOWN}},
	{"\x1b[1;5C", {KEY_RIGHT}},
	{"\x1b[15~\x1b[99999999999999~\x1b[?25hx", {'x'}},
	{"\x1b[3\rx", {'\r', 'x'}},
	{"\x1b\x1b[Ax", {KEY_UP, 'x'}},
	{"\x1bqx", {'x'}}, /* Alt+q */
	{"\x1b", {KEY_ESCAPE}},
	{"\x1b[", {0}},
};

static void bytes_become_keys(void **state)
{
	for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
		int key, count = 0;

		start(state);
		fake_console.serial_input = inputs[i].bytes;
		while ((key = console_wait_key(console, clock_us() + SECOND)) != KEY_NONE) {
			if (key != inputs[i].keys[count])
				print_message("case %zu, key %d: 0x%x\n", i, count, key);
			assert_in_range(count, 0, MAX_KEYS - 1);
			assert_int_equal(key, inputs[i].keys[count++]);
		}
		assert_true(count == MAX_KEYS || inputs[i].keys[count] == 0);
	}
}

static void slow_bytes_are_no_sequence(void **state)
{
	(void)state;
	fake_console.serial_input = "\x1b[";
	fake_console.byte_us = 60000;
	assert_int_equal(console_wait_key(console, SECOND), KEY_ESCAPE);
	assert_int_equal(console_wait_key(console, SECOND), '[');
	assert_int_equal(console_wait_key(console, SECOND), KEY_NONE);
	assert_in_range(fake_console.now, SECOND, SECOND + 1000);

	fake_console.serial_input = "\x1b[A";
	fake_console.byte_us = 10000; /* as at 1000 baud */
	assert_int_equal(console_wait_key(console, WAIT_FOR_EVER), KEY_UP);
}

/* A watchdog that can't be stopped must not reset the machine while nobody types. */
static void watchdogs_are_fed_meanwhile(void **state)
{
	(void)state;
	assert_int_equal(console_wait_key(console, SECOND), KEY_NONE);
	assert_true(fake_console.fed > 2);
}

/* A key that came once, or the lines of a terminal, are signs of a person. */
static void a_person_is_noticed(void **state)
{
	static const int keys[] = {'x', 0};

	(void)state;
	assert_false(console_attended(console));
	fake_console.serial_answers = true;
	assert_true(console_attended(console));
	fake_console.serial_answers = false;
	fake_console.keys = keys;
	assert_int_equal(console_key(console), 'x');
	console_init(console, &monitor.options);
	assert_true(console_attended(console));
}

static void keyboard_counts_too(void **state)
{
	static const int keys[] = {'k', KEY_UP, 0};

	(void)state;
	fake_console.keys = keys;
	assert_int_equal(console_key(console), 'k');
	assert_int_equal(console_key(console), KEY_UP);
	assert_int_equal(console_key(console), KEY_NONE);
}

/* One row of a terminal with 80 columns. */
struct terminal {
	char row[VGA_COLUMNS + 1];
	uint32_t column;
};

static void terminal_show(struct terminal *terminal, const char *bytes)
{
	memset(terminal->row, ' ', VGA_COLUMNS);
	terminal->column = 0;
	for (; *bytes; bytes++) {
		if (strncmp(bytes, "\x1b[K", 3) == 0) {
			memset(terminal->row + terminal->column, ' ',
			       VGA_COLUMNS - terminal->column);
			bytes += 2;
		} else if (strncmp(bytes, "\x1b[H\x1b[2J", 7) == 0) {
			memset(terminal->row, ' ', VGA_COLUMNS);
			terminal->column = 0;
			bytes += 6;
		} else if (*bytes == '\b') {
			assert_true(terminal->column > 0);
			terminal->column--;
		} else {
			/* Neither control characters, nor the last column. */
			assert_in_range(*bytes, ' ', '~');
			assert_in_range(terminal->column, 0, VGA_COLUMNS - 2);
			terminal->row[terminal->column++] = *bytes;
		}
	}
	terminal->row[VGA_COLUMNS] = '\0';
	for (int i = VGA_COLUMNS - 1; i >= 0 && terminal->row[i] == ' '; i--)
		terminal->row[i] = '\0';
}

/* Runs the console until all input is taken. */
static void run_console(const char *input)
{
	fake_console.serial_input = input;
	fake_console.end = fake_console.now + SECOND;
	if (setjmp(fake_console.done) == 0)
		console_loop(&ui);
	assert_string_equal(fake_console.serial_input, "");
}

static void typed_line_is_echoed_plainly(void **state)
{
	(void)state;
	run_console("foo bar\rx\x7f\rq\x03");
	assert_string_equal(fake_console.serial, "switchyard> foo bar\r\n"
						 "error: no command \"foo\"; help lists them\r\n"
						 "switchyard> x\b\x1b[K\r\n"
						 "switchyard> q^C\r\n"
						 "switchyard> ");
}

static void screen_shows_the_same(void **state)
{
	static const int keys[] = {'h', KEY_LEFT, 'x', '\r', 0};

	(void)state;
	fake_console.keys = keys;
	run_console("");
	assert_string_equal(fake_console.screen, "switchyard> h\bxh\b\n"
						 "error: no command \"xh\"; help lists them\n"
						 "switchyard> ");
}

static void trim(char *text)
{
	for (size_t i = strlen(text); i > 0 && text[i - 1] == ' '; i--)
		text[i - 1] = '\0';
}

#define SHOWN_COLUMNS 67 /* 80, without 12 of the prompt and the last one, which stays free */

/* The terminal must show the editor's line, or the part around the cursor. */
static void expect_drawn(const struct lineedit *edit)
{
	struct terminal terminal;
	char expected[VGA_COLUMNS + 1];
	uint32_t first;

	terminal_show(&terminal, fake_console.serial);
	assert_in_range(terminal.column, 12, 12 + SHOWN_COLUMNS);
	first = edit->cursor - (terminal.column - 12);
	assert_in_range(first, 0, edit->length);
	snprintf(expected, sizeof(expected), "switchyard> %.*s", SHOWN_COLUMNS, edit->line + first);
	trim(expected);
	assert_string_equal(terminal.row, expected);
}

/* After any sequence of keys, the terminal must show the right line. */
static void drawing_follows_the_editor(void **state)
{
	static const char *const keys[] = {"a",	     "bc",     "d e",	  "\x1b[D", "\x1b[C",
					   "\x1b[A", "\x1b[B", "\x1b[3~", "\x7f",   "\x01",
					   "\x05",   "\x0b",   "\x17",	  "\x0c",   "0123456789"};

	(void)state;
	for (int i = 0; i < HISTORY_LINES; i++)
		memset(console->edit.history[i], 'A' + i, (size_t)(i * 10 + 1));
	console->edit.history_count = HISTORY_LINES;

	srand(1);
	for (int round = 0; round < 300; round++) {
		char typed[1024] = "";

		for (int i = rand() % 80; i >= 0; i--)
			strcat(typed, keys[(size_t)rand() % (sizeof(keys) / sizeof(keys[0]))]);
		fake_console_clear_output();
		run_console(typed);
		expect_drawn(&console->edit);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(init_takes_the_options, start),
		cmocka_unit_test_setup(bytes_become_keys, start),
		cmocka_unit_test_setup(slow_bytes_are_no_sequence, start),
		cmocka_unit_test_setup(watchdogs_are_fed_meanwhile, start),
		cmocka_unit_test_setup(a_person_is_noticed, start),
		cmocka_unit_test_setup(keyboard_counts_too, start),
		cmocka_unit_test_setup(typed_line_is_echoed_plainly, start),
		cmocka_unit_test_setup(screen_shows_the_same, start),
		cmocka_unit_test_setup(drawing_follows_the_editor, start),
	};

	return cmocka_run_group_tests_name("console", tests, NULL, NULL);
}
