// SPDX-License-Identifier: GPL-2.0-only
/*
 * fake_cpu.c - the functions of arch/x86/cpu/cpu.h and msr.h, on a fake CPU (fake_cpu.h).
 */
#include "fake_cpu.h"
#include <string.h>
#include "arch/x86/cpu/msr.h"
#include "cmocka.h"

/* In x2APIC mode: SDM volume 3, table 11-6. */
#define FAKE_X2APIC_IRR 0x820
#define FAKE_IRR_WORDS	8

struct fake_cpu fake_cpu;

void fake_cpu_reset(void)
{
	memset(&fake_cpu, 0, sizeof(fake_cpu));
}

static uint64_t *find(uint32_t number)
{
	for (uint32_t i = 0; i < fake_cpu.msr_count; i++)
		if (fake_cpu.msr[i].number == number)
			return &fake_cpu.msr[i].value;
	return NULL;
}

void fake_msr(uint32_t number, uint64_t value)
{
	uint64_t *old = find(number);

	if (old) {
		*old = value;
		return;
	}
	assert_in_range(fake_cpu.msr_count, 0, FAKE_MSR_MAX - 1);
	fake_cpu.msr[fake_cpu.msr_count].number = number;
	fake_cpu.msr[fake_cpu.msr_count++].value = value;
}

uint64_t fake_msr_value(uint32_t number)
{
	if (!find(number))
		fail_msg("no MSR %#x", number);
	return *find(number);
}

void fake_cpuid(uint32_t leaf, uint32_t subleaf, struct cpuid result)
{
	assert_in_range(fake_cpu.cpuid_count, 0, FAKE_CPUID_MAX - 1);
	fake_cpu.cpuid[fake_cpu.cpuid_count].leaf = leaf;
	fake_cpu.cpuid[fake_cpu.cpuid_count].subleaf = subleaf;
	fake_cpu.cpuid[fake_cpu.cpuid_count++].result = result;
}

/* If a test has set a leaf more than once, the last value is used. */
struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
	for (uint32_t i = fake_cpu.cpuid_count; i-- > 0;)
		if (fake_cpu.cpuid[i].leaf == leaf && fake_cpu.cpuid[i].subleaf == subleaf)
			return fake_cpu.cpuid[i].result;
	return (struct cpuid){0};
}

static void note(enum fake_event_kind kind, uint32_t msr, uint64_t value)
{
	assert_in_range(fake_cpu.event_count, 0, FAKE_EVENT_MAX - 1);
	fake_cpu.event[fake_cpu.event_count++] =
		(struct fake_event){.kind = kind, .msr = msr, .value = value};
}

bool rdmsr_safe(uint32_t msr, uint64_t *value)
{
	const uint64_t *found = find(msr);

	if (found)
		*value = *found;
	return found;
}

bool wrmsr_safe(uint32_t msr, uint64_t value)
{
	uint64_t *found = find(msr);

	if (!found || (fake_cpu.allows && !fake_cpu.allows(msr, *found, value)))
		return false;
	note(FAKE_WRMSR, msr, value);
	*found = value;
	return true;
}

uint64_t rdmsr(uint32_t msr)
{
	return fake_msr_value(msr);
}

void wrmsr(uint32_t msr, uint64_t value)
{
	if (!wrmsr_safe(msr, value))
		fail_msg("#GP: WRMSR %#x with %#lx", msr, value);
}

uint64_t read_cr0(void)
{
	return fake_cpu.cr0;
}

void write_cr0(uint64_t value)
{
	note(FAKE_WRITE_CR0, 0, value);
	fake_cpu.cr0 = value;
}

uint64_t read_cr3(void)
{
	return fake_cpu.cr3;
}

void write_cr3(uint64_t value)
{
	note(FAKE_WRITE_CR3, 0, value);
	fake_cpu.cr3 = value;
}

void wbinvd(void)
{
	note(FAKE_WBINVD, 0, 0);
}

/* The interrupts leave the local APIC, so its interrupt request register becomes 0. */
void interrupts_take(void)
{
	for (uint32_t i = 0; i < FAKE_IRR_WORDS; i++) {
		uint64_t *word = find(FAKE_X2APIC_IRR + i);

		if (word)
			*word = 0;
	}
}
