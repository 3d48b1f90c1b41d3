// SPDX-License-Identifier: GPL-2.0-only
/* The monitor's log: its ring, its levels, and what it lets through to the terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "fake/fake_console.h"
#include "monitor/log/log.h"

static struct log the_log;
static struct console console;

static int start(void **state)
{
	(void)state;
	fake_console_reset();
	memset(&the_log, 0, sizeof(the_log));
	memset(&console, 0, sizeof(console));
	console.uart.port = UART_COM1;
	the_log.console = &console;
	the_log.level = LOG_INFO;
	return 0;
}

static void lines_have_time_and_level(void **state)
{
	(void)state;
	fake_console.now = 12000345;
	log_line(&the_log, LOG_ERROR, "slot %s: %d", "alpha", 7);
	log_line(&the_log, LOG_WARN, "old");
	log_line(&the_log, LOG_INFO, "fine");
	log_line(&the_log, LOG_DEBUG, "detail");
	assert_string_equal(fake_console.serial, "error: slot alpha: 7\r\nwarn: old\r\nfine\r\n");

	fake_console_clear_output();
	log_show(&the_log, &console);
	assert_string_equal(fake_console.serial, "[12.000345] error: slot alpha: 7\r\n"
						 "[12.000345] warn: old\r\n"
						 "[12.000345] fine\r\n"
						 "[12.000345] detail\r\n");
}

static void nothing_is_shown_without_a_console(void **state)
{
	(void)state;
	the_log.console = NULL;
	log_line(&the_log, LOG_ERROR, "early");
	assert_string_equal(fake_console.serial, "");
	log_show(&the_log, &console);
	assert_string_equal(fake_console.serial, "[0.000000] error: early\r\n");
}

static void foreign_text_stays_one_line(void **state)
{
	(void)state;
	log_line(&the_log, LOG_INFO, "a\nb\x1b[2J\xff");
	assert_string_equal(fake_console.serial, "a?b?[2J?\r\n");
}

static void oldest_lines_give_way_whole(void **state)
{
	const char *first;
	unsigned int number = 0, last = 5000;

	(void)state;
	the_log.console = NULL;
	for (unsigned int i = 1; i <= last; i++)
		log_line(&the_log, LOG_INFO, "line %u", i);
	assert_true(the_log.used <= LOG_SIZE);
	log_show(&the_log, &console);
	assert_int_equal(sscanf(fake_console.serial, "[0.000000] line %u\r\n", &number), 1);
	assert_in_range(number, 2, last);
	first = fake_console.serial;
	for (unsigned int i = number; i <= last; i++) {
		char expected[32];

		snprintf(expected, sizeof(expected), "[0.000000] line %u\r\n", i);
		assert_memory_equal(first, expected, strlen(expected));
		first += strlen(expected);
	}
	assert_string_equal(first, "");
}

static void a_long_line_is_cut(void **state)
{
	char text[2000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	log_line(&the_log, LOG_INFO, "%s", text);
	assert_in_range(the_log.used, 200, 400);
	assert_int_equal(the_log.text[the_log.used - 1], '\n');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(lines_have_time_and_level, start),
		cmocka_unit_test_setup(nothing_is_shown_without_a_console, start),
		cmocka_unit_test_setup(foreign_text_stays_one_line, start),
		cmocka_unit_test_setup(oldest_lines_give_way_whole, start),
		cmocka_unit_test_setup(a_long_line_is_cut, start),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
