// SPDX-License-Identifier: GPL-2.0-only
/* Tests that every number of the guest ABI has words, and no two have the same. */
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "guest/linux/switchyard_ioctl.h"
#include "guest/linux/switchyard_names.h"
#include "monitor/config/parse_line.h"

#define NUMBER(name, number, word) number,

static const int errors[] = {SWITCHYARD_ERRORS(NUMBER)};
static const int states[] = {SWITCHYARD_STATES(NUMBER)};
static const int ends[] = {SWITCHYARD_ENDS(NUMBER)};
static const int types[] = {SWITCHYARD_TYPES(NUMBER)};

/* The numbers are consecutive. Each has a different word; other numbers have none. */
static void assert_words(const int *numbers, size_t count, int step,
			 const char *(*word_of)(int number))
{
	const char *none = word_of(0);

	assert_string_equal(word_of(step * (int)(count + 1)), none);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(numbers[i], step * (int)(i + 1));
		assert_string_not_equal(word_of(numbers[i]), none);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(word_of(numbers[i]), word_of(numbers[j]));
	}
}

#define COUNT(array) (sizeof(array) / sizeof(array[0]))

static void errors_have_texts(void **state)
{
	(void)state;
	assert_words(errors, COUNT(errors), -1, switchyard_error_text);
	assert_string_equal(switchyard_error_text(SWITCHYARD_ESELF), "that slot is this one");
	assert_non_null(strstr(switchyard_error_text(1), "unknown"));
}

static void states_have_names(void **state)
{
	(void)state;
	assert_words(states, COUNT(states), 1, switchyard_state_name);
	assert_string_equal(switchyard_state_name(SWITCHYARD_PARKED), "parked");
	assert_string_equal(switchyard_state_name(0), "unknown");
}

static void ends_have_names(void **state)
{
	(void)state;
	assert_words(ends, COUNT(ends), 1, switchyard_end_name);
	assert_string_equal(switchyard_end_name(SWITCHYARD_END_POWEROFF), "powered off");
}

static void types_have_names(void **state)
{
	(void)state;
	assert_words(types, COUNT(types), 1, switchyard_type_name);
	assert_string_equal(slot_type_name(SWITCHYARD_MULTIBOOT2), "multiboot2");
	assert_string_equal(slot_type_name(TYPE_AUTO), "auto");
}

static bool parse(const char *text, struct line *line, struct error *error)
{
	struct boot_module module = {.base = 4096, .size = 4096};

	snprintf(module.line, sizeof(module.line), "%s", text);
	return parse_line(&module, 0, line, error);
}

/* `type=` accepts each type, and lists all types when it refuses a word. */
static void types_can_be_asked_for(void **state)
{
	struct error wrong, error;
	struct line line;
	char text[32];

	(void)state;
	assert_false(parse("kernel slot=a type=x", &line, &wrong));
	for (int type = TYPE_AUTO; type <= types[COUNT(types) - 1]; type++) {
		const char *name = slot_type_name((enum switchyard_type)type);

		snprintf(text, sizeof(text), "kernel slot=a type=%s", name);
		assert_true(parse(text, &line, &error));
		assert_int_equal(line.type, type);
		assert_non_null(strstr(wrong.text, name));
	}
}

static void errno_of_a_suspend(void **state)
{
	(void)state;
	assert_non_null(strstr(switchyard_suspend_text(EBUSY), "another switch is under way"));
	assert_non_null(strstr(switchyard_suspend_text(ECANCELED), "pm_test"));
	assert_null(switchyard_suspend_text(EIO));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_have_texts),	  cmocka_unit_test(states_have_names),
		cmocka_unit_test(ends_have_names),	  cmocka_unit_test(types_have_names),
		cmocka_unit_test(types_can_be_asked_for), cmocka_unit_test(errno_of_a_suspend),
	};

	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
