// SPDX-License-Identifier: GPL-2.0-only
/* switchyard.conf: lines, paths, ends of lines, encodings, and each way to get it wrong. */
#include "cmocka.h"
#include <string.h>
#include "boot/efi/conf.h"

/* The conf's whole text is read; line is the only one that is not empty. */
static void read_one(const char *text, struct conf_line *line)
{
	struct conf_line more;
	struct error error;
	struct conf conf;

	assert_true(conf_open(&conf, text, strlen(text), &error));
	assert_true(conf_next(&conf, line));
	assert_false(conf_next(&conf, &more));
}

static void assert_rest(const struct conf_line *line, const char *expected)
{
	assert_int_equal(line->length, strlen(expected));
	assert_memory_equal(line->rest, expected, line->length);
}

static void monitor_line(void **state)
{
	struct conf_line line;

	(void)state;
	read_one("monitor serial=com1,115200 timeout=5", &line);
	assert_int_equal(line.kind, CONF_MONITOR);
	assert_false(line.faulty);
	assert_rest(&line, "serial=com1,115200 timeout=5");
	read_one("monitor\n", &line);
	assert_int_equal(line.kind, CONF_MONITOR);
	assert_rest(&line, "");
}

static void module_line_to_the_letter(void **state)
{
	struct conf_line line;

	(void)state;
	read_one("\\boot\\vmlinuz-A \t kernel slot=a --  x=\"1  2\" # no comment ", &line);
	assert_int_equal(line.kind, CONF_MODULE);
	assert_false(line.faulty);
	assert_string_equal(line.path, "\\boot\\vmlinuz-A");
	assert_rest(&line, "kernel slot=a --  x=\"1  2\" # no comment ");
}

static void slashes_either_way(void **state)
{
	struct conf_line line;

	(void)state;
	read_one("/boot/vmlinuz-A kernel slot=a", &line);
	assert_string_equal(line.path, "\\boot\\vmlinuz-A");
	read_one("boot/x kernel slot=a", &line);
	assert_string_equal(line.path, "\\boot\\x");
	read_one("/a", &line);
	assert_string_equal(line.path, "\\a");
	assert_rest(&line, "");
}

static void comments_and_empty_lines_are_counted(void **state)
{
	struct conf_line line;

	(void)state;
	read_one("# one\n\n  \t\n  # two\r\n\r\n  /a kernel\n\n#", &line);
	assert_int_equal(line.number, 6);
	assert_string_equal(line.path, "\\a");
	assert_rest(&line, "kernel");
}

static void cr_lf_and_no_end_of_line(void **state)
{
	static const char text[] = "monitor a\r\n/b c\r\n/d e";
	struct conf_line line;
	struct error error;
	struct conf conf;

	(void)state;
	assert_true(conf_open(&conf, text, strlen(text), &error));
	assert_true(conf_next(&conf, &line));
	assert_rest(&line, "a");
	assert_true(conf_next(&conf, &line));
	assert_rest(&line, "c");
	assert_true(conf_next(&conf, &line));
	assert_rest(&line, "e");
	assert_int_equal(line.number, 3);
	assert_false(conf_next(&conf, &line));
}

static void utf8_mark_is_passed_over(void **state)
{
	struct conf_line line;

	(void)state;
	read_one("\xef\xbb\xbfmonitor x", &line);
	assert_int_equal(line.kind, CONF_MONITOR);
	assert_rest(&line, "x");
	read_one("/a kernel -- gr\xc3\xbc\xc3\x9f", &line);
	assert_false(line.faulty);
	assert_rest(&line, "kernel -- gr\xc3\xbc\xc3\x9f");
}

static void other_encodings_are_refused(void **state)
{
	static const char le[] = "\xff\xfem\0o\0", be[] = "\xfe\xff\0m\0o", zero[] = "moni\0tor";
	struct error error;
	struct conf conf;

	(void)state;
	assert_false(conf_open(&conf, le, sizeof(le), &error));
	assert_non_null(strstr(error.text, "UTF-16; expected ASCII or UTF-8"));
	assert_false(conf_open(&conf, be, sizeof(be), &error));
	assert_non_null(strstr(error.text, "UTF-16"));
	assert_false(conf_open(&conf, zero, sizeof(zero) - 1, &error));
	assert_non_null(strstr(error.text, "zero byte at offset 4"));
}

static void nothing_is_no_line(void **state)
{
	struct conf_line line;
	struct error error;
	struct conf conf;

	(void)state;
	assert_true(conf_open(&conf, "", 0, &error));
	assert_false(conf_next(&conf, &line));
	assert_true(conf_open(&conf, "\n# x", 4, &error));
	assert_false(conf_next(&conf, &line));
}

static void a_second_monitor_line(void **state)
{
	static const char text[] = "monitor a\nmonitor b\n";
	struct conf_line line;
	struct error error;
	struct conf conf;

	(void)state;
	assert_true(conf_open(&conf, text, strlen(text), &error));
	assert_true(conf_next(&conf, &line));
	assert_false(line.faulty);
	assert_true(conf_next(&conf, &line));
	assert_true(line.faulty);
	assert_non_null(strstr(line.error.text, "second monitor line"));
}

static void assert_bad_path(const char *text, const char *reason, const char *rest)
{
	struct conf_line line;

	read_one(text, &line);
	assert_int_equal(line.kind, CONF_MODULE);
	assert_true(line.faulty);
	assert_string_equal(line.path, "");
	assert_non_null(strstr(line.error.text, reason));
	assert_rest(&line, rest);
}

static void bad_paths(void **state)
{
	char text[CONF_PATH_SIZE + 32];

	(void)state;
	assert_bad_path("monitors kernel slot=a", "neither \"monitor\" nor a path",
			"monitors kernel slot=a");
	assert_bad_path("kernel slot=a", "nor a path", "kernel slot=a");
	assert_bad_path("/b\xc3\xb6t kernel slot=a", "outside ASCII at its place 3",
			"kernel slot=a");
	memset(text, 'x', sizeof(text));
	text[0] = '/';
	strcpy(text + CONF_PATH_SIZE, " kernel slot=a");
	assert_bad_path(text, "has 256 characters; expected at most 255", "kernel slot=a");
}

static void the_longest_path(void **state)
{
	char text[CONF_PATH_SIZE + 32];
	struct conf_line line;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[0] = '/';
	strcpy(text + CONF_PATH_SIZE - 1, " kernel");
	read_one(text, &line);
	assert_false(line.faulty);
	assert_int_equal(strlen(line.path), CONF_PATH_SIZE - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(monitor_line),
		cmocka_unit_test(module_line_to_the_letter),
		cmocka_unit_test(slashes_either_way),
		cmocka_unit_test(comments_and_empty_lines_are_counted),
		cmocka_unit_test(cr_lf_and_no_end_of_line),
		cmocka_unit_test(utf8_mark_is_passed_over),
		cmocka_unit_test(other_encodings_are_refused),
		cmocka_unit_test(nothing_is_no_line),
		cmocka_unit_test(a_second_monitor_line),
		cmocka_unit_test(bad_paths),
		cmocka_unit_test(the_longest_path),
	};

	return cmocka_run_group_tests_name("efi_conf", tests, NULL, NULL);
}
