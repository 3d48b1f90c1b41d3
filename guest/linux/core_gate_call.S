/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * core_gate_call.S - the few instructions around the gate that C can't express.
 */
#include <linux/linkage.h>
#include <asm/nospec-branch.h>

/*
 * s64 switchyard_gate_call_asm(u64 op, u64 arg, u64 entry, u64 cr3);
 *
 * In:        64-bit mode, CPL 0, interrupts off, on the boot CPU
 *            RDI = op, RSI = arg: the gate's own arguments, handed through
 *            RDX = physical address of the gate
 *            RCX = new CR3: a top-level table with the kernel's half (this code, its stack)
 *                  and the first 512 GiB mapped to themselves; PCID 0
 * Out:       RAX = what the gate returned, CR3 as before
 * Preserved: RBX, RBP, R12 to R15, by the System V convention, which the gate keeps too
 * Clobbered: the others
 * Stack:     the caller's, 16 bytes and the gate's own; 16-byte aligned where the gate is called
 * Called by: switchyard_gate_call() in core_gate.c
 *
 * An NMI before the gate has set its own IDT finds the kernel's half mapped and is handled
 * by Linux as ever; with page-table isolation its entry code looks at bit 12 of CR3 and must
 * find it clear, as core_gate.c arranges.
 *
 * TLB: each write of CR3 here has bit 63 clear, so it drops the entries of the PCID that it
 * loads. Those of PCID 0 that stay behind are never used: Linux counts its PCIDs from 1
 * (arch/x86/mm/tlb.c, kern_pcid()), and flushes whenever it loads 0.
 *
 * The call is a plain indirect one. A retpoline would do no good: the gate's address comes from
 * the monitor alone, and the monitor is trusted with the whole machine anyway.
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
