// SPDX-License-Identifier: GPL-2.0-only
/*
 * asm_offsets.c - what NASM has to know of C's structures and constants.
 *
 * Compiled to assembly text only: monitor.mk turns each "->" line into a %define of
 * build/monitor/arch/x86/gate/asm_offsets.inc.
 */
#include <stddef.h>
#include "arch/x86/gate/cpu_context.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/gate/descriptors.h"
#include "arch/x86/gate/enter.h"
#include "arch/x86/cpu/msr.h"
#include "multiboot_format.h"

#define DEFINE(name, value)  __asm__ volatile("\n.ascii \"->" name " %0\"" : : "i"(value))
#define OFFSET(type, member) DEFINE(#type "." #member, offsetof(struct type, member))

void asm_offsets(void);
void asm_multiboot2(void);

void asm_offsets(void)
{
	OFFSET(cpu_context, rbx);
	OFFSET(cpu_context, rcx);
	OFFSET(cpu_context, rdx);
	OFFSET(cpu_context, rsi);
	OFFSET(cpu_context, rdi);
	OFFSET(cpu_context, rbp);
	OFFSET(cpu_context, rsp);
	OFFSET(cpu_context, r8);
	OFFSET(cpu_context, r9);
	OFFSET(cpu_context, r10);
	OFFSET(cpu_context, r11);
	OFFSET(cpu_context, r12);
	OFFSET(cpu_context, r13);
	OFFSET(cpu_context, r14);
	OFFSET(cpu_context, r15);
	OFFSET(cpu_context, rflags);
	OFFSET(cpu_context, cr0);
	OFFSET(cpu_context, cr2);
	OFFSET(cpu_context, cr3);
	OFFSET(cpu_context, cr4);
	OFFSET(cpu_context, cr8);
	OFFSET(cpu_context, fs_base);
	OFFSET(cpu_context, gs_base);
	OFFSET(cpu_context, kernel_gs_base);
	OFFSET(cpu_context, efer);
	OFFSET(cpu_context, gdtr);
	OFFSET(cpu_context, idtr);
	OFFSET(cpu_context, ldtr);
	OFFSET(cpu_context, tr);
	OFFSET(cpu_context, cs);
	OFFSET(cpu_context, ds);
	OFFSET(cpu_context, es);
	OFFSET(cpu_context, fs);
	OFFSET(cpu_context, gs);
	OFFSET(cpu_context, ss);
	OFFSET(cpu_context, progress);
	DEFINE("cpu_context.gdtr_base",
	       offsetof(struct cpu_context, gdtr) + offsetof(struct descriptor_pointer, base));
	DEFINE("GATE_ENTERED", GATE_ENTERED);
	DEFINE("GATE_SAVED", GATE_SAVED);
	DEFINE("GATE_RESUMING", GATE_RESUMING);
	DEFINE("GATE_IDLE", GATE_IDLE);

	OFFSET(guest_entry, ip);
	OFFSET(guest_entry, sp);
	OFFSET(guest_entry, ax);
	OFFSET(guest_entry, bx);
	OFFSET(guest_entry, cx);
	OFFSET(guest_entry, dx);
	OFFSET(guest_entry, si);
	OFFSET(guest_entry, di);

	OFFSET(gate_anchor, context);
	OFFSET(gate_anchor, cr3);
	OFFSET(gate_anchor, cr3_la57);
	OFFSET(gate_anchor, cr4);
	OFFSET(gate_anchor, gdtr);
	OFFSET(gate_anchor, idtr);
	OFFSET(gate_anchor, tss_descriptor);
	OFFSET(gate_anchor, stack);
	DEFINE("SELECTOR_CODE32", SELECTOR_CODE32);
	DEFINE("SELECTOR_CODE64", SELECTOR_CODE64);
	DEFINE("SELECTOR_DATA", SELECTOR_DATA);
	DEFINE("SELECTOR_TSS", SELECTOR_TSS);
	DEFINE("DESCRIPTOR_TYPE_BYTE", DESCRIPTOR_TYPE_BYTE);
	DEFINE("DESCRIPTOR_TSS_BUSY", DESCRIPTOR_TSS_BUSY);
	DEFINE("DESCRIPTOR_TSS_MASK", DESCRIPTOR_TSS_MASK);
	DEFINE("DESCRIPTOR_TSS", DESCRIPTOR_TSS);
	DEFINE("TSS_DESCRIPTOR_SIZE", TSS_DESCRIPTOR_SIZE);

	DEFINE("CR0_ENTRY32", CR0_PE | CR0_ET | CR0_NE);
	DEFINE("CR0_MONITOR", CR0_MONITOR);
	DEFINE("CR0_PG", CR0_PG);
	DEFINE("CR0_WP", CR0_WP);
	DEFINE("CR4_LA57", CR4_LA57);
	DEFINE("CR4_VMXE", CR4_VMXE);
	DEFINE("CR4_CET_BIT", CR4_CET_BIT);
	DEFINE("CR4_FRED_BIT", CR4_FRED_BIT);
	DEFINE("CR4_PAE", CR4_PAE);
	DEFINE("RFLAGS_FIXED", RFLAGS_FIXED);
	DEFINE("MSR_EFER", MSR_EFER);
	DEFINE("EFER_LME", EFER_LME);
	DEFINE("EFER_LMA", EFER_LMA);
	DEFINE("MSR_FS_BASE", MSR_FS_BASE);
	DEFINE("MSR_GS_BASE", MSR_GS_BASE);
	DEFINE("MSR_KERNEL_GS_BASE", MSR_KERNEL_GS_BASE);
}

/* What a Multiboot2 header consists of. */
void asm_multiboot2(void)
{
	/* In 64 bits: the compiler would print a 32-bit number of this size as a negative one. */
	DEFINE("MULTIBOOT2_HEADER_MAGIC", (uint64_t)MULTIBOOT2_HEADER_MAGIC);
	DEFINE("MULTIBOOT2_ARCH_I386", MULTIBOOT2_ARCH_I386);
	DEFINE("MULTIBOOT2_TAG_ALIGN", MULTIBOOT2_TAG_ALIGN);
	DEFINE("MULTIBOOT2_HEADER_END", MULTIBOOT2_HEADER_END);
	DEFINE("MULTIBOOT2_HEADER_INFORMATION_REQUEST", MULTIBOOT2_HEADER_INFORMATION_REQUEST);
	DEFINE("MULTIBOOT2_INFO_COMMAND_LINE", MULTIBOOT2_INFO_COMMAND_LINE);
	DEFINE("MULTIBOOT2_INFO_MODULE", MULTIBOOT2_INFO_MODULE);
	DEFINE("MULTIBOOT2_INFO_MAP", MULTIBOOT2_INFO_MAP);
}
