/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kvm_clock.h - memory that a hypervisor writes to because a guest of KVM has asked for it: the
 * time, stolen time, page faults in progress, ends of interrupts. Linux,
 * Documentation/virt/kvm/x86/msr.rst and cpuid.rst.
 *
 * Switchyard needs no hypervisor, but may run under one. KVM continues to write until a register
 * tells it to stop. After a switch it would write another kernel's data into the parked slot's
 * memory.
 */
#ifndef ARCH_X86_CPU_KVM_CLOCK_H
#define ARCH_X86_CPU_KVM_CLOCK_H

#include "arch/x86/cpu/msr_list.h"

/*
 * Adds KVM's registers that this CPU offers. active gets those that must be stopped when a kernel
 * leaves, in the order in which they are started. state gets the rest.
 */
void kvm_clock_list(struct msr_list *state, struct msr_list *active);

#endif
