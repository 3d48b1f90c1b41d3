// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_gate.c - calling the monitor's gate from Linux.
 *
 * The gate wants memory below 512 GiB mapped to itself, which the kernel never has. The
 * monitor brings the page tables for that (switchyard_info.identity_*), so all it takes is a
 * top-level table whose entry 0 points there and whose upper half is the kernel's own.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/gfp.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <asm/io.h>
#include <asm/pgtable_types.h>
#include <asm/special_insns.h>
#include "compat.h"
#include "core.h"

/* In the top-level table, entries from here on map the kernel's half of the address space. */
#define KERNEL_HALF (PTRS_PER_PGD / 2)

/* Present and writable; neither user nor global (SDM volume 3, table 4-15). */
#define ENTRY_FLAGS (_PAGE_PRESENT | _PAGE_RW)

/*
 * Two pages, aligned to their size, though one is used: with page-table isolation Linux takes
 * bit 12 of CR3 for "these are the user's page tables" (arch/x86/entry/calling.h), and an NMI that
 * comes while our table is loaded would clear it. So it has to be clear in the address.
 */
#define TOP_ORDER 1

s64 switchyard_gate_call_asm(u64 op, u64 arg, u64 entry, u64 cr3);

int switchyard_gate_init(struct switchyard_gate *gate, const struct switchyard_info *info)
{
	gate->top = (u64 *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, TOP_ORDER);
	if (!gate->top) {
		pr_err("no memory for a page table\n");
		return -ENOMEM;
	}

	gate->entry = info->gate;
	gate->identity = pgtable_l5_enabled() ? info->identity_pml4 : info->identity_pdpt;
	return 0;
}

void switchyard_gate_exit(struct switchyard_gate *gate)
{
	free_pages((unsigned long)gate->top, TOP_ORDER);
}

/*
 * The kernel's own functions are no help: they put bits back at once that protect the kernel and are
 * never to change (cr4_pinned_mask in arch/x86/kernel/cpu/common.c), and LASS is of that kind. The
 * copy of CR4 that the kernel keeps is wrong meanwhile. Nobody looks at it: interrupts are off, and
 * NMI handlers leave CR4 alone.
 */
static void write_cr4(unsigned long cr4)
{
	asm volatile("mov %0, %%cr4" : : "r"(cr4) : "memory");
}

s64 switchyard_gate_call(const struct switchyard_gate *gate, u64 op, u64 arg)
{
	const u64 *current_top;
	unsigned long flags;
	unsigned long cr4;
	s64 result;

	local_irq_save(flags);
	/*
	 * Copied at each call: the table in CR3 has what this very context needs, such as its
	 * stack, which an older copy might lack.
	 */
	current_top = __va(read_cr3_pa());
	memcpy(gate->top + KERNEL_HALF, current_top + KERNEL_HALF,
	       (PTRS_PER_PGD - KERNEL_HALF) * sizeof(u64));
	gate->top[0] = gate->identity | ENTRY_FLAGS;
	/* With it set, the CPU executes nothing in the lower half, where the gate is. */
	cr4 = native_read_cr4();
	if (cr4 & X86_CR4_LASS)
		write_cr4(cr4 & ~X86_CR4_LASS);
	result = switchyard_gate_call_asm(op, arg, gate->entry, __pa(gate->top));
	if (cr4 & X86_CR4_LASS)
		write_cr4(cr4);
	local_irq_restore(flags);
	return result;
}
