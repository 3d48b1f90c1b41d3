// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_gate.c - calls the monitor's gate from Linux.
 *
 * The gate needs memory below 512 GiB mapped to itself, which Linux does not have. The monitor
 * provides page tables for that (switchyard_info.identity_*). So this file needs only a top-level
 * table whose entry 0 points to them and whose upper half is the kernel's own. Each CPU has its
 * own, because part of the kernel's half may be a process's (its LDT).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/pgtable_types.h>
#include <asm/special_insns.h>
#include "compat.h"
#include "core.h"

/* In the top-level table, entries from here on map the kernel's half of the address space. */
#define KERNEL_HALF (PTRS_PER_PGD / 2)

/* Present and writable; neither user nor global (SDM volume 3, table 4-15). */
#define ENTRY_FLAGS (_PAGE_PRESENT | _PAGE_RW)

/*
 * The table takes two pages, aligned to their size, but uses only one, so that bit 12 of its
 * address is clear. With page-table isolation, that bit in CR3 means "user page tables" to Linux
 * (arch/x86/entry/calling.h), and an NMI handler would clear it while our table is loaded.
 */
#define TOP_ORDER 1

int switchyard_gate_init(struct switchyard_gate *gate, const struct switchyard_info *info)
{
	unsigned int cpu;

	gate->top = kcalloc(nr_cpu_ids, sizeof(*gate->top), GFP_KERNEL);
	for_each_possible_cpu (cpu) {
		if (gate->top)
			gate->top[cpu] =
				(u64 *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, TOP_ORDER);
		if (!gate->top || !gate->top[cpu]) {
			pr_err("no memory for page tables\n");
			switchyard_gate_exit(gate);
			return -ENOMEM;
		}
	}

	gate->entry = info->gate;
	gate->identity = pgtable_l5_enabled() ? info->identity_pml4 : info->identity_pdpt;
	return 0;
}

void switchyard_gate_exit(struct switchyard_gate *gate)
{
	unsigned int cpu;

	for_each_possible_cpu (cpu)
		if (gate->top)
			free_pages((unsigned long)gate->top[cpu], TOP_ORDER);
	kfree(gate->top);
}

/*
 * The kernel's own functions can't be used, because they set pinned bits again at once
 * (cr4_pinned_mask in arch/x86/kernel/cpu/common.c), and LASS is one of these bits. The kernel's
 * copy of CR4 is wrong meanwhile, but nobody reads it: interrupts are off, and NMI handlers don't
 * use CR4.
 */
static void write_cr4(unsigned long cr4)
{
	asm volatile("mov %0, %%cr4" : : "r"(cr4) : "memory");
}

s64 switchyard_gate_call(const struct switchyard_gate *gate, u64 op, u64 arg)
{
	const u64 *current_top;
	unsigned long flags;
	u64 *top;
	unsigned long cr4;
	s64 result;

	local_irq_save(flags);
	top = gate->top[raw_smp_processor_id()];
	/*
	 * The entries are copied at each call, because this context needs the table in CR3. An
	 * older copy might not map its stack, for example.
	 */
	current_top = __va(read_cr3_pa());
	memcpy(top + KERNEL_HALF, current_top + KERNEL_HALF,
	       (PTRS_PER_PGD - KERNEL_HALF) * sizeof(u64));
	top[0] = gate->identity | ENTRY_FLAGS;
	/* With LASS, the CPU would not execute the gate, which is in the lower half. */
	cr4 = native_read_cr4();
	if (cr4 & X86_CR4_LASS)
		write_cr4(cr4 & ~X86_CR4_LASS);
	result = switchyard_gate_call_asm(op, arg, gate->entry, __pa(top));
	if (cr4 & X86_CR4_LASS)
		write_cr4(cr4);
	local_irq_restore(flags);
	return result;
}
