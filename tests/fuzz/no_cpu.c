// SPDX-License-Identifier: GPL-2.0-only
/*
 * no_cpu.c - replaces functions that read the CPU. No parser needs them, but fuzz_console reaches
 * `selftest`, which reads CR3. It also links the code that builds a slot's ACPI tables, which reads
 * the boot CPU's number, and that of the framebuffer, which asks for vector instructions. A record
 * of a slot is refused by a CPU without PAE.
 */
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/interrupt/lapic.h"

#define HAS_PAE (1u << 6) /* CPUID.1:EDX */

uint64_t read_cr3(void)
{
	return 0;
}

struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
	(void)subleaf;
	if (leaf == CPUID_VENDOR) /* the last leaf */
		return (struct cpuid){.eax = CPUID_FEATURES};
	return (struct cpuid){.edx = leaf == CPUID_FEATURES ? HAS_PAE : 0};
}

uint32_t lapic_id(void)
{
	return 0;
}
