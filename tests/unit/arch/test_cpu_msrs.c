// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_cpu_msrs.c - tests which MSRs are listed, and in what order they are stopped and restored:
 * KVM's registers, performance counters, machine-check enables. The fake CPU raises #GP for others.
 */
#include "arch/x86/cpu/kvm_clock.h"
#include "arch/x86/cpu/machine_check.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/cpu/perfmon.h"
#include "cmocka.h"
#include "fake/fake_cpu.h"
#include "reports.h"

#define KVM_CLOCK      0x4b564d01
#define KVM_ASYNC_PF   0x4b564d02
#define KVM_STEAL_TIME 0x4b564d03
#define KVM_EOI	       0x4b564d04
#define KVM_POLL       0x4b564d05
#define KVM_ASYNC_INT  0x4b564d06
#define KVM_MIGRATION  0x4b564d08
#define OLD_CLOCK      0x12
#define ENABLED	       1ull

static struct msr_list state, active;
static uint64_t state_values[MSR_LIST_MAX], active_values[MSR_LIST_MAX];

static int setup(void **unused)
{
	(void)unused;
	fake_cpu_reset();
	state.count = active.count = 0;
	state.left_out = active.left_out = 0;
	return 0;
}

static void assert_list(const struct msr_list *list, const uint32_t *expected, uint32_t count)
{
	assert_int_equal(list->count, count);
	for (uint32_t i = 0; i < count; i++)
		assert_int_equal(list->msr[i], expected[i]);
}

#define ASSERT_LIST(list, ...)                                                          \
	do {                                                                            \
		static const uint32_t expected[] = {__VA_ARGS__};                       \
		assert_list(&(list), expected, sizeof(expected) / sizeof(expected[0])); \
	} while (0)

/* Adds KVM's leaves from base on, with these features, and all of KVM's registers. */
static void add_kvm(uint32_t base, uint32_t features)
{
	fake_cpuid(CPUID_FEATURES, 0, (struct cpuid){.ecx = CPUID_1_ECX_HYPERVISOR});
	fake_cpuid(base, 0, (struct cpuid){.ebx = 0x4b4d564b, .ecx = 0x564b4d56, .edx = 0x4d});
	fake_cpuid(base + 1, 0, (struct cpuid){.eax = features});
	fake_msr(0x11, 0);
	fake_msr(OLD_CLOCK, 0);
	for (uint32_t msr = 0x4b564d00; msr <= KVM_MIGRATION; msr++)
		fake_msr(msr, 0);
}

static void test_no_hypervisor(void **unused)
{
	(void)unused;
	add_kvm(0x40000000, ~0u);
	fake_cpuid(CPUID_FEATURES, 0, (struct cpuid){0});
	kvm_clock_list(&state, &active);
	assert_int_equal(state.count + active.count, 0);
}

static void test_another_hypervisor(void **unused)
{
	(void)unused;
	add_kvm(0x40000000, ~0u);
	fake_cpuid(0x40000000, 0, (struct cpuid){.ebx = 0x54474354});
	kvm_clock_list(&state, &active);
	assert_int_equal(state.count + active.count, 0);
}

static void test_kvm_behind_hyperv(void **unused)
{
	(void)unused;
	add_kvm(0x40000100, 1u << 5);
	fake_cpuid(0x40000000, 0, (struct cpuid){.ebx = 0x7263694d});
	kvm_clock_list(&state, &active);
	ASSERT_LIST(active, KVM_STEAL_TIME);
}

static void test_old_kvm_clock(void **unused)
{
	(void)unused;
	add_kvm(0x40000000, 1);
	kvm_clock_list(&state, &active);
	ASSERT_LIST(active, OLD_CLOCK);
}

/* The wall clock's register, to whose every write KVM answers, and ASYNC_PF_ACK are not listed. */
static void test_all_of_kvm(void **unused)
{
	(void)unused;
	add_kvm(0x40000000, ~0u);
	kvm_clock_list(&state, &active);
	ASSERT_LIST(active, KVM_CLOCK, KVM_STEAL_TIME, KVM_EOI, KVM_ASYNC_INT, KVM_ASYNC_PF);
	ASSERT_LIST(state, KVM_POLL, KVM_MIGRATION);
}

static void assert_event(uint32_t index, uint32_t msr, uint64_t value)
{
	assert_true(index < fake_cpu.event_count);
	assert_int_equal(fake_cpu.event[index].msr, msr);
	assert_int_equal(fake_cpu.event[index].value, value);
}

