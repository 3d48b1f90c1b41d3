// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/cpu/msr_list.h"
#include "arch/x86/cpu/msr.h"

void msr_list_add(struct msr_list *list, uint32_t msr, uint32_t count, uint32_t step)
{
	uint64_t value;

	for (uint32_t i = 0; i < count; i++) {
		if (!rdmsr_safe(msr + i * step, &value))
			continue;
		if (list->count < MSR_LIST_MAX)
			list->msr[list->count++] = msr + i * step;
		else
			list->left_out++;
	}
}

void msr_list_save(const struct msr_list *list, uint64_t *values)
{
	for (uint32_t i = 0; i < list->count; i++)
		values[i] = rdmsr(list->msr[i]);
}

/*
 * A write may be slow, so equal values are not written. A hypervisor may refuse a write. That
 * register is left as it is, because the kernel with that value set it in some other way.
 */
void msr_list_restore(const struct msr_list *list, const uint64_t *values)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (rdmsr(list->msr[i]) != values[i])
			wrmsr_safe(list->msr[i], values[i]);
}

void msr_list_stop(const struct msr_list *list)
{
	for (uint32_t i = list->count; i-- > 0;)
		if (rdmsr(list->msr[i]))
			wrmsr_safe(list->msr[i], 0);
}
