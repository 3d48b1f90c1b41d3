// SPDX-License-Identifier: GPL-2.0-only
/* Tests of who gets the machine when a slot's kernel has ended. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "fake/fake_console.h"
#include "fake/fake_machine.h"
#include "monitor/switch/monitor.h"
#include "monitor/switch/switch.h"
#include "reports.h"

#define SECOND 1000000u

static struct monitor monitor;
static struct slot *const alpha = &monitor.slots.slot[0];
static struct slot *const beta = &monitor.slots.slot[1];
static struct slot *const gamma_slot = &monitor.slots.slot[2];

/* What happened, as one text: "count down: Going to alpha (10), switch alpha". */
static char events[512];
static bool attended, key_pressed;
static const struct slot *damaged; /* this slot can't be resumed */
static const struct slot *faulty;  /* the start of this slot ends in a fault */
static jmp_buf started;

static void note(const char *format, ...)
{
	size_t length = strlen(events);
	va_list args;

	va_start(args, format);
	vsnprintf(events + length, sizeof(events) - length, format, args);
	va_end(args);
}

static bool fake_start(const char *how, struct slot *slot, struct error *error)
{
	note("%s%s %s", events[0] ? ", " : "", how, slot->name);
	if (slot == damaged)
		return fail(error, "slot %s is damaged", slot->name);
	if (slot != faulty) {
		succession_begin_turn(&monitor.succession, slot);
		slot->state = SWITCHYARD_RUNNING;
	}
	longjmp(started, 1);
}

bool switch_boot(struct monitor *m, struct slot *slot, struct error *error)
{
	(void)m;
	return fake_start("boot", slot, error);
}

bool switch_to(struct monitor *m, struct slot *slot, struct error *error)
{
	(void)m;
	if (slot->state == SWITCHYARD_CRASHED || slot->state == SWITCHYARD_EMPTY)
		return fail(error, "slot %s can't run", slot->name);
	return fake_start("switch", slot, error);
}

bool switch_force(struct monitor *m, struct slot *slot, struct error *error)
{
	return switch_to(m, slot, error);
}

bool switch_kill(struct monitor *m, struct slot *slot, struct error *error)
{
	(void)m;
	(void)slot;
	return fail(error, "unused");
}

static bool is_attended(void *context)
{
	(void)context;
	return attended;
}

static bool count_down(void *context, const char *what, uint32_t seconds)
{
	(void)context;
	note("%scount down: %s (%u)", events[0] ? ", " : "", what, seconds);
	fake_console.now += seconds * SECOND;
	return !key_pressed;
}

static int start(void **state)
{
	static const char *const names[] = {"alpha", "beta", "gamma"};

	(void)state;
	fake_console_reset();
	memset(&monitor, 0, sizeof(monitor));
	monitor.slots.count = 3;
	for (int i = 0; i < 3; i++) {
		strcpy(monitor.slots.slot[i].name, names[i]);
		monitor.slots.slot[i].state = SWITCHYARD_READY;
	}
	monitor.frontend.attended = is_attended;
	monitor.frontend.count_down = count_down;
	attended = true;
	key_pressed = false;
	damaged = faulty = NULL;
	return 0;
}

/* A person starts the slot, and it runs for so many seconds. It is left in the given state. */
static void run(struct slot *slot, uint32_t seconds, enum switchyard_state state)
{
	succession_begin_turn(&monitor.succession, slot);
	fake_console.now += (uint64_t)seconds * SECOND;
	slot->state = state;
}

/* Lets the slot end. Returns what happened then; "" if the person is asked at once. */
static const char *ends(struct slot *slot, enum switchyard_state state)
{
	const struct successor *successor = successor_of(slot, state == SWITCHYARD_CRASHED);

	events[0] = '\0';
	slot->state = state;
	if (!setjmp(started))
		successor_start(&monitor, slot, successor);
	return events;
}

static struct successor to(const char *name)
{
	struct successor successor = {.kind = SUCCESSOR_SLOT};

	strcpy(successor.slot, name);
	return successor;
}

static void without_options_the_person_is_asked(void **state)
{
	(void)state;
	run(alpha, 1, SWITCHYARD_PARKED);
	run(beta, 1, SWITCHYARD_RUNNING);
	assert_string_equal(ends(beta, SWITCHYARD_CRASHED), "");
	assert_string_equal(ends(beta, SWITCHYARD_READY), "");
}

