// SPDX-License-Identifier: GPL-2.0-only
/*
 * nmi_told.c - the registers of each CPU when an NMI stopped it, for the monitor.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/desc.h>
#include <asm/msr.h>
#include <asm/ptrace.h>
#include <asm/special_insns.h>
#include "nmi.h"

struct switchyard_interrupted *switchyard_nmi_told;

/* A place of which the CPU is this has nothing noted. */
#define NOBODY U32_MAX

static size_t told_size(void)
{
	return sizeof(*switchyard_nmi_told) + nr_cpu_ids * sizeof(struct switchyard_registers);
}

static struct switchyard_registers *places(void)
{
	return (struct switchyard_registers *)(switchyard_nmi_told + 1);
}

static void forget(void)
{
	unsigned int i;

	for (i = 0; i < nr_cpu_ids; i++)
		places()[i].cpu = NOBODY;
}

int switchyard_nmi_told_init(void)
{
	switchyard_nmi_told = alloc_pages_exact(told_size(), GFP_KERNEL | __GFP_ZERO);
	if (!switchyard_nmi_told) {
		pr_err("no memory for registers\n");
		return -ENOMEM;
	}
	forget();
	return 0;
}

void switchyard_nmi_told_exit(void)
{
	free_pages_exact(switchyard_nmi_told, told_size());
}

static void note_tables(struct switchyard_registers *to)
{
	struct desc_ptr gdt, idt;
	unsigned long tr;

	native_store_gdt(&gdt);
	store_idt(&idt);
	to->gdt_base = gdt.address;
	to->gdt_limit = gdt.size;
	to->idt_base = idt.address;
	to->idt_limit = idt.size;
	store_ldt(to->ldtr);
	store_tr(tr);
	to->tr = tr;
}

static void note_system(struct switchyard_registers *to)
{
	to->cr0 = read_cr0();
	to->cr2 = read_cr2();
	to->cr3 = __native_read_cr3();
	to->cr4 = native_read_cr4();
	rdmsrl(MSR_EFER, to->efer);
	rdmsrl(MSR_FS_BASE, to->fs_base);
	rdmsrl(MSR_GS_BASE, to->gs_base);
	rdmsrl(MSR_KERNEL_GS_BASE, to->kernel_gs_base);
	savesegment(ds, to->ds);
	savesegment(es, to->es);
	savesegment(fs, to->fs);
	savesegment(gs, to->gs);
	note_tables(to);
}

void switchyard_nmi_note(const struct pt_regs *regs)
{
	struct switchyard_registers *to = &places()[raw_smp_processor_id()];

	*to = (struct switchyard_registers){
		.cpu = raw_smp_processor_id(),
		.rax = regs->ax,
		.rbx = regs->bx,
		.rcx = regs->cx,
		.rdx = regs->dx,
		.rsi = regs->si,
		.rdi = regs->di,
		.rbp = regs->bp,
		.rsp = regs->sp,
		.r8 = regs->r8,
		.r9 = regs->r9,
		.r10 = regs->r10,
		.r11 = regs->r11,
		.r12 = regs->r12,
		.r13 = regs->r13,
		.r14 = regs->r14,
		.r15 = regs->r15,
		.rip = regs->ip,
		.rflags = regs->flags,
		.cs = regs->cs,
		.ss = regs->ss,
	};
	note_system(to);
}

void switchyard_nmi_gather(u32 others, u32 absent)
{
	struct switchyard_registers *row = places();
	u32 i, count = 0;

	for (i = 0; i < nr_cpu_ids; i++)
		if (row[i].cpu != NOBODY)
			row[count++] = row[i];
	for (i = count; i < nr_cpu_ids; i++)
		row[i].cpu = NOBODY;
	*switchyard_nmi_told = (struct switchyard_interrupted){
		.size = sizeof(*switchyard_nmi_told),
		.cpu_size = sizeof(*row),
		.cpu_count = count,
		.others = others,
		.absent = absent,
	};
}
