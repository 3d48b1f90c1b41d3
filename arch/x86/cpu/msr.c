// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/cpu/msr.h"
#include "arch/x86/cpu/fixup.h"

bool rdmsr_safe(uint32_t msr, uint64_t *value)
{
	uint32_t low, high;
	uint64_t failed = 0;

	__asm__ volatile("1: rdmsr\n\t"
			 "mov %%edx, %1\n\t"
			 "xor %%edx, %%edx\n"
			 "2:\n\t" FIXUP("1b", "2b")
			 : "=a"(low), "=&r"(high), "+&d"(failed)
			 : "c"(msr));
	if (failed)
		return false;
	*value = (uint64_t)high << 32 | low;
	return true;
}

bool wrmsr_safe(uint32_t msr, uint64_t value)
{
	uint64_t failed = value >> 32;

	__asm__ volatile("1: wrmsr\n\t"
			 "xor %%edx, %%edx\n"
			 "2:\n\t" FIXUP("1b", "2b")
			 : "+d"(failed)
			 : "c"(msr), "a"((uint32_t)value));
	return !failed;
}
