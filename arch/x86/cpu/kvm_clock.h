/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kvm_clock.h - memory that a hypervisor writes to, because a guest of KVM asked it to: the time,
 * time stolen, page faults under way, ends of interrupts. Linux, Documentation/virt/kvm/x86/msr.rst
 * and cpuid.rst.
 *
 * Switchyard needs no hypervisor, but may run under one. KVM goes on writing until it is told to
 * stop: into a parked slot's memory, and with another kernel's data.
 */
#ifndef ARCH_X86_CPU_KVM_CLOCK_H
#define ARCH_X86_CPU_KVM_CLOCK_H

#include "arch/x86/cpu/msr_list.h"

/*
 * Adds what KVM offers here, if it does. active: to be stopped when a kernel leaves; in the order
 * in which they are started. state: the rest.
 */
void kvm_clock_list(struct msr_list *state, struct msr_list *active);

#endif
