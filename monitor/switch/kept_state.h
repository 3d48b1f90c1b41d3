/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kept_state.h - what the monitor keeps of the machine for each slot: CPU contexts, platform
 * state, and checksums.
 */
#ifndef MONITOR_SWITCH_KEPT_STATE_H
#define MONITOR_SWITCH_KEPT_STATE_H

#include "arch/x86/gate/cpu_context.h"
#include "arch/x86/gate/gate_cpu.h"
#include "arch/x86/platform/platform.h"
#include "monitor/switch/integrity.h"
#include "monitor/switch/monitor.h"

struct kept_state {
	struct cpu_context *cpu[GATE_MAX_CPUS]; /* the first is the boot CPU's; NULL: not its own */
	void *platform;				/* of platform_layout()->size bytes */
	uint64_t apart; /* RAM for what is kept apart, taken when it is first needed; 0: none */
	uint64_t apart_room;	    /* bytes of that RAM */
	uint32_t apart_size;	    /* of what is kept there now */
	struct integrity integrity; /* of those, and of its memory */
	uint64_t rsdp;		    /* the slot's own, 0: none */
};

/*
 * Takes RAM for the CPU contexts and the platform state of every slot, and for the monitor's own
 * CPUs; and measures the slots' blocks: before plan_slots().
 */
bool kept_state_place(struct monitor *monitor, struct error *error);

/*
 * Gives every slot in the final slot table its part of that, and builds its block (slot_block.h),
 * so that the log tells at start of ACPI tables that can't be made.
 */
void kept_state_init(struct monitor *monitor);

/*
 * Builds the block of slot number index. If its ACPI tables can't be made, the log says so, and it
 * is told without them.
 */
void kept_state_build_block(struct monitor *monitor, uint32_t index);

/* What the monitor keeps for slot number index (from 0). */
struct kept_state *kept_state(uint32_t index);

/* Bytes of RAM that this takes; and what the monitor itself needs of the same RAM, for its CPUs. */
uint64_t kept_state_size(const struct monitor *monitor, uint32_t index);
uint64_t kept_state_own_size(void);

/*
 * Keeps what a state that was just saved needs apart (platform.h). If there is no RAM for it, the
 * log says so, and the slot will find the monitor's.
 */
void kept_state_save_apart(struct monitor *monitor, const struct slot *slot,
			   struct kept_state *kept);

/* None of the slot's CPUs from number first on is in the gate: it boots, or they were stopped. */
void kept_state_idle(struct kept_state *kept, uint32_t first);

#endif
