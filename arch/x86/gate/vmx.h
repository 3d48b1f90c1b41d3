/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmx.h - VMX operation, in which a CPU runs virtual machines. SDM volume 3, chapter 24.
 *
 * The monitor can't save it, because no instruction tells where the VMXON region lies. The monitor
 * detects it in one way: the CPU refuses to clear CR4.VMXE in VMX operation (24.8). KVM leaves VMX
 * operation when Linux suspends, so a slot that is still in it runs another hypervisor. If CR4.VMXE
 * is set, the gate changes neither it nor five-level paging.
 */
#ifndef ARCH_X86_GATE_VMX_H
#define ARCH_X86_GATE_VMX_H

#include <stdbool.h>

/* Clears CR4.VMXE and switches to four-level paging. False: the CPU is in VMX operation. */
bool vmx_clear(void);

/* The same, but it leaves VMX operation first if necessary: for a slot that ended in it. */
void vmx_leave(void);

#endif
