/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * slot_block.h - what a slot's kernel knows by address of the monitor: a block of the slot's own, at
 * the top end of its range.
 *
 * It lies there, and not in the monitor, so that no address that a kernel remembers depends on the
 * monitor's size or on other slots. The fixed part is the last of the block, as the ACPI tables are
 * as long as this machine's firmware makes them. The slot can write to all of it: the monitor reads
 * nothing from it but the notes, writes it anew before a kernel boots, and compares it before one is
 * resumed.
 */
#ifndef MONITOR_SWITCH_SLOT_BLOCK_H
#define MONITOR_SWITCH_SLOT_BLOCK_H

#include "lib/units.h"
#include "monitor/switch/monitor.h"
#include "guest/linux/switchyard.h"

#define SLOT_BLOCK_MAX (32 * KIB) /* a slot whose tables do not fit gets none */

/* What info.gate points to: it stays where it is when the monitor's own gate moves. */
struct gate_jump {
	uint8_t code[16];
	uint64_t target;
	uint64_t unused;
};

#define SLOT_BLOCK_ENTRIES (PAGE_SIZE / sizeof(uint64_t))

/* The last pages of the block. Later versions of info grow towards the jump, which stays. */
struct slot_block {
	uint64_t pml4[SLOT_BLOCK_ENTRIES], pdpt[SLOT_BLOCK_ENTRIES]; /* map all RAM to itself */
	struct switchyard_info info;
	uint8_t unused[PAGE_SIZE - sizeof(struct switchyard_info) - sizeof(struct gate_jump)];
	struct gate_jump jump;
};
_Static_assert(sizeof(struct slot_block) == 3 * PAGE_SIZE, "info and the jump share a page");

/* Sets slot->block.size for this machine: before plan_slots(). */
void slot_block_measure(const struct boot_info *boot, struct slot *slot);

/* The fixed part of a slot that has its range. */
struct slot_block *slot_block(const struct slot *slot);
uint64_t slot_block_info(const struct slot *slot); /* physical, of info */

/*
 * Writes all of slot number index (from 0): before its kernel boots. *rsdp is its root pointer.
 * False with the reason, and 0 there, if the machine has ACPI tables, but the slot can't get any.
 */
bool slot_block_build(const struct monitor *monitor, uint32_t index, uint64_t *rsdp,
		      struct error *error);

/* Writes what leads to the monitor: before a kernel is resumed. The notes stay. */
void slot_block_renew(const struct slot_table *slots, uint32_t index);

/* What of that is not as it was written, NULL: nothing. */
const char *slot_block_damage(const struct slot *slot);

/* Tells slot number index the states of all: before it runs. */
void slot_block_publish(const struct slot_table *slots, uint32_t index);

#endif
