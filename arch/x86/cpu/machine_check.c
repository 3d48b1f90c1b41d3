// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/cpu/machine_check.h"
#include <stdbool.h>
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/msr.h"
#include "lib/print.h"

/* IA32_MCG_CAP: SDM volume 3, figure 16-2. */
#define MCG_CAP_BANKS 0xffull
#define MCG_CAP_CTL   (1ull << 8)  /* IA32_MCG_CTL exists */
#define MCG_CAP_CMCI  (1ull << 10) /* IA32_MCi_CTL2 exists, to interrupt on corrected errors */
#define MCG_CAP_LMCE  (1ull << 27) /* IA32_MCG_EXT_CTL exists, for errors told to one CPU only */

/* IA32_MCG_STATUS and IA32_MCi_STATUS: figures 16-3 and 16-6. */
#define MCG_STATUS_MCIP	 (1ull << 2) /* machine check in progress */
#define MCI_STATUS_VALID (1ull << 63)
#define MCI_STATUS_ADDRV (1ull << 58) /* IA32_MCi_ADDR is valid */

/* Registers of a bank lie 4 apart; there is room for 32, before the VMX capabilities at 0x480. */
#define BANK_STEP 4
#define BANK_MAX  32

static bool have_machine_checks(void)
{
	const uint32_t needed = CPUID_1_EDX_MCE | CPUID_1_EDX_MCA;

	return (cpuid(CPUID_FEATURES, 0).edx & needed) == needed;
}

void machine_check_list(struct msr_list *list)
{
	uint64_t capabilities;
	uint32_t banks;

	if (!have_machine_checks())
		return;
	capabilities = rdmsr(MSR_MCG_CAP);
	banks = (uint32_t)(capabilities & MCG_CAP_BANKS);
	if (banks > BANK_MAX) {
		list->left_out += banks - BANK_MAX;
		banks = BANK_MAX;
	}
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

static void answer_bank(uint32_t bank, report_fn report, void *context)
{
	uint64_t status, address;
	char line[80];

	if (!rdmsr_safe(MSR_MC0_STATUS + bank * BANK_STEP, &status) || !(status & MCI_STATUS_VALID))
		return;
	if (status & MCI_STATUS_ADDRV && rdmsr_safe(MSR_MC0_ADDR + bank * BANK_STEP, &address))
		format_text(line, sizeof(line), "  bank %u: status %016lx, address %#lx", bank,
			    status, address);
	else
		format_text(line, sizeof(line), "  bank %u: status %016lx", bank, status);
	report(context, line);
	wrmsr_safe(MSR_MC0_STATUS + bank * BANK_STEP, 0);
}

void machine_check_answer(report_fn report, void *context)
{
	uint32_t banks;

	if (!have_machine_checks())
		return;
	banks = (uint32_t)(rdmsr(MSR_MCG_CAP) & MCG_CAP_BANKS);
	for (uint32_t bank = 0; bank < banks && bank < BANK_MAX; bank++)
		answer_bank(bank, report, context);
}

void machine_check_end(void)
{
	if (have_machine_checks() && rdmsr(MSR_MCG_STATUS) & MCG_STATUS_MCIP)
		wrmsr(MSR_MCG_STATUS, 0);
}
