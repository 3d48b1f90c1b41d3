/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of the monitor's options: what each sets, and that a wrong one keeps its default. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "monitor/config/options.h"
#include "reports.h"

static struct options options;
static struct reports reports;

static void parse(const char *text)
{
	memset(&reports, 0, sizeof(reports));
	options_parse(text, &options, keep_report, &reports);
}

static void assert_defaults(void)
{
	assert_int_equal(options.serial, 1);
	assert_int_equal(options.baud, 115200);
	assert_true(options.video);
	assert_string_equal(options.default_slot, "");
	assert_int_equal(options.timeout, 5);
	assert_int_equal(options.loglevel, LOG_INFO);
}

static void nothing_gives_defaults(void **state)
{
	(void)state;
	parse("");
	assert_defaults();
	assert_int_equal(reports.count, 0);
	parse("  \t ");
	assert_defaults();
	parse("/boot/switchyard/switchyard.elf");
	assert_defaults();
	assert_int_equal(reports.count, 0);
}

static void all_are_set(void **state)
{
	(void)state;
	parse("/boot/s.elf serial=com2,9600 video=off  default=beta timeout=-1 loglevel=debug");
	assert_int_equal(reports.count, 0);
	assert_int_equal(options.serial, 2);
	assert_int_equal(options.baud, 9600);
	assert_false(options.video);
	assert_string_equal(options.default_slot, "beta");
	assert_int_equal(options.timeout, -1);
	assert_int_equal(options.loglevel, LOG_DEBUG);
	parse("serial=none timeout=0 loglevel=error video=on");
	assert_int_equal(reports.count, 0);
	assert_int_equal(options.serial, 0);
	assert_int_equal(options.timeout, 0);
	assert_int_equal(options.loglevel, LOG_ERROR);
	parse("serial=com1");
	assert_int_equal(options.baud, 115200);
}

static void wrong_ones_keep_the_default(void **state)
{
	static const char *const rows[] = {
		"serial=com3",
		"serial=com2,9601",
		"serial=com2,0",
		"serial=com2,",
		"serial=",
		"serial=com2,x",
		"video=maybe",
		"video",
		"default=",
		"default=Beta",
		"default=-x",
		"default=a234567890123456x",
		"timeout=soon",
		"timeout=-2",
		"timeout=",
		"timeout=99999999999",
		"loglevel=all",
		"loglevel=",
		"serial=com1,5,com2",
		"quiet",
		"=",
		"serial=COM2",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		parse(rows[i]);
		assert_int_equal(reports.count, 1);
		assert_defaults();
	}
}

static void messages_say_what_was_expected(void **state)
{
	static const char *const rows[][2] = {
		{"video=maybe", "option \"video=maybe\": bad value; expected on or off"},
		{"colour=on", "option \"colour=on\": unknown; expected serial=, video=, default=, "
			      "timeout=, loglevel= "
			      "or integrity="},
		{"timeout=1 timeout=2", "option \"timeout=2\": given twice; the first one counts"},
		{"serial=com2,7",
		 "option \"serial=com2,7\": bad value; expected com1, com2 or none, and a rate that "
		 "divides 115200, as in com1,9600"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		parse(rows[i][0]);
		assert_int_equal(reports.count, 1);
		assert_string_equal(reports.text[0], rows[i][1]);
	}
	parse("timeout=1 timeout=2");
	assert_int_equal(options.timeout, 1);
}

static void a_wrong_one_spoils_no_other(void **state)
{
	(void)state;
	parse("timeout=x loglevel=warn nonsense default=a");
	assert_int_equal(reports.count, 2);
	assert_int_equal(options.timeout, 5);
	assert_int_equal(options.loglevel, LOG_WARN);
	assert_string_equal(options.default_slot, "a");
}

static void default_has_to_name_a_slot(void **state)
{
	static struct slot_table table = {.count = 1, .slot = {{.name = "alpha"}}};

	(void)state;
	parse("default=alpha");
	options_check_default(&options, &table, keep_report, &reports);
	assert_int_equal(reports.count, 0);
	assert_string_equal(options.default_slot, "alpha");

	parse("default=beta");
	options_check_default(&options, &table, keep_report, &reports);
	assert_int_equal(reports.count, 1);
	assert_string_equal(reports.text[0], "default=beta: no slot has that name");
	assert_string_equal(options.default_slot, "");
	options_check_default(&options, &table, keep_report, &reports);
	assert_int_equal(reports.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_gives_defaults),
		cmocka_unit_test(all_are_set),
		cmocka_unit_test(wrong_ones_keep_the_default),
		cmocka_unit_test(messages_say_what_was_expected),
		cmocka_unit_test(a_wrong_one_spoils_no_other),
		cmocka_unit_test(default_has_to_name_a_slot),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
