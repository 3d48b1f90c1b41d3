/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gate.h - the two leaps of a switch: out of a kernel, and back into one.
 *
 * A switch has four steps. gate.asm does the first and the last, because no C code can run there:
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

/* Guests call it through switchyard_info.gate. switchyard.h describes the call. */
void gate_entry(void);

/*
 * Gives the boot CPU back to the monitor after a fault, whatever tables, stack and control
 * registers are loaded. The fault came through the monitor's IDT. Then it calls go_on at the top of
 * the monitor's stack; go_on must not return. cpu_state_take() sets the rest, which C can do.
 */
void gate_take_over(void (*go_on)(void)) __attribute__((noreturn));

/*
 * Where a CPU that is not the boot CPU goes from the start page (start_page.h): it loads the
 * monitor's tables and stack for that CPU, and calls crew_started() (crew.h).
 */
void gate_cpu_landed(void);

/*
 * Restores what gate_entry saved in context, and returns result to the kernel that called the gate.
 * The caller has called cpu_state_restore().
 */
void gate_resume(struct cpu_context *context, int64_t result) __attribute__((noreturn));

#endif