static void each_end_has_its_successor(void **state)
{
	(void)state;
	beta->on_crash = to("alpha");
	beta->on_end = to("gamma");
	run(alpha, 1, SWITCHYARD_PARKED);
	run(beta, 1, SWITCHYARD_RUNNING);
	assert_string_equal(ends(beta, SWITCHYARD_CRASHED), "switch alpha");
	alpha->state = SWITCHYARD_PARKED;
	run(beta, 1, SWITCHYARD_RUNNING);
	assert_string_equal(ends(beta, SWITCHYARD_READY), "switch gamma");
}

/* The slot that tries another comes first, and is no loop if it tries again at once. */
static void a_slot_that_tries_another_gets_the_machine_back(void **state)
{
	(void)state;
	beta->on_crash = beta->on_end = to("gamma");
	beta->back = to("alpha");
	for (int i = 0; i < 5; i++) {
		run(alpha, 1, SWITCHYARD_PARKED);
		run(beta, 1, SWITCHYARD_RUNNING);
		assert_string_equal(ends(beta, i % 2 ? SWITCHYARD_CRASHED : SWITCHYARD_READY),
				    "switch alpha");
	}
	alpha->state = SWITCHYARD_CRASHED;
	run(gamma_slot, 1, SWITCHYARD_PARKED);
	run(beta, 1, SWITCHYARD_RUNNING);
	assert_string_equal(ends(beta, SWITCHYARD_CRASHED),
			    "count down: Going to gamma (10), switch gamma");
}

static void restart_is_afresh(void **state)
{
	(void)state;
	beta->on_crash.kind = SUCCESSOR_RESTART;
	beta->on_end = to("beta");
	run(beta, 1, SWITCHYARD_RUNNING);
	assert_string_equal(ends(beta, SWITCHYARD_CRASHED), "boot beta");
	assert_string_equal(ends(beta, SWITCHYARD_READY), "boot beta");
}

/* A successor that can't run is passed over, and any key stops that. */
static void a_countdown_leads_to_the_last_that_ran(void **state)
{
	(void)state;
	run(gamma_slot, 1, SWITCHYARD_PARKED);
	run(alpha, 1, SWITCHYARD_PARKED);
	run(beta, 1, SWITCHYARD_RUNNING);
	beta->on_crash = to("nobody");
	assert_string_equal(ends(beta, SWITCHYARD_CRASHED),
			    "count down: Going to alpha (10), switch alpha");
	alpha->state = SWITCHYARD_CRASHED;
	beta->on_crash = to("alpha");
	assert_string_equal(ends(beta, SWITCHYARD_CRASHED),
			    "count down: Going to gamma (10), switch gamma");
	gamma_slot->state = SWITCHYARD_PARKED;
	alpha->state = SWITCHYARD_EMPTY;
	assert_string_equal(ends(beta, SWITCHYARD_CRASHED),
			    "count down: Going to gamma (10), switch gamma");
	gamma_slot->state = SWITCHYARD_PARKED;
	key_pressed = true;
	assert_string_equal(ends(beta, SWITCHYARD_CRASHED), "count down: Going to gamma (10)");
}

static void a_damaged_slot_is_passed_over(void **state)
{
	(void)state;
	run(gamma_slot, 1, SWITCHYARD_PARKED);
	run(alpha, 1, SWITCHYARD_PARKED);
	run(beta, 1, SWITCHYARD_RUNNING);
	damaged = alpha;
	attended = false;
	assert_string_equal(ends(beta, SWITCHYARD_READY),
			    "count down: Going to alpha (10), switch alpha, "
			    "count down: Going to gamma (10), switch gamma");
}

/* A person may want to look at a crashed slot, so it starts again only if nobody is there. */
static void a_slot_alone_starts_again_if_nobody_is_there(void **state)
{
	(void)state;
	run(beta, 1, SWITCHYARD_RUNNING);
	beta->on_crash = to("nobody");
	assert_string_equal(ends(beta, SWITCHYARD_CRASHED), "");
	attended = false;
	assert_string_equal(ends(beta, SWITCHYARD_CRASHED),
			    "count down: Starting beta (10), boot beta");
}