/* Between stop and restore, another kernel runs and nothing is on. The orders are mirrored. */
static void test_kvm_off_and_on(void **unused)
{
	(void)unused;
	add_kvm(0x40000000, ~0u);
	kvm_clock_list(&state, &active);
	fake_msr(KVM_CLOCK, 0x1000 | ENABLED);
	fake_msr(KVM_STEAL_TIME, 0x2000 | ENABLED);
	fake_msr(KVM_ASYNC_INT, 0xf3);
	fake_msr(KVM_ASYNC_PF, 0x3000 | ENABLED);
	msr_list_save(&active, active_values);
	assert_int_equal(fake_cpu.event_count, 0);

	msr_list_stop(&active);
	assert_int_equal(fake_cpu.event_count, 4);
	assert_event(0, KVM_ASYNC_PF, 0);
	assert_event(1, KVM_ASYNC_INT, 0);
	assert_event(2, KVM_STEAL_TIME, 0);
	assert_event(3, KVM_CLOCK, 0);

	msr_list_restore(&active, active_values);
	assert_int_equal(fake_cpu.event_count, 8);
	assert_event(4, KVM_CLOCK, 0x1000 | ENABLED);
	assert_event(5, KVM_STEAL_TIME, 0x2000 | ENABLED);
	assert_event(6, KVM_ASYNC_INT, 0xf3);
	assert_event(7, KVM_ASYNC_PF, 0x3000 | ENABLED);
}

static void test_only_differences_are_written(void **unused)
{
	(void)unused;
	fake_msr(MSR_STAR, 1);
	fake_msr(MSR_LSTAR, 2);
	msr_list_add(&state, MSR_STAR, 3, 1); /* there is no CSTAR */
	ASSERT_LIST(state, MSR_STAR, MSR_LSTAR);
	msr_list_save(&state, state_values);
	fake_msr(MSR_LSTAR, 3);
	msr_list_restore(&state, state_values);
	assert_int_equal(fake_cpu.event_count, 1);
	assert_event(0, MSR_LSTAR, 2);
	msr_list_restore(&state, state_values);
	assert_int_equal(fake_cpu.event_count, 1);
}

static bool refuse_star(uint32_t msr, uint64_t from, uint64_t to)
{
	(void)from;
	(void)to;
	return msr != MSR_STAR;
}

static void test_a_refused_write_stops_nothing(void **unused)
{
	(void)unused;
	fake_msr(MSR_STAR, 1);
	fake_msr(MSR_LSTAR, 1);
	msr_list_add(&state, MSR_STAR, 2, 1);
	msr_list_save(&state, state_values);
	fake_msr(MSR_STAR, 5);
	fake_msr(MSR_LSTAR, 5);
	fake_cpu.allows = refuse_star;
	msr_list_restore(&state, state_values);
	assert_int_equal(fake_msr_value(MSR_STAR), 5);
	assert_int_equal(fake_msr_value(MSR_LSTAR), 1);
}

static void test_a_list_that_is_full(void **unused)
{
	(void)unused;
	for (uint32_t i = 0; i < MSR_LIST_MAX + 2; i++)
		fake_msr(0x1000 + i, 0);
	msr_list_add(&state, 0x1000, MSR_LIST_MAX + 9, 1); /* some of them do not exist */
	assert_int_equal(state.count, MSR_LIST_MAX);
	assert_int_equal(state.left_out, 2);
}

static void add_msrs(uint32_t first, uint32_t count, uint32_t step)
{
	for (uint32_t i = 0; i < count; i++)
		fake_msr(first + i * step, 0);
}

/* Version 5: two counters of full width, and three fixed ones. ECX tells of more than EDX. */
static void add_intel_perfmon(uint32_t version)
{
	fake_cpuid(CPUID_VENDOR, 0, (struct cpuid){.eax = 0x16, .ebx = 0x756e6547});
	fake_cpuid(CPUID_FEATURES, 0, (struct cpuid){.ecx = 1u << 15, .edx = CPUID_1_EDX_DS});
	fake_cpuid(0x0a, 0, (struct cpuid){.eax = 2u << 8 | version, .ecx = 0x5, .edx = 2});
	fake_msr(MSR_PERF_CAPABILITIES, 1ull << 13);
	fake_msr(MSR_MISC_ENABLE, 0);
	add_msrs(MSR_PMC0, 4, 1);
	add_msrs(MSR_A_PMC0, 4, 1);
	add_msrs(MSR_PERFEVTSEL0, 4, 1);
	add_msrs(MSR_FIXED_CTR0, 4, 1);
	fake_msr(MSR_FIXED_CTR_CTRL, 0);
	fake_msr(MSR_PERF_GLOBAL_CTRL, 0);
	fake_msr(MSR_DS_AREA, 0);
	fake_msr(MSR_PEBS_ENABLE, 0);
}

