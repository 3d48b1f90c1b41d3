/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * core_gate_call.S - the instructions around the call of the gate that C can't express.
 */
#include <linux/linkage.h>
#include <asm/nospec-branch.h>

/*
 * s64 switchyard_gate_call_asm(u64 op, u64 arg, u64 entry, u64 cr3);
 *
 * In:        64-bit mode, CPL 0, interrupts off, on the boot CPU
 *            RDI = op, RSI = arg: arguments of the gate
 *            RDX = physical address of the gate
 *            RCX = new CR3: a top-level table with the kernel's half (this code, its stack)
 *                  and the first 512 GiB mapped to themselves; PCID 0
 * Out:       RAX = what the gate returned, CR3 as before
 * Preserved: RBX, RBP, R12 to R15, by the System V convention, which the gate follows, too
 * Clobbered: the others
 * Stack:     the caller's, 16 bytes and the gate's own; 16-byte aligned where the gate is called
 * Called by: switchyard_gate_call() in core_gate.c
 *
 * The kernel's half is mapped, so Linux can handle an NMI until the gate has loaded its own IDT.
 * With page-table isolation, the NMI's entry code needs bit 12 of CR3 to be clear; core_gate.c
 * makes sure of that.
 *
 * TLB: each write to CR3 here has bit 63 clear, so it drops the entries of the PCID that it loads.
 * Entries of PCID 0 stay in the TLB, but are never used: Linux counts its PCIDs from 1
 * (arch/x86/mm/tlb.c, kern_pcid()), and flushes whenever it loads 0.
 *
 * The call is a plain indirect call without a retpoline, because the gate's address comes from the
 * monitor, which is trusted with the whole machine.
 */
SYM_FUNC_START(switchyard_gate_call_asm)
	pushq	%rbx
	movq	%cr3, %rbx
	movq	%rcx, %cr3
	ANNOTATE_RETPOLINE_SAFE
	call	*%rdx
	movq	%rbx, %cr3
	popq	%rbx
	RET
SYM_FUNC_END(switchyard_gate_call_asm)
