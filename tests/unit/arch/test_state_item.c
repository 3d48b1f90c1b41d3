// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of state lists: a list is saved forward and restored backward, each item at its place.
 * Items that are left out are reset.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "cmocka.h"
#include "arch/x86/cpu/state_item.h"

#define NOTE_A 2

static char calls[64];
static const void *last_a, *last_b; /* what restore got as now */
static uint8_t memory[4 * STATE_ALIGN] __attribute__((aligned(STATE_ALIGN)));

static void note(char call)
{
	calls[strlen(calls)] = call;
}

static void save_a(void *state)
{
	note('a');
	memset(state, 'a', STATE_ALIGN + 1);
}

static void restore_a(const void *state, const void *now)
{
	last_a = now;
	note('A');
	assert_int_equal(*(const char *)state, 'a');
}

static void spare_a(void)
{
	note('q');
}

static void reset_a(void)
{
	note('r');
}

static void save_step(void *state)
{
	(void)state;
	note('s');
}

static void save_cpu(void *cpu)
{
	note(*(char *)cpu);
}

static void restore_cpu(const void *cpu, const void *now)
{
	assert_null(now);
	note(*(const char *)cpu);
}

static void save_b(void *state)
{
	note('b');
	*(char *)state = 'b';
}

static void restore_b(const void *state, const void *now)
{
	last_b = now;
	note('B');
	assert_int_equal(*(const char *)state, 'b');
}

static uint32_t size_of_a(void)
{
	return STATE_ALIGN + 1;
}

static const struct state_item items[] = {
	{.name = "a",
	 .version = 1,
	 .size = size_of_a,
	 .save = save_a,
	 .restore = restore_a,
	 .reset = reset_a,
	 .spared_by = NOTE_A,
	 .spare = spare_a},
	{.name = "step", .save = save_step},
	{.name = "cpu", .flags = STATE_OF_CPU, .save = save_cpu, .restore = restore_cpu},
	{.name = "b",
	 .version = 1,
	 .flags = STATE_FIRMWARE,
	 .bytes = 1,
	 .save = save_b,
	 .restore = restore_b},
};
#define COUNT (sizeof(items) / sizeof(items[0]))

static int start(void **state)
{
	(void)state;
	memset(calls, 0, sizeof(calls));
	memset(memory, 0, sizeof(memory));
	return 0;
}

static void each_item_has_a_place(void **state)
{
	struct state_layout layout;

	(void)state;
	state_layout_init(&layout, items, COUNT, 0);
	assert_int_equal(layout.count, COUNT);
	assert_int_equal(layout.place[0].offset, 0);
	assert_int_equal(layout.place[0].size, STATE_ALIGN + 1);
	assert_int_equal(layout.place[3].offset, 2 * STATE_ALIGN);
	assert_int_equal(layout.size, 3 * STATE_ALIGN);
}

static void restore_mirrors_save(void **state)
{
	struct state_layout layout;
	char cpu = 'c';

	(void)state;
	state_layout_init(&layout, items, COUNT, 0);
	assert_int_equal(state_save(&layout, memory, &cpu, 0), 0x9); /* the first and the last */
	state_restore(&layout, memory, &cpu, NULL, 0);
	assert_string_equal(calls, "ascbBcA");
	assert_null(last_a);
	assert_null(last_b);
}

static void an_item_that_a_note_spares_is_not_kept(void **state)
{
	struct state_layout layout;
	char cpu = 'c';

	(void)state;
	state_layout_init(&layout, items, COUNT, 0);
	assert_int_equal(state_save(&layout, memory, &cpu, NOTE_A | 1), 0x8);
	state_restore(&layout, memory, &cpu, NULL, NOTE_A | 1);
	assert_string_equal(calls, "qscbBc");
}

/* The layout of what is known may be another one, of the same list. */
static void restore_gets_what_is_known(void **state)
{
	struct state_layout layout, some;
	uint8_t firmware[STATE_ALIGN];
	struct state_now now = {.layout = &some, .memory = firmware, .known = 0x8};
	char cpu = 'c';

	(void)state;
	state_layout_init(&layout, items, COUNT, 0);
	state_layout_init(&some, items, COUNT, STATE_FIRMWARE);
	assert_int_equal(state_items(&layout, STATE_FIRMWARE), 0x8);
	state_save(&layout, memory, &cpu, 0);
	state_restore(&layout, memory, &cpu, &now, 0);
	assert_null(last_a);
	assert_ptr_equal(last_b, firmware);
}

static void what_is_left_out_is_reset(void **state)
{
	struct state_layout layout;

	(void)state;
	state_layout_init(&layout, items, COUNT, STATE_FIRMWARE);
	assert_int_equal(layout.size, STATE_ALIGN);
	state_save(&layout, memory, NULL, 0);
	state_restore(&layout, memory, NULL, NULL, 0);
	assert_string_equal(calls, "sbBr");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_item_has_a_place, start),
		cmocka_unit_test_setup(restore_mirrors_save, start),
		cmocka_unit_test_setup(what_is_left_out_is_reset, start),
		cmocka_unit_test_setup(an_item_that_a_note_spares_is_not_kept, start),
		cmocka_unit_test_setup(restore_gets_what_is_known, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
