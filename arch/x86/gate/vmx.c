// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/gate/vmx.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/fixup.h"
#include "arch/x86/memory/la57.h"

/* False: the write raised #GP. */
static bool write_cr4_safe(uint64_t value)
{
	uint64_t failed = 0;

	__asm__ volatile("1: mov %1, %%cr4\n"
			 "2:\n\t" FIXUP("1b", "2b")
			 : "+d"(failed)
			 : "r"(value)
			 : "memory");
	return !failed;
}

bool vmx_clear(void)
{
	uint64_t cr4 = read_cr4();

	if (!(cr4 & CR4_VMXE))
		return true;
	if (!write_cr4_safe(cr4 & ~CR4_VMXE))
		return false;
	if (cr4 & CR4_LA57)
		la57_leave();
	return true;
}

void vmx_leave(void)
{
	if (vmx_clear())
		return;
	__asm__ volatile("vmxoff" : : : "cc", "memory");
	vmx_clear();
}
