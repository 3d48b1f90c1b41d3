/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gate.h - the two leaps of a switch: out of a kernel, and back into one.
 *
 * Of a switch's steps, gate.asm does the first and the last, those in which no C can run:
 *
 *   1. gate_entry saves general, control and descriptor-table registers in the CPU context,
 *      then loads the monitor's CR3, GDT, IDT, TSS and stack, and calls gate_main().
 *   2. cpu_state_save() and platform_save() (C) complete the state; now it is parked.
 *   3. platform_restore() and cpu_state_restore() put back what the next slot had.
 *   4. gate_resume() puts back what step 1 saved, and returns to the kernel that once called.
 */
#ifndef ARCH_X86_GATE_GATE_H
#define ARCH_X86_GATE_GATE_H

#include <stdint.h>
#include "arch/x86/gate/cpu_context.h"
#include "arch/x86/gate/enter.h"

/* The guests' way in: switchyard.h describes the call. Its address goes to switchyard_info.gate. */
void gate_entry(void);

/*
 * What the gate does with a request, on the monitor's stack, interrupts off, the caller's registers
 * in the CPU context of the slot that runs. Defined by monitor/switch/switch.c. Returns a negative
 * enum switchyard_error for the caller; does not return when the slot gives up the machine.
 */
int64_t gate_main(uint64_t op, uint64_t arg);

/*
 * Puts back what gate_entry saved in context, and returns result to the kernel that called the
 * gate. cpu_state_restore() has run.
 */
void gate_resume(struct cpu_context *context, int64_t result) __attribute__((noreturn));

/* From five-level paging to four, on the monitor's tables. CR4.VMXE is clear. For vmx.c. */
void gate_leave_la57(void);

/*
 * Enters a freshly loaded kernel (enter.h says in what state). CPU state that does not depend on
 * the mode is already as after a reset: cpu_state_reset().
 */
void guest_enter_long(const struct guest_entry *entry) __attribute__((noreturn));
void guest_enter_protected(const struct guest_entry *entry) __attribute__((noreturn));

#endif
