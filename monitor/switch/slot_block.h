/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * slot_block.h - a block at the top end of each slot's range, with everything of the monitor that
 * the slot's kernel uses by address.
 *
 * It lies in the slot's range, so that no address that a kernel remembers depends on the monitor's
 * size or on other slots. The fixed part is at the end of the block. Before it lie EFI's runtime
 * services, if the slot has them, and before these the ACPI tables, because their length depends on
 * the firmware. The slot can write to the whole block. So the
 * monitor reads only the notes from it, writes it anew before a kernel boots, and compares it
 * before a kernel is resumed.
 */
#ifndef MONITOR_SWITCH_SLOT_BLOCK_H
#define MONITOR_SWITCH_SLOT_BLOCK_H

#include "lib/units.h"
#include "monitor/load/guest_efi.h"
#include "monitor/switch/monitor.h"
#include "guest/linux/switchyard.h"

#define SLOT_BLOCK_MAX (36 * KIB) /* a slot whose ACPI tables do not fit is refused */

/* info.gate points to it. Its address does not change when the monitor's own gate moves. */
struct gate_jump {
	uint8_t code[16];
	uint64_t target;
	uint64_t unused;
};

#define SLOT_BLOCK_ENTRIES (PAGE_SIZE / sizeof(uint64_t))

/* The last pages of the block. Later versions of info may grow up to the jump, which stays. */
struct slot_block {
	uint64_t pml4[SLOT_BLOCK_ENTRIES], pdpt[SLOT_BLOCK_ENTRIES]; /* map all RAM to itself */
	struct switchyard_info info;
	uint8_t unused[PAGE_SIZE - sizeof(struct switchyard_info) - sizeof(struct gate_jump)];
	struct gate_jump jump;
};
_Static_assert(sizeof(struct slot_block) == 3 * PAGE_SIZE, "info and the jump share a page");

/* Sets slot->block.size for this machine. It is called before plan_slots(). */
void slot_block_measure(const struct boot_info *boot, struct slot *slot);

/* The fixed part of the block. The slot must have its range. */
struct slot_block *slot_block(const struct slot *slot);
uint64_t slot_block_info(const struct slot *slot); /* physical address of info */

/* Bytes at the start of the block that are ACPI tables. */
uint64_t slot_block_tables(const struct slot *slot);

/* Physical address of GUEST_EFI_SIZE bytes for EFI's runtime services; 0: the slot has none. */
uint64_t slot_block_efi(const struct slot *slot);

/*
 * False, with the reason, if the slot can't have the tables that its line asks for, so that it must
 * not be started.
 */
bool slot_block_allows(const struct monitor *monitor, const struct slot *slot, struct error *error);

/*
 * Writes the whole block of slot number index (from 0) before its kernel boots. *rsdp becomes the
 * address of the slot's root pointer. If the machine has ACPI tables, but the slot can't get any,
 * it returns false with the reason, and *rsdp is 0.
 */
bool slot_block_build(const struct monitor *monitor, uint32_t index, uint64_t *rsdp,
		      struct error *error);

/* Writes the parts that lead to the monitor before a kernel is resumed. The notes stay. */
void slot_block_renew(const struct slot_table *slots, uint32_t index);

/* The name of a part that has changed since it was written; NULL: none. */
const char *slot_block_damage(const struct slot *slot);

/* Writes the states of all slots to the block of slot number index, before that slot runs. */
void slot_block_publish(const struct slot_table *slots, uint32_t index);

#endif
