/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cpu_state.h - the part of a CPU's state that C can save and restore.
 *
 * Debug registers, XCR0 and the XSAVE area, memory types, and the MSRs that a kernel sets once and
 * never looks at again. gate.asm does the rest (gate.h).
 */
#ifndef ARCH_X86_GATE_CPU_STATE_H
#define ARCH_X86_GATE_CPU_STATE_H

#include <stdbool.h>
#include "arch/x86/cpu/state_item.h"
#include "arch/x86/gate/cpu_context.h"
#include "arch/x86/interrupt/lapic.h"

/* Readies this CPU for the monitor: CR4 (which the gate is told of), FPU access. Call once. */
void cpu_state_init(void);

/*
 * The CPU becomes the monitor's, whatever a slot that is gone made of it, and nothing is kept: what
 * acts on its own stops, breakpoints are off, registers and memory types are the monitor's.
 */
void cpu_state_take(void);

/*
 * Keeps the state that firmware left (call once, first), and goes back to it before a kernel
 * boots: MSRs as firmware left them, the rest as after a reset.
 */
void cpu_state_keep_firmware(void);
void cpu_state_reset(void);

/* How many of this CPU's MSRs are not kept for lack of room. After cpu_state_keep_firmware(). */
uint32_t cpu_state_left_out(void);

/* A CPU's list, with its items' places in a CPU context. After cpu_state_keep_firmware(). */
const struct state_layout *cpu_state_layout(void);

/*
 * Saves to, and restores from, context, which has room for cpu_state_layout()->size bytes. What the
 * CPU lacks is passed over. Saving fails, with a reason that lives for ever, if there is state that
 * can't be saved.
 */
bool cpu_state_save(struct cpu_context *context, const char **reason);
void cpu_state_restore(const struct cpu_context *context);

/* Where the context has its local APIC, which platform_save() saves. */
struct lapic_state *cpu_state_lapic(struct cpu_context *context);

#endif