/* The register that starts all counters is restored last, and stopped first. */
static void test_intel_counters(void **unused)
{
	(void)unused;
	add_intel_perfmon(5);
	perfmon_list(&state, &active);
	ASSERT_LIST(state, MSR_A_PMC0, MSR_A_PMC0 + 1, MSR_FIXED_CTR0, MSR_FIXED_CTR0 + 1,
		    MSR_FIXED_CTR0 + 2, MSR_DS_AREA);
	ASSERT_LIST(active, MSR_PERFEVTSEL0, MSR_PERFEVTSEL0 + 1, MSR_FIXED_CTR_CTRL,
		    MSR_PEBS_ENABLE, MSR_PERF_GLOBAL_CTRL);
}

static void test_intel_without_pebs(void **unused)
{
	(void)unused;
	add_intel_perfmon(3);
	fake_msr(MSR_MISC_ENABLE, 1ull << 12);
	fake_msr(MSR_PERF_CAPABILITIES, 0);
	perfmon_list(&state, &active);
	ASSERT_LIST(state, MSR_PMC0, MSR_PMC0 + 1, MSR_FIXED_CTR0, MSR_FIXED_CTR0 + 1, MSR_DS_AREA);
	ASSERT_LIST(active, MSR_PERFEVTSEL0, MSR_PERFEVTSEL0 + 1, MSR_FIXED_CTR_CTRL,
		    MSR_PERF_GLOBAL_CTRL);
}

static void test_intel_version_1(void **unused)
{
	(void)unused;
	add_intel_perfmon(1);
	perfmon_list(&state, &active);
	ASSERT_LIST(state, MSR_A_PMC0, MSR_A_PMC0 + 1);
	ASSERT_LIST(active, MSR_PERFEVTSEL0, MSR_PERFEVTSEL0 + 1);
}

static void test_no_counters(void **unused)
{
	(void)unused;
	add_intel_perfmon(0);
	perfmon_list(&state, &active);
	assert_int_equal(state.count + active.count, 0);
}

static void test_amd_counters(void **unused)
{
	(void)unused;
	fake_cpuid(CPUID_VENDOR, 0, (struct cpuid){.eax = 0x10, .ebx = 0x68747541});
	add_msrs(MSR_AMD_PERFEVTSEL0, 8, 1);
	perfmon_list(&state, &active);
	ASSERT_LIST(active, MSR_AMD_PERFEVTSEL0, MSR_AMD_PERFEVTSEL0 + 1, MSR_AMD_PERFEVTSEL0 + 2,
		    MSR_AMD_PERFEVTSEL0 + 3);
	ASSERT_LIST(state, MSR_AMD_PERFCTR0, MSR_AMD_PERFCTR0 + 1, MSR_AMD_PERFCTR0 + 2,
		    MSR_AMD_PERFCTR0 + 3);
}

static void test_amd_core_counters_and_ibs(void **unused)
{
	const uint32_t selector = MSR_AMD_CORE_PERFEVTSEL0;

	(void)unused;
	fake_cpuid(CPUID_VENDOR, 0, (struct cpuid){.eax = 0x10, .ebx = 0x68747541});
	fake_cpuid(CPUID_EXTENDED_FEATURES, 0, (struct cpuid){.ecx = 1u << 23 | 1u << 10});
	fake_cpuid(0x80000000, 0, (struct cpuid){.eax = 0x80000022});
	fake_cpuid(0x80000022, 0, (struct cpuid){.eax = 1});
	add_msrs(selector, 12, 1);
	fake_msr(MSR_AMD_IBS_FETCH_CTL, 0);
	fake_msr(MSR_AMD_IBS_OP_CTL, 0);
	fake_msr(MSR_AMD_PERF_GLOBAL_CTL, 0);
	perfmon_list(&state, &active);
	assert_int_equal(state.count, 6);
	assert_int_equal(state.msr[5], selector + 11);
	assert_int_equal(active.count, 9);
	assert_int_equal(active.msr[5], selector + 10);
	assert_int_equal(active.msr[6], MSR_AMD_IBS_FETCH_CTL);
	assert_int_equal(active.msr[8], MSR_AMD_PERF_GLOBAL_CTL);
}

static void add_machine_check(uint64_t capabilities)
{
	fake_cpuid(CPUID_FEATURES, 0, (struct cpuid){.edx = CPUID_1_EDX_MCE | CPUID_1_EDX_MCA});
	fake_msr(MSR_MCG_CAP, capabilities);
	fake_msr(MSR_MCG_CTL, 0);
	fake_msr(MSR_MCG_EXT_CTL, 0);
	add_msrs(MSR_MC0_CTL, 256, 4);
	add_msrs(MSR_MC0_CTL2, 2, 1);
}

