/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * machine_check.h - which errors the CPU reports. SDM volume 3, section 16.3.
 *
 * Only the enables are kept. The banks' contents describe the machine's faults. They stay in the
 * banks, and the kernel that reads them first gets them.
 */
#ifndef ARCH_X86_CPU_MACHINE_CHECK_H
#define ARCH_X86_CPU_MACHINE_CHECK_H

#include "arch/x86/cpu/msr_list.h"

/* Adds the machine-check enables that this CPU has. */
void machine_check_list(struct msr_list *list);

#endif
