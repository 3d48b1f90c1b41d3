// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the words that the monitor appends: a word that the person gave wins. */
#include <string.h>
#include "cmocka.h"
#include "monitor/config/own_words.h"

/* Is the word, or one of its name, in the line? */
static const struct {
	const char *line, *word;
	bool given;
} lines[] = {
	{"", "panic=1", false},
	{"panic=30", "panic=1", true},
	{"quiet panic=", "panic=1", true},
	{"quiet panic", "panic=1", false},
	{"quiet  panic=1 ro", "panic=2", true},
	{"panic_on_oops=1", "panic=1", false},
	{"xpanic=1", "panic=1", false},
	{"panic=1", "panic", false},
	{"quiet", "quiet", true},
	{"quieter quiet", "quiet", true},
	{"quieter", "quiet", false},
	{"root=/dev/x", "root=", true},
	{"-- x", "--", true},
	{"--x x--", "--", false},
};

static void given(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_int_equal(own_words_given(lines[i].line, lines[i].word), lines[i].given);
}

static void exact(void **state)
{
	(void)state;
	assert_true(own_words_exact("acpi=off", "acpi=off"));
	assert_true(own_words_exact("quiet acpi=off ro", "acpi=off"));
	assert_true(own_words_exact("acpi=offline acpi=off", "acpi=off"));
	assert_false(own_words_exact("acpi=force", "acpi=off"));
	assert_false(own_words_exact("quiet -- acpi=off", "acpi=off"));
	assert_true(own_words_exact("acpi=off -- single", "acpi=off"));
	assert_false(own_words_exact("xacpi=off", "acpi=off"));
	assert_false(own_words_exact("", "acpi=off"));
}

static void appended(void **state)
{
	char words[OWN_WORDS_SIZE] = "";

	(void)state;
	own_words_add(words, "quiet panic=30", "panic=1");
	assert_string_equal(words, "");
	own_words_add(words, "quiet panic=30", "reboot=efi");
	own_words_add(words, "quiet panic=30", "quiet");
	own_words_add(words, "quiet panic=30", "ro");
	assert_string_equal(words, " reboot=efi ro");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given),
		cmocka_unit_test(exact),
		cmocka_unit_test(appended),
	};

	return cmocka_run_group_tests_name("own_words", tests, NULL, NULL);
}
