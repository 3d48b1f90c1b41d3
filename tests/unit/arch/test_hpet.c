// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_hpet.c - what is kept of an HPET whose counter runs on, in a quick switch, and what of one
 * that is halted. The registers are memory of the test's own, so nothing counts.
 */
#include "arch/x86/time/hpet.h"
#include <string.h>
#include "arch/x86/time/clock.h"
#include "cmocka.h"

#define TIMERS	   3
#define CONFIG	   (0x010 / 8)
#define COUNTER	   (0x0f0 / 8)
#define TIMER(n)   ((0x100 + 0x20 * (n)) / 8)
#define COMPARATOR 1
#define ENABLE	   1ull
#define LEGACY	   2ull
#define INTERRUPT  (1ull << 2)
#define PERIODIC   (1ull << 3)
#define NOW	   1000
#define LATER	   5000
#define ONE_SHOT   0 /* which timer that is */
#define BY_PERIODS 2

static uint64_t page[128];
static struct hpet_state one, two;

static uint32_t looks; /* at the clock */

uint64_t clock_us(void)
{
	static uint64_t now;

	looks++;
	return now += 100000; /* no period is waited for */
}

static uint64_t address(void)
{
	return (uint64_t)page;
}

static int start(void **state)
{
	(void)state;
	memset(page, 0, sizeof(page));
	memset(&one, 0, sizeof(one));
	memset(&two, 0, sizeof(two));
	page[0] = (TIMERS - 1) << 8;
	page[CONFIG] = ENABLE;
	page[COUNTER] = NOW;
	page[TIMER(ONE_SHOT)] = INTERRUPT;
	page[TIMER(ONE_SHOT) + COMPARATOR] = 77;
	page[TIMER(BY_PERIODS)] = INTERRUPT | PERIODIC;
	page[TIMER(BY_PERIODS) + COMPARATOR] = 88;
	return 0;
}

/* Another slot uses the timers, and time passes. */
static void other_slot(bool runs)
{
	page[CONFIG] = ENABLE;
	page[COUNTER] = LATER;
	page[TIMER(ONE_SHOT) + COMPARATOR] = 99;
	page[TIMER(BY_PERIODS) + COMPARATOR] = 98;
	hpet_save(address(), runs, &two);
}

/* Neither waits for it, nor gives it a state that was never there. */
static void it_reads_as_all_ones(void **state)
{
	uint64_t ones[sizeof(page) / sizeof(page[0])];

	(void)state;
	hpet_save(address(), false, &one);
	memcpy(ones, page, sizeof(ones));
	memset(page, 0xff, sizeof(page));
	looks = 0;
	hpet_save(address(), false, &two);
	assert_int_equal(looks, 0);
	memcpy(page, ones, sizeof(page));
	hpet_restore(address(), &two, &one);
	assert_memory_equal(page, ones, sizeof(page));
	/* Whoever comes after that gets all that is kept of it. */
	page[CONFIG] = 0;
	page[TIMER(ONE_SHOT) + COMPARATOR] = 99;
	hpet_restore(address(), &one, &two);
	assert_int_equal(page[CONFIG], ENABLE);
	assert_int_equal(page[COUNTER], NOW);
	assert_int_equal(page[TIMER(ONE_SHOT) + COMPARATOR], 77);
}

static void the_counter_runs_on(void **state)
{
	(void)state;
	hpet_save(address(), true, &one);
	assert_int_equal(page[CONFIG], ENABLE);
	assert_int_equal(page[COUNTER], NOW); /* no period was looked for */
	assert_int_equal(page[TIMER(ONE_SHOT)] & INTERRUPT, 0);
	assert_int_equal(page[TIMER(BY_PERIODS)] & INTERRUPT, 0);
	other_slot(true);
	hpet_restore(address(), &one, &two);
	assert_int_equal(page[CONFIG], ENABLE);
	assert_int_equal(page[COUNTER], LATER);
	assert_int_equal(page[TIMER(ONE_SHOT)], INTERRUPT);
	assert_int_equal(page[TIMER(ONE_SHOT) + COMPARATOR], 77);
	assert_int_equal(page[TIMER(BY_PERIODS)], INTERRUPT | PERIODIC);
	assert_int_equal(page[TIMER(BY_PERIODS) + COMPARATOR], 98);
}

