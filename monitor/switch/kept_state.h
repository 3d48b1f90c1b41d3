/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kept_state.h - what the monitor keeps of the machine for each slot: control page, platform
 * state, and the pages that the slot itself reads, with its ACPI root tables and struct
 * switchyard_info.
 */
#ifndef MONITOR_SWITCH_KEPT_STATE_H
#define MONITOR_SWITCH_KEPT_STATE_H

#include "arch/x86/gate/cpu_context.h"
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
	struct cpu_context cpu;
	struct platform_state platform;
	struct integrity integrity; /* of the other two, and of its memory */
	struct slot_tables tables;
	uint64_t rsdp; /* the slot's own, 0: none */
};

/*
 * Fills the tables of every slot in the final slot table. A slot whose ACPI tables can't be made is
 * told without them.
 */
void kept_state_init(struct monitor *monitor, const struct paging_tables *paging);

/* What the monitor keeps for slot number index (from 0). */
struct kept_state *kept_state(uint32_t index);

/* Writes all slots' states to every slot's struct switchyard_info: before one of them runs. */
void kept_state_publish(const struct slot_table *slots);

#endif
