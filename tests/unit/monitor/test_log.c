// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the monitor's log: its ring, its levels, and which lines the terminal shows. */
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
static char shown[2 * LOG_SIZE]; /* what the sink got since this was cleared */

static void show(void *context, const char *text)
{
	assert_ptr_equal(context, shown);
	assert_in_range(strlen(shown) + strlen(text), 0, sizeof(shown) - 1);
	strcat(shown, text);
}

static const struct log_sink sink = {.write = show, .context = shown};

static int start(void **state)
{
	(void)state;
	fake_console_reset();
	memset(&the_log, 0, sizeof(the_log));
	shown[0] = '\0';
	the_log.sink = sink;
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
	assert_string_equal(shown, "error: slot alpha: 7\nwarn: old\nfine\n");

	shown[0] = '\0';
	log_show(&the_log);
	assert_string_equal(shown, "[12.000345] error: slot alpha: 7\n"
				   "[12.000345] warn: old\n"
				   "[12.000345] fine\n"
				   "[12.000345] detail\n");
}

static void nothing_is_shown_without_a_sink(void **state)
{
	(void)state;
	the_log.sink.write = NULL;
	log_line(&the_log, LOG_ERROR, "early");
	assert_string_equal(shown, "");
	the_log.sink = sink;
	log_show(&the_log);
	assert_string_equal(shown, "[0.000000] error: early\n");
}

static void what_is_kept_only_is_not_shown(void **state)
{
	(void)state;
	log_keep(&the_log, LOG_ERROR, "slot %s refused", "alpha");
	log_error(&the_log, "after it");
	assert_string_equal(shown, "error: after it\n");
	shown[0] = '\0';
	log_show(&the_log);
	assert_string_equal(shown, "[0.000000] error: slot alpha refused\n"
				   "[0.000000] error: after it\n");
}

static void foreign_text_stays_one_line(void **state)
{
	(void)state;
	log_line(&the_log, LOG_INFO, "a\nb\x1b[2J\xff");
	assert_string_equal(shown, "a?b?[2J?\n");
}

static void oldest_lines_give_way_whole(void **state)
{
	const char *first;
	unsigned int number = 0, last = 5000;

	(void)state;
	the_log.sink.write = NULL;
	for (unsigned int i = 1; i <= last; i++)
		log_line(&the_log, LOG_INFO, "line %u", i);
	assert_true(the_log.used <= LOG_SIZE);
	the_log.sink = sink;
	log_show(&the_log);
	assert_int_equal(sscanf(shown, "[0.000000] line %u\n", &number), 1);
	assert_in_range(number, 2, last);
	first = shown;
	for (unsigned int i = number; i <= last; i++) {
		char expected[32];

		snprintf(expected, sizeof(expected), "[0.000000] line %u\n", i);
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

static void newest_lines_are_copied(void **state)
{
	static char copy[LOG_SIZE];

	(void)state;
	assert_int_equal(log_copy(&the_log, copy, sizeof(copy)), 0);
	log_keep(&the_log, LOG_INFO, "one");
	log_keep(&the_log, LOG_INFO, "two");
	assert_int_equal(log_copy(&the_log, copy, sizeof(copy)), 30);
	assert_memory_equal(copy, "[0.000000] one\n[0.000000] two\n", 30);
	assert_int_equal(log_copy(&the_log, copy, 29), 15);
	assert_memory_equal(copy, "[0.000000] two\n", 15);
	assert_int_equal(log_copy(&the_log, copy, 15), 15);
	assert_int_equal(log_copy(&the_log, copy, 14), 0);
	assert_int_equal(log_copy(&the_log, copy, 0), 0);
	for (uint32_t i = 0; i < LOG_SIZE / 10; i++)
		log_keep(&the_log, LOG_INFO, "line %u", i);
	assert_in_range(log_copy(&the_log, copy, sizeof(copy)), LOG_SIZE - 30, LOG_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(lines_have_time_and_level, start),
		cmocka_unit_test_setup(nothing_is_shown_without_a_sink, start),
		cmocka_unit_test_setup(what_is_kept_only_is_not_shown, start),
		cmocka_unit_test_setup(foreign_text_stays_one_line, start),
		cmocka_unit_test_setup(oldest_lines_give_way_whole, start),
		cmocka_unit_test_setup(a_long_line_is_cut, start),
		cmocka_unit_test_setup(newest_lines_are_copied, start),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
