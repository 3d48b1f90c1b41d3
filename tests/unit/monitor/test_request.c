// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the requests that a guest may make at the gate, and of the answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "monitor/call/request.h"

#define SELF 1u

static struct slot_table slots = {
	.count = 5,
	.slot = {{.state = SWITCHYARD_READY},
		 {.state = SWITCHYARD_RUNNING},
		 {.state = SWITCHYARD_CRASHED},
		 {.state = SWITCHYARD_EMPTY}},
};

static void assert_answer(uint64_t op, uint64_t arg, int64_t answer)
{
	assert_int_equal(request_check(&slots, SELF, op, arg), answer);
}

static void switches(void **state)
{
	(void)state;
	assert_answer(SWITCHYARD_SWITCH, 1, 0);
	assert_answer(SWITCHYARD_SWITCH, 0, SWITCHYARD_ENOSLOT);
	assert_answer(SWITCHYARD_SWITCH, 4, SWITCHYARD_EEMPTY);
	assert_answer(SWITCHYARD_SWITCH, 5, SWITCHYARD_ENOSLOT); /* it was removed */
	assert_answer(SWITCHYARD_SWITCH, 6, SWITCHYARD_ENOSLOT);
	assert_answer(SWITCHYARD_SWITCH, UINT64_MAX, SWITCHYARD_ENOSLOT);
	assert_answer(SWITCHYARD_SWITCH, 1ull << 32 | 1, SWITCHYARD_ENOSLOT);
	assert_answer(SWITCHYARD_SWITCH, SELF + 1, SWITCHYARD_ESELF);
	assert_answer(SWITCHYARD_SWITCH, 3, SWITCHYARD_ECRASHED);
}

static void boots(void **state)
{
	(void)state;
	assert_answer(SWITCHYARD_BOOT, 1, 0);
	assert_answer(SWITCHYARD_BOOT, 3, 0); /* it has crashed */
	assert_answer(SWITCHYARD_BOOT, 0, SWITCHYARD_ENOSLOT);
	assert_answer(SWITCHYARD_BOOT, 4, SWITCHYARD_EEMPTY);
	assert_answer(SWITCHYARD_BOOT, 5, SWITCHYARD_ENOSLOT);
	assert_answer(SWITCHYARD_BOOT, 6, SWITCHYARD_ENOSLOT);
	assert_answer(SWITCHYARD_BOOT, SELF + 1, SWITCHYARD_ESELF);
	assert_answer(SWITCHYARD_BOOT, SWITCHYARD_COME_BACK | 1, 0);
	assert_answer(SWITCHYARD_BOOT, SWITCHYARD_COME_BACK, SWITCHYARD_ENOSLOT);
	assert_answer(SWITCHYARD_BOOT, SWITCHYARD_COME_BACK | (SELF + 1), SWITCHYARD_ESELF);
	assert_answer(SWITCHYARD_BOOT, 2ull * SWITCHYARD_COME_BACK | 1, SWITCHYARD_ENOSLOT);
	assert_answer(SWITCHYARD_SWITCH, SWITCHYARD_COME_BACK | 1, SWITCHYARD_ENOSLOT);
}

static void other_operations(void **state)
{
	(void)state;
	assert_answer(SWITCHYARD_MONITOR, 0, 0);
	assert_answer(SWITCHYARD_CRASH, 0, 0);
	assert_answer(SWITCHYARD_END, SWITCHYARD_END_POWEROFF, 0);
	assert_answer(SWITCHYARD_END, SWITCHYARD_END_HALT, 0);
	assert_answer(SWITCHYARD_END, 0, SWITCHYARD_EBADOP);
	assert_answer(SWITCHYARD_END, SWITCHYARD_END_HALT + 1, SWITCHYARD_EBADOP);
	assert_answer(0, 1, SWITCHYARD_EBADOP);
	assert_answer(SWITCHYARD_WAIT, 0, 0);
	assert_answer(SWITCHYARD_WAIT, 1, SWITCHYARD_EBADOP);
	assert_answer(SWITCHYARD_GUARD, 0, 0);
	assert_answer(SWITCHYARD_GUARD, 1, SWITCHYARD_EBADOP);
	assert_answer(SWITCHYARD_SERVICE, 1, SWITCHYARD_EBADOP); /* no request for the machine */
	assert_answer(SWITCHYARD_PARK, 0, 0);
	assert_answer(SWITCHYARD_PARK, 1, SWITCHYARD_EBADOP);
	assert_answer(SWITCHYARD_INTERRUPT, 0x1000, 0); /* what is there is checked later */
	assert_answer(SWITCHYARD_INTERRUPT | SWITCHYARD_QUICK, 0x1000, SWITCHYARD_EBADOP);
	assert_answer(SWITCHYARD_SNAPSHOT, 7, 0); /* so is the number */
	assert_answer(SWITCHYARD_SNAPSHOT + 1, 1, SWITCHYARD_EBADOP);
	assert_answer(1ull << 32 | SWITCHYARD_SWITCH, 1, SWITCHYARD_EBADOP);
}

static void flags(void **state)
{
	const uint64_t three_others = 3ull << SWITCHYARD_OTHERS_SHIFT;

	(void)state;
	assert_answer(SWITCHYARD_SWITCH | SWITCHYARD_QUICK, 1 | three_others, 0);
	assert_answer(SWITCHYARD_SWITCH | SWITCHYARD_QUICK, 9 | three_others, SWITCHYARD_ENOSLOT);
	assert_answer(SWITCHYARD_SWITCH | SWITCHYARD_FORCED, 1 | three_others, SWITCHYARD_ENOSLOT);
	assert_answer(SWITCHYARD_BOOT | SWITCHYARD_QUICK | SWITCHYARD_FORCED, 3, 0);
	assert_answer(SWITCHYARD_MONITOR | SWITCHYARD_QUICK, three_others, 0);
	assert_answer(SWITCHYARD_SNAPSHOT | SWITCHYARD_QUICK, 7 | three_others, 0);
	assert_answer(SWITCHYARD_CRASH | SWITCHYARD_QUICK, 0, SWITCHYARD_EBADOP);
	assert_answer(SWITCHYARD_PARK | SWITCHYARD_FORCED, 0, SWITCHYARD_EBADOP);
	assert_answer(SWITCHYARD_SWITCH | SWITCHYARD_KEEP_CPUS, 1 | three_others, 0);
	assert_answer(SWITCHYARD_SWITCH | SWITCHYARD_KEEP_CPUS, 9 | three_others,
		      SWITCHYARD_ENOSLOT);
	assert_answer(SWITCHYARD_END | SWITCHYARD_KEEP_CPUS, SWITCHYARD_END_HALT,
		      SWITCHYARD_EBADOP);
	assert_answer(SWITCHYARD_SWITCH | 0x800, 1, SWITCHYARD_EBADOP);
}

static void messages(void **state)
{
	char to[8];

	(void)state;
	request_copy_message(to, sizeof(to), "a\nb\x1b\x80");
	assert_string_equal(to, "a b  ");
	request_copy_message(to, sizeof(to), "longer than its room");
	assert_string_equal(to, "longer ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(switches),	    cmocka_unit_test(boots),
		cmocka_unit_test(other_operations), cmocka_unit_test(flags),
		cmocka_unit_test(messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