static void a_loop_of_quick_ends_is_left(void **state)
{
	(void)state;
	beta->on_crash.kind = SUCCESSOR_RESTART;
	run(beta, 1, SWITCHYARD_RUNNING);
	for (int i = 0; i < 3; i++) {
		assert_string_equal(ends(beta, SWITCHYARD_CRASHED), "boot beta");
		fake_console.now += 59 * SECOND;
	}
	assert_string_equal(ends(beta, SWITCHYARD_CRASHED), "");

	/* A turn that lasts, or that a person began, is none of a loop. */
	run(beta, 1, SWITCHYARD_RUNNING);
	for (int i = 0; i < 5; i++) {
		assert_string_equal(ends(beta, SWITCHYARD_CRASHED), "boot beta");
		fake_console.now += 60 * SECOND;
	}
	for (int i = 0; i < 5; i++) {
		run(beta, 1, SWITCHYARD_RUNNING);
		assert_string_equal(ends(beta, SWITCHYARD_CRASHED), "boot beta");
	}
}

static void nobody_there_slows_a_loop_down(void **state)
{
	(void)state;
	attended = false;
	run(beta, 1, SWITCHYARD_RUNNING);
	for (int i = 0; i < 3; i++)
		assert_string_equal(ends(beta, SWITCHYARD_READY),
				    "count down: Starting beta (10), boot beta");
	assert_string_equal(ends(beta, SWITCHYARD_READY),
			    "count down: Starting beta (600), boot beta");
}

/* What happens when fault_recover() has found that slot; NULL: none had the machine. */
static const char *faults(struct slot *slot)
{
	events[0] = '\0';
	monitor.succession.faulted = slot;
	if (!setjmp(started))
		successor_start_after_fault(&monitor);
	return events;
}

static void a_fault_has_the_crashed_slots_successor(void **state)
{
	(void)state;
	beta->on_crash = to("alpha");
	run(beta, 1, SWITCHYARD_CRASHED);
	assert_string_equal(faults(beta), "switch alpha");
	assert_null(monitor.succession.faulted);
	assert_string_equal(faults(NULL), "");
	beta->back = to("gamma");
	run(beta, 1, SWITCHYARD_CRASHED);
	assert_string_equal(faults(beta), "switch gamma");
}

/* The turn that the successor did not get is the next one that a person starts. */
static void a_fault_while_a_successor_starts(void **state)
{
	(void)state;
	beta->on_crash.kind = SUCCESSOR_RESTART;
	for (int i = 0; i < 5; i++) {
		run(beta, 1, SWITCHYARD_RUNNING);
		faulty = beta;
		assert_string_equal(ends(beta, SWITCHYARD_CRASHED), "boot beta");
		faulty = NULL;
		assert_string_equal(faults(NULL), "");
	}
	run(beta, 1, SWITCHYARD_RUNNING);
	assert_string_equal(ends(beta, SWITCHYARD_CRASHED), "boot beta");
}

static bool resets(void)
{
	events[0] = '\0';
	if (setjmp(fake_machine.rebooted))
		return true;
	successor_reset(&monitor);
	return false;
}

static void the_machine_is_reset_if_nobody_is_there(void **state)
{
	(void)state;
	assert_false(resets());
	assert_string_equal(events, "");
	attended = false;
	assert_true(resets());
	assert_string_equal(events, "count down: Resetting the machine (60)");
	key_pressed = true;
	assert_false(resets());
}

static void missing_successors_are_named(void **state)
{
	struct reports reports = {.count = 0};

	(void)state;
	alpha->on_end = to("nobody");
	beta->on_crash = to("alpha");
	successor_check(&monitor.slots, keep_report, &reports);
	assert_int_equal(reports.count, 1);
	assert_string_equal(reports.text[0], "slot alpha: on-end=nobody: no slot has that name");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(without_options_the_person_is_asked, start),
		cmocka_unit_test_setup(each_end_has_its_successor, start),
		cmocka_unit_test_setup(a_slot_that_tries_another_gets_the_machine_back, start),
		cmocka_unit_test_setup(restart_is_afresh, start),
		cmocka_unit_test_setup(a_countdown_leads_to_the_last_that_ran, start),
		cmocka_unit_test_setup(a_damaged_slot_is_passed_over, start),
		cmocka_unit_test_setup(a_slot_alone_starts_again_if_nobody_is_there, start),
		cmocka_unit_test_setup(a_loop_of_quick_ends_is_left, start),
		cmocka_unit_test_setup(nobody_there_slows_a_loop_down, start),
		cmocka_unit_test_setup(a_fault_has_the_crashed_slots_successor, start),
		cmocka_unit_test_setup(a_fault_while_a_successor_starts, start),
		cmocka_unit_test_setup(the_machine_is_reset_if_nobody_is_there, start),
		cmocka_unit_test_setup(missing_successors_are_named, start),
	};

	return cmocka_run_group_tests_name("successor", tests, NULL, NULL);
}
