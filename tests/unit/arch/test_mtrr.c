// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/cpu/mtrr.h"
#include <string.h>
#include "arch/x86/cpu/msr.h"
#include "cmocka.h"
#include "fake/fake_cpu.h"

#define CAP_FIXED      0x100ull
#define ENABLED	       0x800ull
#define WRITE_BACK     6ull
#define VALID	       0x800ull
#define VARIABLE_COUNT 8
#define CR0_BEFORE     (CR0_PE | CR0_PG | CR0_NW)
#define CR3_BEFORE     0x123000ull

static const uint32_t fixed[] = {0x250, 0x258, 0x259, 0x268, 0x269, 0x26a,
				 0x26b, 0x26c, 0x26d, 0x26e, 0x26f};
#define FIXED_COUNT (sizeof(fixed) / sizeof(fixed[0]))

static void add_cpu(uint64_t capabilities)
{
	fake_cpu_reset();
	fake_cpu.cr0 = CR0_BEFORE;
	fake_cpu.cr3 = CR3_BEFORE;
	fake_cpuid(CPUID_FEATURES, 0, (struct cpuid){.edx = CPUID_1_EDX_MTRR});
	fake_msr(MSR_MTRRCAP, capabilities);
	fake_msr(MSR_MTRR_DEF_TYPE, ENABLED | WRITE_BACK);
	for (uint32_t i = 0; i < 2 * (capabilities & 0xff); i++)
		fake_msr(MSR_MTRR_PHYSBASE0 + i, 0);
	if (capabilities & CAP_FIXED)
		for (uint32_t i = 0; i < FIXED_COUNT; i++)
			fake_msr(fixed[i], 0x0606060606060606);
}

static int setup(void **unused)
{
	(void)unused;
	add_cpu(CAP_FIXED | VARIABLE_COUNT);
	return 0;
}

/* Fills every register with a different value, saves, clears all, and restores. */
static void test_each_register_comes_back(void **unused)
{
	struct mtrr_state state;

	(void)unused;
	for (uint32_t i = 1; i < fake_cpu.msr_count; i++)
		fake_cpu.msr[i].value = 0x1000 + i;
	memset(&state, 0xaa, sizeof(state));
	mtrr_save(&state);
	assert_int_equal(fake_cpu.event_count, 0);
	assert_true(mtrr_are(&state));
	for (uint32_t i = 1; i < fake_cpu.msr_count; i++)
		fake_cpu.msr[i].value = 0;
	assert_false(mtrr_are(&state));
	mtrr_restore(&state);
	assert_int_equal(fake_cpu.msr_count, 2 + 2 * VARIABLE_COUNT + FIXED_COUNT);
	for (uint32_t i = 1; i < fake_cpu.msr_count; i++)
		assert_int_equal(fake_cpu.msr[i].value, 0x1000 + i);
}

static void test_no_write_if_nothing_differs(void **unused)
{
	struct mtrr_state state;

	(void)unused;
	mtrr_save(&state);
	mtrr_restore(&state);
	assert_int_equal(fake_cpu.event_count, 0);
}

/* The steps are those of SDM volume 3, 12.11.8. */
static void test_sequence(void **unused)
{
	const struct fake_event expected[] = {
		{FAKE_WRITE_CR0, 0, (CR0_BEFORE | CR0_CD) & ~CR0_NW},
		{FAKE_WBINVD, 0, 0},
		{FAKE_WRITE_CR3, 0, CR3_BEFORE},
		{FAKE_WRMSR, MSR_MTRR_DEF_TYPE, WRITE_BACK},
		{FAKE_WRMSR, MSR_MTRR_PHYSMASK0 + 2 * 3, 0xfff0000000 | VALID},
		{FAKE_WRMSR, MSR_MTRR_FIX4K_C0000 + 7, 0x0505050505050505},
		{FAKE_WRMSR, MSR_MTRR_DEF_TYPE, ENABLED | WRITE_BACK},
		{FAKE_WBINVD, 0, 0},
		{FAKE_WRITE_CR3, 0, CR3_BEFORE},
		{FAKE_WRITE_CR0, 0, CR0_BEFORE},
	};
	struct mtrr_state state;

	(void)unused;
	mtrr_save(&state);
	state.variable[3].mask = 0xfff0000000 | VALID;
	state.fixed[10] = 0x0505050505050505;
	mtrr_restore(&state);
	assert_int_equal(fake_cpu.event_count, sizeof(expected) / sizeof(expected[0]));
	for (uint32_t i = 0; i < fake_cpu.event_count; i++) {
		assert_int_equal(fake_cpu.event[i].kind, expected[i].kind);
		assert_int_equal(fake_cpu.event[i].msr, expected[i].msr);
		assert_int_equal(fake_cpu.event[i].value, expected[i].value);
	}
}

/* Only the default type changes, while the MTRRs are off. They stay off. */
static void test_default_type(void **unused)
{
	struct mtrr_state state;

	(void)unused;
	mtrr_save(&state);
	state.default_type = 0;
	mtrr_restore(&state);
	assert_int_equal(fake_msr_value(MSR_MTRR_DEF_TYPE), 0);
}

/* The fake CPU has no registers of fixed ranges, so an access to them fails the test. */
static void test_cpu_without_fixed_ranges(void **unused)
{
	struct mtrr_state state;

	(void)unused;
	add_cpu(2);
	mtrr_save(&state);
	state.variable[1].base = 0x80000000;
	mtrr_restore(&state);
	assert_int_equal(fake_msr_value(MSR_MTRR_PHYSBASE0 + 2), 0x80000000);
}

static void test_cpu_without_mtrrs(void **unused)
{
	struct mtrr_state state;

	(void)unused;
	fake_cpu_reset();
	mtrr_save(&state);
	mtrr_restore(&state);
	assert_int_equal(fake_cpu.event_count, 0);
	assert_int_equal(mtrr_left_out(), 0);
}

/* If there are too many ranges, the first ones are kept, and the others are not touched. */
static void test_more_variable_ranges_than_kept(void **unused)
{
	struct mtrr_state state;

	(void)unused;
	add_cpu(MTRR_VARIABLE_MAX + 1);
	mtrr_save(&state);
	for (uint32_t i = 0; i <= MTRR_VARIABLE_MAX; i++)
		fake_msr(MSR_MTRR_PHYSBASE0 + 2 * i, 0x1000 * (i + 1));
	mtrr_restore(&state);
	for (uint32_t i = 0; i < MTRR_VARIABLE_MAX; i++)
		assert_int_equal(fake_msr_value(MSR_MTRR_PHYSBASE0 + 2 * i), 0);
	assert_int_equal(fake_msr_value(MSR_MTRR_PHYSBASE0 + 2 * MTRR_VARIABLE_MAX),
			 0x1000 * (MTRR_VARIABLE_MAX + 1));
	assert_int_equal(mtrr_left_out(), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_each_register_comes_back, setup),
		cmocka_unit_test_setup(test_no_write_if_nothing_differs, setup),
		cmocka_unit_test_setup(test_sequence, setup),
		cmocka_unit_test_setup(test_default_type, setup),
		cmocka_unit_test_setup(test_cpu_without_fixed_ranges, setup),
		cmocka_unit_test_setup(test_cpu_without_mtrrs, setup),
		cmocka_unit_test_setup(test_more_variable_ranges_than_kept, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
