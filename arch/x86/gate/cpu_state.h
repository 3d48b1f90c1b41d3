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

/* Sets CR4 and the FPU for the monitor, and tells the gate the value of CR4. Called once. */
void cpu_state_init(void);

/*
 * Takes the CPU from a slot that is gone, and keeps nothing of that slot's state. Features that act
 * on their own stop, breakpoints are off, and registers and memory types are the monitor's.
 */
void cpu_state_take(void);

/*
 * The first keeps the state that firmware left. It is called once, before anything changes it. The
 * second prepares the CPU for a kernel that boots: MSRs are as firmware left them, and the rest is
 * as after a reset.
 */
void cpu_state_keep_firmware(void);
void cpu_state_reset(void);

/*
 * True if this CPU's memory types are not as firmware left them, and it is not the only CPU. All of
 * them would have to change these at the same time (mtrr.h).
 */
bool cpu_state_types_need_all_cpus(void);

/*
 * The number of this CPU's MSRs that are not kept, because the list has no room for them. It is
 * valid after cpu_state_keep_firmware().
 */
uint32_t cpu_state_left_out(void);

/*
 * The items of a CPU's state and their places in a CPU context. It is valid after
 * cpu_state_keep_firmware().
 */
const struct state_layout *cpu_state_layout(void);

/*
 * A mirrored pair. context has room for cpu_state_layout()->size bytes. Items that the CPU lacks
 * are skipped. Saving fails if there is state that can't be saved; *reason is then a constant.
 */
bool cpu_state_save(struct cpu_context *context, const char **reason);
void cpu_state_restore(const struct cpu_context *context);

/* The debug registers that C saves. gate.asm saves DR7. */
struct debug_state {
	uint64_t dr0, dr1, dr2, dr3, dr6;
};

/* Their place in a context. */
const struct debug_state *cpu_state_debug(const struct cpu_context *context);

/* A sum over the numbers of the MSRs in a context, and its size. */
uint64_t cpu_state_form(void);

/* Puts firmware's memory types into a context that does not come from this CPU. */
void cpu_state_own_types(struct cpu_context *context);

/* The place for the local APIC's state in the context. platform_save() fills it. */
struct lapic_state *cpu_state_lapic(struct cpu_context *context);

#endif
