// SPDX-License-Identifier: GPL-2.0-only
/* Tests of a slot's life: which events can happen in each state, and that no others can. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "monitor/slot/life.h"

#define EMPTY	    SWITCHYARD_EMPTY
#define READY	    SWITCHYARD_READY
#define RUNNING	    SWITCHYARD_RUNNING
#define PARKED	    SWITCHYARD_PARKED
#define CRASHED	    SWITCHYARD_CRASHED
#define INTERRUPTED SWITCHYARD_INTERRUPTED

/* The events that can happen in each state, and what they change. */
static const struct {
	enum switchyard_state state;
	enum life_event event;
	enum switchyard_state next;
	bool counts, devices_running;
} possible[] = {
	{EMPTY, LIFE_LOAD, READY, false, false},
	{EMPTY, LIFE_REMOVE, EMPTY, false, false},
	{READY, LIFE_REMOVE, EMPTY, false, false},
	{READY, LIFE_LOAD, READY, false, false},
	{PARKED, LIFE_LOAD, PARKED, false, false},
	{CRASHED, LIFE_LOAD, CRASHED, false, false},
	{INTERRUPTED, LIFE_LOAD, INTERRUPTED, false, false},
	{EMPTY, LIFE_RESTORE, PARKED, false, false},
	{READY, LIFE_RESTORE, PARKED, false, false},
	{READY, LIFE_RESET, READY, false, false},
	{READY, LIFE_BOOT, RUNNING, true, false},
	{RUNNING, LIFE_PARK, PARKED, false, false},
	{RUNNING, LIFE_INTERRUPT, INTERRUPTED, false, false},
	{RUNNING, LIFE_END, READY, false, true},
	{RUNNING, LIFE_CRASH, CRASHED, false, true},
	{PARKED, LIFE_RESET, READY, false, false},
	{PARKED, LIFE_RESUME, RUNNING, true, false},
	{PARKED, LIFE_LOSE, CRASHED, false, false},
	{PARKED, LIFE_KILL, READY, false, false},
	{CRASHED, LIFE_RESET, READY, false, false},
	{CRASHED, LIFE_KILL, READY, false, false},
	{INTERRUPTED, LIFE_RESET, READY, false, false},
	{INTERRUPTED, LIFE_RESUME, RUNNING, true, false},
	{INTERRUPTED, LIFE_LOSE, CRASHED, false, false},
	{INTERRUPTED, LIFE_KILL, READY, false, false},
};
#define POSSIBLE (sizeof(possible) / sizeof(possible[0]))

static int find(int state, int event)
{
	for (size_t i = 0; i < POSSIBLE; i++)
		if ((int)possible[i].state == state && (int)possible[i].event == event)
			return (int)i;
	return -1;
}

/* Invalid numbers are tested, too, because a guest can write to a table of states. */
static void nothing_else_can_happen(void **state)
{
	(void)state;
	for (int from = -1; from <= INTERRUPTED + 1; from++) {
		for (int event = 0; event <= LIFE_EVENTS; event++) {
			const struct life_step *step =
				life_step((enum switchyard_state)from, (enum life_event)event);
			int row = find(from, event);

			if (row < 0) {
				assert_null(step);
				continue;
			}
			assert_non_null(step);
			assert_int_equal(step->next, possible[row].next);
			assert_int_equal(step->counts, possible[row].counts);
			assert_int_equal(step->devices_running, possible[row].devices_running);
		}
	}
}

static void what_happens_changes_state_and_runs(void **state)
{
	(void)state;
	for (size_t i = 0; i < POSSIBLE; i++) {
		struct slot slot = {.state = possible[i].state, .runs = 7, .kernel.size = 1};

		life_apply(&slot, possible[i].event);
		assert_int_equal(slot.state, possible[i].next);
		assert_int_equal(slot.runs, possible[i].counts ? 8 : 7);
	}
}

/* It was added again, and put back to a snapshot. */
static void a_slot_without_an_image_gets_empty_again(void **state)
{
	struct slot slot = {.state = SWITCHYARD_EMPTY};

	(void)state;
	life_apply(&slot, LIFE_RESTORE);
	assert_int_equal(slot.state, PARKED);
	life_apply(&slot, LIFE_KILL);
	assert_int_equal(slot.state, EMPTY);
	life_apply(&slot, LIFE_RESTORE);
	life_apply(&slot, LIFE_RESUME);
	life_apply(&slot, LIFE_END);
	assert_int_equal(slot.state, EMPTY);
}

static void a_slot_begins_empty(void **state)
{
	struct slot slot = {.runs = 0};

	(void)state;
	life_begin(&slot);
	assert_int_equal(slot.state, EMPTY);
}

/* Each refusal names the slot, and says what its state is or what to do. */
static void refusals_have_reasons(void **state)
{
	static const struct {
		enum switchyard_state state;
		enum life_event event;
		const char *reason;
	} refused[] = {
		{RUNNING, LIFE_RESET, "slot alpha runs already"},
		{RUNNING, LIFE_RESUME, "slot alpha runs already"},
		{CRASHED, LIFE_RESUME,
		 "slot alpha has crashed (why); \"boot alpha\" starts it afresh"},
		{READY, LIFE_KILL,
		 "slot alpha is ready; only a parked, crashed or interrupted one can be killed"},
		{RUNNING, LIFE_LOAD,
		 "slot alpha is running; only a slot that does not run can be loaded"},
		{EMPTY, LIFE_RESET, "slot alpha is empty; \"syctl load alpha\" gives it an image"},
		{EMPTY, LIFE_RESUME, "slot alpha is empty; \"syctl load alpha\" gives it an image"},
		{RUNNING, LIFE_REMOVE,
		 "slot alpha is running; only a ready or empty slot can be removed"},
		{PARKED, LIFE_REMOVE, "slot alpha is parked; it can be removed when it is killed"},
		{INTERRUPTED, LIFE_REMOVE,
		 "slot alpha is interrupted; it can be removed when it is killed"},
		{CRASHED, LIFE_REMOVE,
		 "slot alpha is crashed; it can be removed when it is killed"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct slot slot = {.name = "alpha", .state = refused[i].state, .crash = "why"};
		struct error error;

		assert_false(life_allows(&slot, refused[i].event, &error));
		assert_string_equal(error.text, refused[i].reason);
		assert_int_equal(slot.state, refused[i].state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_else_can_happen),
		cmocka_unit_test(what_happens_changes_state_and_runs),
		cmocka_unit_test(a_slot_without_an_image_gets_empty_again),
		cmocka_unit_test(a_slot_begins_empty),
		cmocka_unit_test(refusals_have_reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