static void test_machine_check_enables(void **unused)
{
	(void)unused;
	add_machine_check(1ull << 27 | 1ull << 10 | 1ull << 8 | 2);
	machine_check_list(&state);
	ASSERT_LIST(state, MSR_MCG_CTL, MSR_MC0_CTL, MSR_MC0_CTL + 4, MSR_MC0_CTL2,
		    MSR_MC0_CTL2 + 1, MSR_MCG_EXT_CTL);
}

static void test_machine_check_banks_alone(void **unused)
{
	(void)unused;
	add_machine_check(2);
	machine_check_list(&state);
	ASSERT_LIST(state, MSR_MC0_CTL, MSR_MC0_CTL + 4);
}

/* The registers behind the 32nd bank are of another kind. */
static void test_too_many_banks(void **unused)
{
	(void)unused;
	add_machine_check(64);
	machine_check_list(&state);
	assert_int_equal(state.count, 32);
	assert_int_equal(state.msr[31], MSR_MC0_CTL + 31 * 4);
	assert_int_equal(state.left_out, 32);
}

static void test_no_machine_check(void **unused)
{
	(void)unused;
	add_machine_check(2);
	fake_cpuid(CPUID_FEATURES, 0, (struct cpuid){.edx = CPUID_1_EDX_MCE});
	machine_check_list(&state);
	assert_int_equal(state.count, 0);
}

/* Bank 1 has an error with an address, bank 2 one without, bank 3 a stale address. */
static void test_a_machine_check_is_answered(void **unused)
{
	struct reports reports = {0};

	(void)unused;
	add_machine_check(4);
	fake_msr(MSR_MCG_STATUS, 5);
	add_msrs(MSR_MC0_STATUS, 4, 4);
	fake_msr(MSR_MC0_STATUS + 4, 0xb400000000000134);
	fake_msr(MSR_MC0_ADDR + 4, 0xdead000);
	fake_msr(MSR_MC0_STATUS + 8, 0xb000000000000135);
	fake_msr(MSR_MC0_ADDR + 12, 0x1234);
	machine_check_answer(keep_report, &reports);
	assert_int_equal(reports.count, 2);
	assert_string_equal(reports.text[0],
			    "  bank 1: status b400000000000134, address 0xdead000");
	assert_string_equal(reports.text[1], "  bank 2: status b000000000000135");
	assert_int_equal(fake_msr_value(MSR_MC0_STATUS + 4), 0);
	assert_int_equal(fake_msr_value(MSR_MC0_STATUS + 8), 0);
	assert_int_equal(fake_msr_value(MSR_MCG_STATUS), 5);
	machine_check_end();
	assert_int_equal(fake_msr_value(MSR_MCG_STATUS), 0);
}

/* Registers that such a CPU does not have are neither read nor written. */
static void test_no_machine_check_to_answer(void **unused)
{
	struct reports reports = {0};

	(void)unused;
	machine_check_answer(keep_report, &reports);
	machine_check_end();
	assert_int_equal(reports.count + fake_cpu.event_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_no_hypervisor, setup),
		cmocka_unit_test_setup(test_another_hypervisor, setup),
		cmocka_unit_test_setup(test_kvm_behind_hyperv, setup),
		cmocka_unit_test_setup(test_old_kvm_clock, setup),
		cmocka_unit_test_setup(test_all_of_kvm, setup),
		cmocka_unit_test_setup(test_kvm_off_and_on, setup),
		cmocka_unit_test_setup(test_only_differences_are_written, setup),
		cmocka_unit_test_setup(test_a_refused_write_stops_nothing, setup),
		cmocka_unit_test_setup(test_a_list_that_is_full, setup),
		cmocka_unit_test_setup(test_intel_counters, setup),
		cmocka_unit_test_setup(test_intel_without_pebs, setup),
		cmocka_unit_test_setup(test_intel_version_1, setup),
		cmocka_unit_test_setup(test_no_counters, setup),
		cmocka_unit_test_setup(test_amd_counters, setup),
		cmocka_unit_test_setup(test_amd_core_counters_and_ibs, setup),
		cmocka_unit_test_setup(test_machine_check_enables, setup),
		cmocka_unit_test_setup(test_machine_check_banks_alone, setup),
		cmocka_unit_test_setup(test_too_many_banks, setup),
		cmocka_unit_test_setup(test_no_machine_check, setup),
		cmocka_unit_test_setup(test_a_machine_check_is_answered, setup),
		cmocka_unit_test_setup(test_no_machine_check_to_answer, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
