// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_handover.c - a request finds the boot CPU, or goes on without it, and both CPUs agree on that.
 *
 * The boot CPU is a thread of its own. Time passes only when the other CPU waits.
 */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdbool.h>
#include <string.h>
#include "arch/x86/gate/gate_cpu.h"
#include "arch/x86/interrupt/lapic.h"
#include "arch/x86/time/clock.h"
#include "cmocka.h"
#include "guest/linux/switchyard.h"
#include "monitor/switch/handover.h"

#define SECOND 1000000u
#define RACES  2000

struct gate_cpus gate_cpus;

static const struct request poweroff = {SWITCHYARD_END, SWITCHYARD_END_POWEROFF};

static struct {
	pthread_t thread;
	sem_t halted, nmi;
	struct request taken;
	bool result; /* of handover_wait() */
} boot_cpu;

static struct {
	uint64_t now;	      /* us */
	uint64_t boot_cpu_at; /* when the boot CPU comes; 0: not by itself */
	uint32_t nmis, lost;  /* NMIs that came, and how many of these the boot CPU does not see */
	bool race;	      /* halts end at once, and the limits are reached at once */
} test;

uint64_t clock_us(void)
{
	return test.now;
}

static void *run_boot_cpu(void *unused)
{
	(void)unused;
	boot_cpu.result = handover_wait(&boot_cpu.taken);
	return NULL;
}

static void boot_cpu_comes(void)
{
	assert_int_equal(pthread_create(&boot_cpu.thread, NULL, run_boot_cpu, NULL), 0);
}

void clock_wait_us(uint32_t us)
{
	test.now += test.race ? 20 * SECOND : us;
	if (!test.boot_cpu_at || test.now < test.boot_cpu_at)
		return;
	test.boot_cpu_at = 0;
	boot_cpu_comes();
	sem_wait(&boot_cpu.halted);
}

void cpu_halt(void)
{
	if (test.race) {
		sched_yield();
		return;
	}
	sem_post(&boot_cpu.halted);
	sem_wait(&boot_cpu.nmi);
}

static void boot_cpu_ends(void)
{
	assert_int_equal(pthread_join(boot_cpu.thread, NULL), 0);
}

/* The NMI ends the boot CPU's halt, and it has the request before the other CPU looks again. */
void lapic_send_nmi(uint32_t apic_id)
{
	assert_int_equal(apic_id, 0);
	if (test.nmis++ < test.lost || test.race)
		return;
	sem_post(&boot_cpu.nmi);
	boot_cpu_ends();
}

static int start(void **state)
{
	(void)state;
	memset(&test, 0, sizeof(test));
	memset(&boot_cpu, 0, sizeof(boot_cpu));
	sem_init(&boot_cpu.halted, 0, 0);
	sem_init(&boot_cpu.nmi, 0, 0);
	handover_reset();
	return 0;
}

static void boot_cpu_waits(void)
{
	boot_cpu_comes();
	sem_wait(&boot_cpu.halted);
}

static void boot_cpu_has_it(void)
{
	assert_true(boot_cpu.result);
	assert_int_equal(boot_cpu.taken.op, SWITCHYARD_END);
	assert_int_equal(boot_cpu.taken.arg, SWITCHYARD_END_POWEROFF);
}

static void the_boot_cpu_gets_the_request(void **state)
{
	(void)state;
	boot_cpu_waits();
	assert_true(handover_give(&poweroff));
	boot_cpu_has_it();
	assert_int_equal(test.nmis, 1);
}

static void a_lost_nmi_is_sent_again(void **state)
{
	(void)state;
	test.lost = 3;
	boot_cpu_waits();
	assert_true(handover_give(&poweroff));
	boot_cpu_has_it();
	assert_int_equal(test.nmis, 4);
}

static void it_comes_at_the_last_moment(void **state)
{
	(void)state;
	test.boot_cpu_at = SECOND;
	assert_true(handover_give(&poweroff));
	boot_cpu_has_it();
}

static void it_comes_too_late(void **state)
{
	(void)state;
	assert_false(handover_give(&poweroff));
	assert_in_range(test.now, SECOND, SECOND + SECOND / 10);
	assert_int_equal(test.nmis, 0);
	boot_cpu_comes();
	boot_cpu_ends();
	assert_false(boot_cpu.result);
}

static void it_waits_and_does_not_wake_up(void **state)
{
	(void)state;
	test.lost = UINT32_MAX;
	boot_cpu_waits();
	assert_false(handover_give(&poweroff));
	assert_in_range(test.now, 10 * SECOND, 11 * SECOND);
	sem_post(&boot_cpu.nmi);
	boot_cpu_ends();
	assert_false(boot_cpu.result);
}

/* Whatever becomes of the first one's, nobody else goes on. */
static void a_second_request_is_dropped(void **state)
{
	static const struct request reboot = {SWITCHYARD_END, SWITCHYARD_END_REBOOT};

	(void)state;
	assert_false(handover_give(&poweroff));
	assert_true(handover_give(&reboot));
	handover_reset();
	boot_cpu_waits();
	assert_true(handover_give(&poweroff));
	assert_true(handover_give(&reboot));
	boot_cpu_has_it();
	assert_int_equal(test.nmis, 1);
}

static void exactly_one_goes_on(void **state)
{
	(void)state;
	for (int i = 0; i < RACES; i++) {
		bool given;

		start(NULL);
		test.race = true;
		boot_cpu_comes();
		for (int turn = 0; turn < i % 8; turn++)
			sched_yield();
		given = handover_give(&poweroff);
		boot_cpu_ends();
		assert_int_equal(given, boot_cpu.result);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_boot_cpu_gets_the_request, start),
		cmocka_unit_test_setup(a_lost_nmi_is_sent_again, start),
		cmocka_unit_test_setup(it_comes_at_the_last_moment, start),
		cmocka_unit_test_setup(it_comes_too_late, start),
		cmocka_unit_test_setup(it_waits_and_does_not_wake_up, start),
		cmocka_unit_test_setup(a_second_request_is_dropped, start),
		cmocka_unit_test_setup(exactly_one_goes_on, start),
	};

	return cmocka_run_group_tests_name("handover", tests, NULL, NULL);
}
