// SPDX-License-Identifier: GPL-2.0-only
/* test_handover.c - a request finds the boot CPU, or is told that it does not come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/x86/gate/gate_cpu.h"
#include "arch/x86/interrupt/lapic.h"
#include "arch/x86/time/clock.h"
#include "guest/linux/switchyard.h"
#include "monitor/switch/handover.h"

struct gate_cpus gate_cpus;

static const struct request poweroff = {SWITCHYARD_END, SWITCHYARD_END_POWEROFF};

static struct {
	struct request taken; /* what the boot CPU got */
	uint32_t nmis, lost;  /* NMIs that came, and how many of these the boot CPU does not see */
	uint32_t halts;
	jmp_buf done;
} cpus;

/* The boot CPU halts: then the other CPU, which runs on the same thread here, hands over. */
void cpu_halt(void)
{
	if (cpus.halts++)
		longjmp(cpus.done, 1); /* the boot CPU has taken the request in the NMI */
	assert_true(handover_give(&poweroff));
}

void lapic_send_nmi(uint32_t apic_id)
{
	assert_int_equal(apic_id, 0);
	if (cpus.nmis++ >= cpus.lost)
		cpus.taken = handover_wait();
}

static void wait_for_request(uint32_t lost)
{
	memset(&cpus, 0, sizeof(cpus));
	cpus.lost = lost;
	handover_reset();
	if (!setjmp(cpus.done))
		handover_wait();
}

static void test_the_boot_cpu_gets_the_request(void **state)
{
	(void)state;
	wait_for_request(0);
	assert_int_equal(cpus.taken.op, SWITCHYARD_END);
	assert_int_equal(cpus.taken.arg, SWITCHYARD_END_POWEROFF);
	assert_int_equal(cpus.nmis, 1);
}

static void test_a_lost_nmi_is_sent_again(void **state)
{
	(void)state;
	wait_for_request(3);
	assert_int_equal(cpus.taken.op, SWITCHYARD_END);
	assert_int_equal(cpus.nmis, 4);
}

/* It comes first, because the tests above leave a boot CPU that waits. */
static void test_the_boot_cpu_does_not_come(void **state)
{
	uint64_t before = clock_us();

	(void)state;
	memset(&cpus, 0, sizeof(cpus));
	assert_false(handover_give(&poweroff));
	assert_int_equal(cpus.nmis, 0);
	assert_in_range(clock_us() - before, 1000000, 1100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_boot_cpu_does_not_come),
		cmocka_unit_test(test_the_boot_cpu_gets_the_request),
		cmocka_unit_test(test_a_lost_nmi_is_sent_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
