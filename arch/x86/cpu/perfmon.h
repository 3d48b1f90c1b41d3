/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * perfmon.h - performance counters. SDM volume 3, chapter 20; AMD64 Architecture Programmer's
 * Manual, volume 2, section 13.2 (counters) and appendix B (IBS).
 *
 * Counters that continue after a switch would interrupt the next kernel, most often with an NMI.
 * Counters that write samples would write them to the parked slot's memory.
 */
#ifndef ARCH_X86_CPU_PERFMON_H
#define ARCH_X86_CPU_PERFMON_H

#include "arch/x86/cpu/msr_list.h"

/*
 * Adds what this CPU has. state gets the counters. active gets the registers that make them count,
 * which must be stopped.
 */
void perfmon_list(struct msr_list *state, struct msr_list *active);

#endif
