// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "access.h"
#include "torture.h"

#define CPUID_7_ECX_LA57   (1u << 16)
#define PAGE_PRESENT_WRITE 3
#define TABLE_ENTRIES	   512

/* la57.asm */
void la57_enter(uint32_t pml5);

bool torture_la57(const struct switchyard_info *switchyard)
{
	static uint64_t pml5[TABLE_ENTRIES] __attribute__((aligned(4096)));

	if (!(cpuid(CPUID_STRUCTURED, 0).ecx & CPUID_7_ECX_LA57))
		return false;
	pml5[0] = switchyard->identity_pml4 | PAGE_PRESENT_WRITE;
	la57_enter((uint32_t)(uint64_t)pml5);
	return true;
}
