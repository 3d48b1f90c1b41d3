/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gate.h - the two leaps of a switch: out of a kernel, and back into one.
 *
 * Of a switch's steps, gate.asm does the first and the last, those in which no C can run:
 *
 *   1. gate_entry refuses a CPU that has no context in this slot, or is in the gate already. It
 *      saves general, control and descriptor-table registers in the CPU's context, then loads the
 *      monitor's CR3, GDT, IDT, TSS and stack for that CPU (gate_cpu.h), and calls the monitor's
 *      handler (anchor.h).
 *   2. cpu_state_save() and platform_save() (C) complete the state; now it is parked.
 *   3. platform_restore() and cpu_state_restore() put back what the next slot had.
 *   4. gate_resume() puts back what step 1 saved, and returns to the kernel that once called.
 */
#ifndef ARCH_X86_GATE_GATE_H
#define ARCH_X86_GATE_GATE_H

#include <stdint.h>
#include "arch/x86/gate/cpu_context.h"

/* The guests' way in: switchyard.h describes the call. Its address goes to switchyard_info.gate. */
void gate_entry(void);

/*
 * Gives the monitor the boot CPU back, whatever tables, stack and control registers are loaded: after a
 * fault, which came by the monitor's IDT. Calls go_on, which must not return, from the top of the
 * monitor's stack. What C can set is left to cpu_state_take().
 */
void gate_take_over(void (*go_on)(void)) __attribute__((noreturn));

/*
 * Puts back what gate_entry saved in context, and returns result to the kernel that called the
 * gate. cpu_state_restore() has run.
 */
void gate_resume(struct cpu_context *context, int64_t result) __attribute__((noreturn));

#endif
