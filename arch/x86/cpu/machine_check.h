/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * machine_check.h - which errors the CPU reports, and what it reports while the monitor runs. SDM
 * volume 3, chapter 16.
 *
 * Only the enables are kept for a slot. The banks' contents describe the machine's faults. They stay
 * in the banks, and the kernel that reads them first gets them; if a machine check comes while the
 * monitor runs, the monitor shows them.
 */
#ifndef ARCH_X86_CPU_MACHINE_CHECK_H
#define ARCH_X86_CPU_MACHINE_CHECK_H

#include "arch/x86/cpu/msr_list.h"
#include "lib/error.h"

/* Adds the machine-check enables that this CPU has. */
void machine_check_list(struct msr_list *list);

/*
 * Answers a machine check: reports a line for each bank that holds an error, and takes that out of
 * it.
 */
void machine_check_answer(report_fn report, void *context);

/*
 * From now on another machine check can come: the CPU shuts down at one that comes while one is in
 * progress. A kernel that panics by one leaves it so.
 */
void machine_check_end(void);

#endif
