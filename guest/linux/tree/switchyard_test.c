// SPDX-License-Identifier: GPL-2.0-only
/*
 * switchyard_test.c - tests what needs no monitor: which requests are refused at once, and the
 * words for what the monitor says.
 */
#include <kunit/test.h>
#include <linux/build_bug.h>
#include "switchyard_check.h"
#include "switchyard_ioctl.h"
#include "switchyard_names.h"

/* The monitor and programs are compiled on their own. */
static_assert(sizeof(struct switchyard_slot) == 48);
static_assert(sizeof(struct switchyard_acpi) == 48);
static_assert(offsetof(struct switchyard_acpi, info) == 40);

static const struct switchyard_slot slots[] = {
	{.name = "alpha", .state = SWITCHYARD_RUNNING},
	{.name = "beta", .state = SWITCHYARD_PARKED},
	{.name = "gamma", .state = SWITCHYARD_CRASHED},
	{.name = "delta", .state = SWITCHYARD_EMPTY},
	{}, /* was removed */
};

/* What the first slot gets when it asks. */
static int answer(u64 op, u64 arg)
{
	return switchyard_check(slots, ARRAY_SIZE(slots), 1, op, arg);
}

static void test_switch(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, answer(SWITCHYARD_SWITCH, 2), 0);
	KUNIT_EXPECT_EQ(test, answer(SWITCHYARD_SWITCH, 0), SWITCHYARD_ENOSLOT);
	KUNIT_EXPECT_EQ(test, answer(SWITCHYARD_SWITCH, 1), SWITCHYARD_ESELF);
	KUNIT_EXPECT_EQ(test, answer(SWITCHYARD_SWITCH, 3), SWITCHYARD_ECRASHED);
	KUNIT_EXPECT_EQ(test, answer(SWITCHYARD_SWITCH, 4), SWITCHYARD_EEMPTY);
	KUNIT_EXPECT_EQ(test, answer(SWITCHYARD_SWITCH, 5), SWITCHYARD_ENOSLOT);
	KUNIT_EXPECT_EQ(test, answer(SWITCHYARD_SWITCH, 6), SWITCHYARD_ENOSLOT);
}

static void test_boot(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, answer(SWITCHYARD_BOOT, 3), 0);
	KUNIT_EXPECT_EQ(test, answer(SWITCHYARD_BOOT, 3 | SWITCHYARD_COME_BACK), 0);
	KUNIT_EXPECT_EQ(test, answer(SWITCHYARD_BOOT, 1 | SWITCHYARD_COME_BACK), SWITCHYARD_ESELF);
	KUNIT_EXPECT_EQ(test, answer(SWITCHYARD_SWITCH, 2 | SWITCHYARD_COME_BACK),
			SWITCHYARD_ENOSLOT);
}

static void test_end(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, answer(SWITCHYARD_END, SWITCHYARD_END_POWEROFF), 0);
	KUNIT_EXPECT_EQ(test, answer(SWITCHYARD_END, 0), SWITCHYARD_EBADOP);
	KUNIT_EXPECT_EQ(test, answer(SWITCHYARD_END, SWITCHYARD_END_HALT + 1), SWITCHYARD_EBADOP);
	KUNIT_EXPECT_EQ(test, answer(SWITCHYARD_CRASH, 0), 0);
	KUNIT_EXPECT_EQ(test, answer(SWITCHYARD_WAIT, 1), SWITCHYARD_EBADOP);
	KUNIT_EXPECT_EQ(test, answer(0, 0), SWITCHYARD_EBADOP);
}

static void test_flags(struct kunit *test)
{
	const u64 others = 3ull << SWITCHYARD_OTHERS_SHIFT;

	KUNIT_EXPECT_EQ(test, answer(SWITCHYARD_SWITCH | SWITCHYARD_QUICK, others | 2), 0);
	KUNIT_EXPECT_EQ(test, answer(SWITCHYARD_SWITCH | SWITCHYARD_KEEP_CPUS, others | 2), 0);
	KUNIT_EXPECT_EQ(test, answer(SWITCHYARD_SWITCH, others | 2), SWITCHYARD_ENOSLOT);
	KUNIT_EXPECT_EQ(test, answer(SWITCHYARD_MONITOR | SWITCHYARD_FORCED, 0), 0);
	KUNIT_EXPECT_EQ(test, answer(SWITCHYARD_END | SWITCHYARD_QUICK, 1), SWITCHYARD_EBADOP);
}

static void test_words(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, switchyard_state_name(SWITCHYARD_READY), "ready");
	KUNIT_EXPECT_STREQ(test, switchyard_state_name(SWITCHYARD_INTERRUPTED), "interrupted");
	KUNIT_EXPECT_STREQ(test, switchyard_type_name(SWITCHYARD_ELF), "elf");
	KUNIT_EXPECT_STREQ(test, switchyard_end_name(SWITCHYARD_END_REBOOT), "rebooted");
	KUNIT_EXPECT_STREQ(test, switchyard_phase_name(SWITCHYARD_PHASE_AWAY), "away");
	KUNIT_EXPECT_STREQ(test, switchyard_error_text(SWITCHYARD_ESELF), "that slot is this one");
}

/* A later monitor may say what this driver does not know. */
static void test_unknown_words(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, switchyard_state_name(0), "unknown");
	KUNIT_EXPECT_STREQ(test, switchyard_state_name(-1), "unknown");
	KUNIT_EXPECT_STREQ(test, switchyard_state_name(255), "unknown");
	KUNIT_EXPECT_STREQ(test, switchyard_phase_name(SWITCHYARD_PHASES_END), "unknown");
	KUNIT_EXPECT_NOT_NULL(test, strstr(switchyard_error_text(-100), "unknown"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(switchyard_error_text(1), "unknown"));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(test_switch),
	KUNIT_CASE(test_boot),
	KUNIT_CASE(test_end),
	KUNIT_CASE(test_flags),
	KUNIT_CASE(test_words),
	KUNIT_CASE(test_unknown_words),
	{},
};

static struct kunit_suite suite = {
	.name = "switchyard",
	.test_cases = cases,
};

kunit_test_suite(suite);
