/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kept_state.h - what the monitor keeps of the machine for each slot: CPU contexts, platform
 * state, and the pages that the slot itself reads, with its ACPI root tables and struct
 * switchyard_info.
 */
#ifndef MONITOR_SWITCH_KEPT_STATE_H
#define MONITOR_SWITCH_KEPT_STATE_H

#include "arch/x86/gate/cpu_context.h"
#include "arch/x86/gate/gate_cpu.h"
#include "arch/x86/memory/paging.h"
#include "arch/x86/platform/platform.h"
#include "monitor/switch/integrity.h"
#include "monitor/switch/monitor.h"
#include "guest/linux/switchyard.h"
#include "lib/units.h"

#define SLOT_TABLES_SIZE 16384 /* one page of info, three of ACPI tables */

struct slot_tables {
	struct switchyard_info info __attribute__((aligned(PAGE_SIZE)));
	uint8_t acpi[SLOT_TABLES_SIZE - PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
};
_Static_assert(sizeof(struct slot_tables) == SLOT_TABLES_SIZE, "info fits one page");

struct kept_state {
	struct cpu_context *cpu[GATE_MAX_CPUS]; /* the first is the boot CPU's; NULL: not its own */
	void *platform;				/* of platform_layout()->size bytes */
	uint64_t apart; /* RAM for what is kept apart, taken when it is first needed; 0: none */
	uint32_t apart_size;	    /* of what is kept there now */
	struct integrity integrity; /* of those, and of its memory */
	struct slot_tables tables;
	uint64_t rsdp; /* the slot's own, 0: none */
};

/*
 * Takes RAM for the CPU contexts and the platform state of every slot, and for the monitor's own
 * CPUs: before plan_slots().
 */
bool kept_state_place(struct monitor *monitor, struct error *error);

/*
 * Fills the tables of every slot in the final slot table. A slot whose ACPI tables can't be made is
 * told without them.
 */
void kept_state_init(struct monitor *monitor, const struct paging_tables *paging);

/* What the monitor keeps for slot number index (from 0). */
struct kept_state *kept_state(uint32_t index);

/*
 * Keeps what a state that was just saved needs apart (platform.h). If there is no RAM for it, the
 * log says so, and the slot will find the monitor's.
 */
void kept_state_save_apart(struct monitor *monitor, const struct slot *slot,
			   struct kept_state *kept);

/* None of the slot's CPUs from number first on is in the gate: it boots, or they were stopped. */
void kept_state_idle(struct kept_state *kept, uint32_t first);

/* Writes all slots' states to every slot's struct switchyard_info: before one of them runs. */
void kept_state_publish(const struct slot_table *slots);

#endif
