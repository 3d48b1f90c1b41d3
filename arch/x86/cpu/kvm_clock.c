// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/cpu/kvm_clock.h"
#include <stdbool.h>
#include "arch/x86/cpu/cpu.h"

/* Hypervisors describe themselves in this range. Each block begins at a multiple of the step. */
#define HYPERVISOR_BASE	   0x40000000
#define HYPERVISOR_END	   0x40010000
#define HYPERVISOR_STEP	   0x100
#define KVM_FEATURES	   1 /* leaf, from the block's first on; bits in EAX: */

#define FEATURE_OLD_CLOCK  (1u << 0)
#define FEATURE_CLOCK	   (1u << 3)
#define FEATURE_ASYNC_PF   (1u << 4)
#define FEATURE_STEAL_TIME (1u << 5)
#define FEATURE_EOI	   (1u << 6)
#define FEATURE_POLL	   (1u << 12)
#define FEATURE_ASYNC_INT  (1u << 14)
#define FEATURE_MIGRATION  (1u << 17)

#define MSR_OLD_CLOCK	   0x12
#define MSR_CLOCK	   0x4b564d01
#define MSR_ASYNC_PF	   0x4b564d02
#define MSR_STEAL_TIME	   0x4b564d03
#define MSR_EOI		   0x4b564d04
#define MSR_POLL	   0x4b564d05
#define MSR_ASYNC_INT	   0x4b564d06
#define MSR_MIGRATION	   0x4b564d08

/*
 * Two registers are left alone. The wall clock's (0x11, 0x4b564d00) is no state, because each write
 * asks for one answer. A write that is repeated later would send the answer to memory that the
 * kernel may use for something else by then. ASYNC_PF_ACK (0x4b564d07) can only be written.
 *
 * The interrupt vector of asynchronous page faults must be set before they are enabled, and stay
 * set until they are disabled. The clock is started first and stopped last, because the others
 * count in its time. KVM treats the old and the new register of the clock as one.
 */
static const struct {
	uint32_t feature, msr;
	bool active; /* KVM writes to memory, or interrupts */
} registers[] = {
	{FEATURE_CLOCK, MSR_CLOCK, true},
	{FEATURE_STEAL_TIME, MSR_STEAL_TIME, true},
	{FEATURE_EOI, MSR_EOI, true},
	{FEATURE_ASYNC_INT, MSR_ASYNC_INT, true},
	{FEATURE_ASYNC_PF, MSR_ASYNC_PF, true},
	{FEATURE_POLL, MSR_POLL, false},	   /* the host busy-waits when we halt */
	{FEATURE_MIGRATION, MSR_MIGRATION, false}, /* the kernel is ready to be migrated */
};

/*
 * The first leaf of KVM's block; 0 if there is none. Another block, such as Hyper-V's, may come
 * before it.
 */
static uint32_t kvm_base(void)
{
	if (!(cpuid(CPUID_FEATURES, 0).ecx & CPUID_1_ECX_HYPERVISOR))
		return 0;
	for (uint32_t leaf = HYPERVISOR_BASE; leaf < HYPERVISOR_END; leaf += HYPERVISOR_STEP) {
		struct cpuid name = cpuid(leaf, 0);

		/* "KVMKVMKVM\0\0\0" */
		if (name.ebx == 0x4b4d564b && name.ecx == 0x564b4d56 && name.edx == 0x4d)
			return leaf;
	}
	return 0;
}

void kvm_clock_list(struct msr_list *state, struct msr_list *active)
{
	uint32_t base = kvm_base();
	uint32_t features;

	if (!base)
		return;
	features = cpuid(base + KVM_FEATURES, 0).eax;
	if ((features & (FEATURE_CLOCK | FEATURE_OLD_CLOCK)) == FEATURE_OLD_CLOCK)
		msr_list_add(active, MSR_OLD_CLOCK, 1, 0);
	for (unsigned int i = 0; i < sizeof(registers) / sizeof(registers[0]); i++)
		if (features & registers[i].feature)
			msr_list_add(registers[i].active ? active : state, registers[i].msr, 1, 0);
}
