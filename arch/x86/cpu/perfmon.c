// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/cpu/perfmon.h"
#include <stdbool.h>
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/msr.h"

/*
 * CPUID.0AH (SDM volume 2). EAX has the version and the number of counters, ECX and EDX describe
 * the fixed counters.
 */
#define CPUID_PERFMON	      0x0a
#define PERFMON_VERSION(eax)  (0xff & (eax))
#define PERFMON_COUNTERS(eax) ((eax) >> 8 & 0xff)
#define PERFMON_FIXED(edx)    (0x1f & (edx))
#define GLOBAL_CTRL_VERSION   2 /* and fixed counters */
#define FIXED_MASK_VERSION    5 /* ECX says which fixed counters there are */
#define COUNTERS_MAX	      16
#define FIXED_MAX	      16

/* A counter that is written through MSR_PMC0 takes 32 bits, sign-extended. */
#define PERF_CAPABILITIES_FULL_WIDTH (1ull << 13)
#define CPUID_1_ECX_PDCM	     (1u << 15) /* IA32_PERF_CAPABILITIES exists */
#define MISC_ENABLE_NO_PEBS	     (1ull << 12)

/* AMD: CPUID 80000001H ECX, 80000022H EAX. */
#define CPUID_80000001_ECX_IBS	     (1u << 10)
#define CPUID_80000001_ECX_PERF_CORE (1u << 23)
#define CPUID_EXTENDED_MAX	     0x80000000
#define CPUID_AMD_PERFMON	     0x80000022
#define AMD_PERFMON_V2		     1u
#define AMD_COUNTERS		     4
#define AMD_CORE_COUNTERS	     6
#define AMD_EBX			     0x68747541 /* "Auth", of "AuthenticAMD" */
#define HYGON_EBX		     0x6f677948 /* "Hygo", of "HygonGenuine" */

static uint32_t at_most(uint32_t value, uint32_t limit)
{
	return value < limit ? value : limit;
}

static bool full_width(void)
{
	return (cpuid(CPUID_FEATURES, 0).ecx & CPUID_1_ECX_PDCM) &&
	       (rdmsr(MSR_PERF_CAPABILITIES) & PERF_CAPABILITIES_FULL_WIDTH);
}

static void intel_fixed(struct msr_list *state, struct msr_list *active, struct cpuid leaf)
{
	uint32_t mask = (1u << at_most(PERFMON_FIXED(leaf.edx), FIXED_MAX)) - 1;

	if (PERFMON_VERSION(leaf.eax) >= FIXED_MASK_VERSION)
		mask |= leaf.ecx & ((1u << FIXED_MAX) - 1);
	for (uint32_t i = 0; i < FIXED_MAX; i++)
		if (mask & 1u << i)
			msr_list_add(state, MSR_FIXED_CTR0 + i, 1, 0);
	msr_list_add(active, MSR_FIXED_CTR_CTRL, 1, 0);
}

/*
 * The registers that say what is counted come before PERF_GLOBAL_CTRL, which starts all counters.
 */
static void intel(struct msr_list *state, struct msr_list *active)
{
	struct cpuid leaf = cpuid(CPUID_PERFMON, 0);
	uint32_t counters = at_most(PERFMON_COUNTERS(leaf.eax), COUNTERS_MAX);

	if (!PERFMON_VERSION(leaf.eax))
		return;
	active->left_out += PERFMON_COUNTERS(leaf.eax) - counters;
	msr_list_add(state, full_width() ? MSR_A_PMC0 : MSR_PMC0, counters, 1);
	msr_list_add(active, MSR_PERFEVTSEL0, counters, 1);
	if (PERFMON_VERSION(leaf.eax) < GLOBAL_CTRL_VERSION)
		return;
	intel_fixed(state, active, leaf);
	/*
	 * Precise samples go to a buffer in memory. Its address comes before the register that
	 * fills it.
	 */
	if (cpuid(CPUID_FEATURES, 0).edx & CPUID_1_EDX_DS) {
		msr_list_add(state, MSR_DS_AREA, 1, 0);
		if (!(rdmsr(MSR_MISC_ENABLE) & MISC_ENABLE_NO_PEBS))
			msr_list_add(active, MSR_PEBS_ENABLE, 1, 0);
	}
	msr_list_add(active, MSR_PERF_GLOBAL_CTRL, 1, 0);
}

static void amd(struct msr_list *state, struct msr_list *active)
{
	uint32_t features = cpuid(CPUID_EXTENDED_FEATURES, 0).ecx;

	if (features & CPUID_80000001_ECX_PERF_CORE) {
		msr_list_add(state, MSR_AMD_CORE_PERFEVTSEL0 + 1, AMD_CORE_COUNTERS, 2);
		msr_list_add(active, MSR_AMD_CORE_PERFEVTSEL0, AMD_CORE_COUNTERS, 2);
	} else {
		msr_list_add(state, MSR_AMD_PERFCTR0, AMD_COUNTERS, 1);
		msr_list_add(active, MSR_AMD_PERFEVTSEL0, AMD_COUNTERS, 1);
	}
	if (features & CPUID_80000001_ECX_IBS) {
		msr_list_add(active, MSR_AMD_IBS_FETCH_CTL, 1, 0);
		msr_list_add(active, MSR_AMD_IBS_OP_CTL, 1, 0);
	}
	if (cpuid(CPUID_EXTENDED_MAX, 0).eax >= CPUID_AMD_PERFMON &&
	    (cpuid(CPUID_AMD_PERFMON, 0).eax & AMD_PERFMON_V2))
		msr_list_add(active, MSR_AMD_PERF_GLOBAL_CTL, 1, 0);
}

void perfmon_list(struct msr_list *state, struct msr_list *active)
{
	struct cpuid vendor = cpuid(CPUID_VENDOR, 0);

	if (vendor.ebx == AMD_EBX || vendor.ebx == HYGON_EBX)
		amd(state, active);
	else if (vendor.eax >= CPUID_PERFMON)
		intel(state, active);
}
