/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmx.h - VMX operation, in which a CPU runs virtual machines. SDM volume 3, chapter 24.
 *
 * It can't be saved, as no instruction tells where its VMXON region lies; nor can it be seen, but
 * for one thing: in it, CR4.VMXE can't be cleared (24.8). KVM leaves it when Linux suspends, so
 * a slot that is in it has another hypervisor. The gate leaves CR4.VMXE as it was, and five-level
 * paging with it.
 */
#ifndef ARCH_X86_GATE_VMX_H
#define ARCH_X86_GATE_VMX_H

#include <stdbool.h>

/* Clears CR4.VMXE, and goes on with four-level paging; false if the CPU is in VMX operation. */
bool vmx_clear(void);

/* The same, out of VMX operation if need be: for a slot that ended in it. */
void vmx_leave(void);

#endif