/* After a slot that was left deep, the counter stands still. */
static void it_runs_on_after_it_was_halted(void **state)
{
	(void)state;
	page[TIMER(BY_PERIODS)] = 0;
	hpet_save(address(), true, &one);
	other_slot(false);
	assert_int_equal(page[CONFIG], 0);
	hpet_restore(address(), &one, &two);
	assert_int_equal(page[CONFIG], ENABLE);
	assert_int_equal(page[COUNTER], LATER);
}

static void a_counter_that_is_kept(void **state)
{
	(void)state;
	page[TIMER(BY_PERIODS)] = 0;
	page[COUNTER] = 0; /* as in the state of the other slot, which has not kept it */
	hpet_save(address(), false, &one);
	assert_int_equal(page[CONFIG], 0);
	other_slot(true);
	hpet_restore(address(), &one, &two);
	assert_int_equal(page[CONFIG], ENABLE);
	assert_int_equal(page[COUNTER], 0);
	assert_int_equal(page[TIMER(ONE_SHOT) + COMPARATOR], 77);
}

/* Its state has no counter, so it does not say what the register has. */
static void the_other_slot_has_halted_it(void **state)
{
	(void)state;
	page[TIMER(BY_PERIODS)] = 0;
	page[COUNTER] = 0;
	hpet_save(address(), false, &one);
	page[COUNTER] = LATER;
	hpet_save(address(), true, &two);
	hpet_restore(address(), &one, &two);
	assert_int_equal(page[CONFIG], ENABLE);
	assert_int_equal(page[COUNTER], 0);
}

/* A kernel has switched one on since the other slot was left. That one finds it silent. */
static void one_that_appears(void **state)
{
	(void)state;
	assert_int_equal(hpet_state_size(0), sizeof(struct hpet_state));
	hpet_save(0, false, &one);
	page[TIMER(BY_PERIODS)] = INTERRUPT;
	page[CONFIG] = ENABLE | LEGACY;
	hpet_save(address(), false, &two);
	hpet_restore(address(), &one, &two);
	assert_int_equal(page[CONFIG], 0);
	assert_int_equal(page[TIMER(ONE_SHOT)] & INTERRUPT, 0);
	assert_int_equal(page[TIMER(BY_PERIODS)] & INTERRUPT, 0);
	hpet_save(0, false, &one);
	hpet_restore(address(), &two, &one);
	assert_int_equal(page[CONFIG], ENABLE | LEGACY);
	assert_int_equal(page[TIMER(BY_PERIODS)], INTERRUPT);
}

static void what_answers(void **state)
{
	static const struct {
		uint64_t capabilities;
		bool answers;
	} rows[] = {
		{0x0098968080868201, true}, /* QEMU's: 10 ns */
		{0x05f5e10080868201, true},
		{0x05f5e10180868201, false},
		{0x0098968080868200, false},
		{0x0000000080868201, false},
		{0, false},
		{UINT64_MAX, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		page[0] = rows[i].capabilities;
		assert_int_equal(hpet_answers(address()), rows[i].answers);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_that_appears, start),
		cmocka_unit_test_setup(what_answers, start),
		cmocka_unit_test_setup(it_reads_as_all_ones, start),
		cmocka_unit_test_setup(the_counter_runs_on, start),
		cmocka_unit_test_setup(it_runs_on_after_it_was_halted, start),
		cmocka_unit_test_setup(a_counter_that_is_kept, start),
		cmocka_unit_test_setup(the_other_slot_has_halted_it, start),
	};

	return cmocka_run_group_tests_name("hpet", tests, NULL, NULL);
}
