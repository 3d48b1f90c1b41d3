/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_cpu.h - a fake CPU for tests on the host. A test sets its MSRs, CPUID, CR0 and CR3. The fake
 * keeps a list of all accesses in order. An MSR that the test did not add raises #GP.
 */
#ifndef TESTS_FAKE_CPU_H
#define TESTS_FAKE_CPU_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/cpu/cpu.h"

#define FAKE_MSR_MAX   320
#define FAKE_CPUID_MAX 16
#define FAKE_EVENT_MAX 512

enum fake_event_kind { FAKE_WRMSR, FAKE_WRITE_CR0, FAKE_WRITE_CR3, FAKE_WBINVD };

/* One access. Only FAKE_WRMSR uses msr. */
struct fake_event {
	enum fake_event_kind kind;
	uint32_t msr;
	uint64_t value;
};

struct fake_cpu {
	struct {
		uint32_t number;
		uint64_t value;
	} msr[FAKE_MSR_MAX];
	uint32_t msr_count;
	struct {
		uint32_t leaf, subleaf;
		struct cpuid result;
	} cpuid[FAKE_CPUID_MAX]; /* all 0 for a leaf that is not here */
	uint32_t cpuid_count;
	uint64_t cr0, cr3;
	struct fake_event event[FAKE_EVENT_MAX];
	uint32_t event_count;
	/* May refuse a WRMSR (false: #GP); NULL lets all pass. */
	bool (*allows)(uint32_t msr, uint64_t from, uint64_t to);
};

extern struct fake_cpu fake_cpu;

/* Resets the whole fake. */
void fake_cpu_reset(void);

/* Adds an MSR, or sets it, without an event. */
void fake_msr(uint32_t number, uint64_t value);

/* The MSR's present value. The test fails if there is no such MSR. */
uint64_t fake_msr_value(uint32_t number);

void fake_cpuid(uint32_t leaf, uint32_t subleaf, struct cpuid result);

#endif
