// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/cpu/machine_check.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/msr.h"

/* IA32_MCG_CAP: SDM volume 3, figure 16-2. */
#define MCG_CAP_BANKS 0xffull
#define MCG_CAP_CTL   (1ull << 8)  /* IA32_MCG_CTL exists */
#define MCG_CAP_CMCI  (1ull << 10) /* IA32_MCi_CTL2 exists, to interrupt on corrected errors */
#define MCG_CAP_LMCE  (1ull << 27) /* IA32_MCG_EXT_CTL exists, for errors told to one CPU only */

/* Registers of a bank lie 4 apart; there is room for 32, before the VMX capabilities at 0x480. */
#define BANK_STEP 4
#define BANK_MAX  32

void machine_check_list(struct msr_list *list)
{
	const uint32_t needed = CPUID_1_EDX_MCE | CPUID_1_EDX_MCA;
	uint64_t capabilities;
	uint32_t banks;

	if ((cpuid(CPUID_FEATURES, 0).edx & needed) != needed)
		return;
	capabilities = rdmsr(MSR_MCG_CAP);
	banks = (uint32_t)(capabilities & MCG_CAP_BANKS);
	if (banks > BANK_MAX)
		banks = BANK_MAX;
	/*
	 * A kernel may disable a bank, or all of them. The next kernel must still get its reports.
	 */
	if (capabilities & MCG_CAP_CTL)
		msr_list_add(list, MSR_MCG_CTL, 1, 0);
	msr_list_add(list, MSR_MC0_CTL, banks, BANK_STEP);
	/*
	 * A kernel may not handle interrupts for corrected errors, or errors that one CPU alone
	 * gets. Another kernel's setting must not send it these.
	 */
	if (capabilities & MCG_CAP_CMCI)
		msr_list_add(list, MSR_MC0_CTL2, banks, 1);
	if (capabilities & MCG_CAP_LMCE)
		msr_list_add(list, MSR_MCG_EXT_CTL, 1, 0);
}
