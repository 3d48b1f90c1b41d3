// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the gate's lock: one CPU has it at a time, also when one that had it never lets it go. */
#include <stddef.h>
#include <stdint.h>
#include "arch/x86/gate/gate_lock.h"
#include "arch/x86/time/clock.h"
#include "cmocka.h"

static uint32_t lock;
static uint64_t now;		/* us; each look at the clock takes a millisecond */
static uint64_t at;		/* when other_cpu() is called, once; 0: not */
static void (*other_cpu)(void); /* what another CPU does meanwhile */
static uint32_t ticket, other_ticket;

uint64_t clock_us(void)
{
	now += 1000;
	if (at && now >= at) {
		at = 0;
		other_cpu();
	}
	return now;
}

static int start(void **state)
{
	(void)state;
	now = at = 0;
	gate_lock_reset(&lock);
	return 0;
}

static void release(void)
{
	gate_lock_release(&lock, ticket);
}

static void take_over(void)
{
	other_ticket = gate_lock_take(&lock, GATE_LOCK_SERVICE);
}

static void it_is_free_after_its_release(void **state)
{
	(void)state;
	ticket = gate_lock_take(&lock, GATE_LOCK_SERVICE);
	other_cpu = release;
	at = 2000000;
	gate_lock_take(&lock, GATE_LOCK_SERVICE);
	assert_in_range(now, 2000000, 2100000);
}

static void a_service_that_never_ends(void **state)
{
	(void)state;
	ticket = gate_lock_take(&lock, GATE_LOCK_SERVICE);
	other_ticket = gate_lock_take(&lock, GATE_LOCK_REQUEST);
	assert_in_range(now, GATE_LOCK_SERVICE_US, GATE_LOCK_SERVICE_US + 100000);
	release(); /* it was only slow */
	at = now + 60000000;
	other_cpu = release;
	ticket = other_ticket;
	gate_lock_take(&lock, GATE_LOCK_SERVICE); /* a request takes as long as it takes */
	assert_true(now >= 60000000);
}

/* The one that waits less long was first. The other one has to wait for that one. */
static void two_wait_for_a_service_that_never_ends(void **state)
{
	uint32_t last;

	(void)state;
	gate_lock_take(&lock, GATE_LOCK_SERVICE);
	other_cpu = take_over;
	at = 10000; /* it begins to wait in the middle of this CPU's waiting, and ends first */
	last = gate_lock_take(&lock, GATE_LOCK_SERVICE);
	assert_int_not_equal(last, other_ticket);
	assert_in_range(now, 2 * GATE_LOCK_SERVICE_US, 2 * GATE_LOCK_SERVICE_US + 100000);
	gate_lock_release(&lock, other_ticket);
	now = 0;
	gate_lock_take(&lock, GATE_LOCK_SERVICE);
	assert_true(now >= GATE_LOCK_SERVICE_US); /* so the last one still had it */
}

static void the_next_kernel_finds_it_free(void **state)
{
	(void)state;
	ticket = gate_lock_take(&lock, GATE_LOCK_REQUEST);
	gate_lock_reset(&lock);
	other_ticket = gate_lock_take(&lock, GATE_LOCK_REQUEST);
	assert_int_not_equal(ticket, other_ticket);
	assert_true(now < 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_is_free_after_its_release, start),
		cmocka_unit_test_setup(a_service_that_never_ends, start),
		cmocka_unit_test_setup(two_wait_for_a_service_that_never_ends, start),
		cmocka_unit_test_setup(the_next_kernel_finds_it_free, start),
	};

	return cmocka_run_group_tests_name("gate lock", tests, NULL, NULL);
}
