// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/cpu/mtrr.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/msr.h"
#include "lib/string.h"

/* IA32_MTRRCAP and IA32_MTRR_DEF_TYPE: SDM volume 3, figures 12-5 and 12-6. */
#define CAP_VARIABLE_COUNT 0xffull
#define CAP_FIXED	   (1ull << 8)
#define DEF_TYPE_ENABLE	   (1ull << 11)

/* SDM volume 3, table 12-9. */
static const uint32_t fixed_msr[] = {
	MSR_MTRR_FIX64K_00000,	  MSR_MTRR_FIX16K_80000,    MSR_MTRR_FIX16K_A0000,
	MSR_MTRR_FIX4K_C0000,	  MSR_MTRR_FIX4K_C0000 + 1, MSR_MTRR_FIX4K_C0000 + 2,
	MSR_MTRR_FIX4K_C0000 + 3, MSR_MTRR_FIX4K_C0000 + 4, MSR_MTRR_FIX4K_C0000 + 5,
	MSR_MTRR_FIX4K_C0000 + 6, MSR_MTRR_FIX4K_C0000 + 7,
};
_Static_assert(sizeof(fixed_msr) / sizeof(fixed_msr[0]) == MTRR_FIXED_COUNT,
	       "a place for each fixed range");

static bool have_mtrr(void)
{
	return cpuid(CPUID_FEATURES, 0).edx & CPUID_1_EDX_MTRR;
}

static uint32_t variable_count(uint64_t capabilities)
{
	uint32_t count = (uint32_t)(capabilities & CAP_VARIABLE_COUNT);

	return count < MTRR_VARIABLE_MAX ? count : MTRR_VARIABLE_MAX;
}

void mtrr_save(struct mtrr_state *state)
{
	uint64_t capabilities;

	memset(state, 0, sizeof(*state));
	if (!have_mtrr())
		return;
	capabilities = rdmsr(MSR_MTRRCAP);
	state->default_type = rdmsr(MSR_MTRR_DEF_TYPE);
	for (uint32_t i = 0; i < variable_count(capabilities); i++) {
		state->variable[i].base = rdmsr(MSR_MTRR_PHYSBASE0 + 2 * i);
		state->variable[i].mask = rdmsr(MSR_MTRR_PHYSMASK0 + 2 * i);
	}
	if (!(capabilities & CAP_FIXED))
		return;
	for (uint32_t i = 0; i < MTRR_FIXED_COUNT; i++)
		state->fixed[i] = rdmsr(fixed_msr[i]);
}

/* Compares words. This runs twice at each switch, and the monitor's memcmp() compares bytes. */
static bool equal(const struct mtrr_state *a, const struct mtrr_state *b)
{
	const uint64_t *words_a = (const uint64_t *)a, *words_b = (const uint64_t *)b;

	for (uint32_t i = 0; i < sizeof(*a) / sizeof(*words_a); i++)
		if (words_a[i] != words_b[i])
			return false;
	return true;
}

static void ranges_restore(const struct mtrr_state *state, const struct mtrr_state *now)
{
	for (uint32_t i = 0; i < MTRR_VARIABLE_MAX; i++) {
		if (state->variable[i].base != now->variable[i].base)
			wrmsr(MSR_MTRR_PHYSBASE0 + 2 * i, state->variable[i].base);
		if (state->variable[i].mask != now->variable[i].mask)
			wrmsr(MSR_MTRR_PHYSMASK0 + 2 * i, state->variable[i].mask);
	}
	for (uint32_t i = 0; i < MTRR_FIXED_COUNT; i++)
		if (state->fixed[i] != now->fixed[i])
			wrmsr(fixed_msr[i], state->fixed[i]);
}

/* The monitor's pages are not global, so a write to CR3 drops them all. */
static void flush_tlb(void)
{
	write_cr3(read_cr3());
}

/*
 * The sequence of SDM volume 3, 12.11.8. No cache may hold a line that the new types don't allow,
 * and no TLB an old type. So caches take in nothing new, they are emptied before and after, and all
 * memory is uncached meanwhile. Interrupts are off here, and CR4.PGE is clear. The other CPUs would
 * have to do the same at the same time. In a deep switch they wait for a SIPI. A slot whose types are
 * not firmware's is not left by a switch to which its other CPUs come (service.c), so these find
 * nothing to do here. A CPU that comes from a slot with other types does, while others spin in the
 * monitor's RAM, which all types have as firmware has it.
 */
void mtrr_restore(const struct mtrr_state *state)
{
	struct mtrr_state now;
	uint64_t cr0;

	mtrr_save(&now);
	if (equal(&now, state))
		return;
	cr0 = read_cr0();
	write_cr0((cr0 | CR0_CD) & ~CR0_NW);
	wbinvd();
	flush_tlb();
	wrmsr(MSR_MTRR_DEF_TYPE, now.default_type & ~DEF_TYPE_ENABLE);
	ranges_restore(state, &now);
	wrmsr(MSR_MTRR_DEF_TYPE, state->default_type);
	wbinvd();
	flush_tlb();
	write_cr0(cr0);
}

bool mtrr_are(const struct mtrr_state *state)
{
	struct mtrr_state now;

	mtrr_save(&now);
	return equal(&now, state);
}

uint32_t mtrr_left_out(void)
{
	uint64_t capabilities = have_mtrr() ? rdmsr(MSR_MTRRCAP) : 0;

	return (uint32_t)(capabilities & CAP_VARIABLE_COUNT) - variable_count(capabilities);
}
