/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * msr_list.h - MSRs that need no more than RDMSR and WRMSR. The list is made once, at start, and
 * holds those that this CPU has. Their values lie in an array beside it, in the list's order.
 */
#ifndef ARCH_X86_CPU_MSR_LIST_H
#define ARCH_X86_CPU_MSR_LIST_H

#include <stdint.h>

#define MSR_LIST_MAX 192

struct msr_list {
	uint32_t count;
	uint32_t left_out; /* those beyond the limit: they pass from one kernel to the next */
	uint32_t msr[MSR_LIST_MAX];
};

/*
 * Adds count registers from msr on, step apart. Skips those that raise #GP, and counts those for
 * which there is no room as left out. Needs the monitor's IDT.
 */
void msr_list_add(struct msr_list *list, uint32_t msr, uint32_t count, uint32_t step);

/* A mirrored pair. Load goes in the list's order, and writes only what differs. */
void msr_list_save(const struct msr_list *list, uint64_t *values);
void msr_list_restore(const struct msr_list *list, const uint64_t *values);

/*
 * Writes 0 to all registers that are not 0. The last one comes first, as the mirror image of
 * loading.
 */
void msr_list_stop(const struct msr_list *list);

#endif
