// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/slot_block.h"
#include <stddef.h>
#include "arch/x86/gate/gate.h"
#include "arch/x86/memory/paging.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/time/clock.h"
#include "lib/string.h"
#include "monitor/config/own_words.h"
#include "monitor/load/guest_acpi.h"
#include "monitor/slot/care.h"

/*
 * ENDBR64, for kernels with indirect branch tracking, and JMP [RIP + 6], which jumps to the address
 * in target. The jump uses no register, because the gate has to save all of them.
 */
static const uint8_t jump_code[] = {0xf3, 0x0f, 0x1e, 0xfa, 0xff, 0x25, 0x06, 0, 0, 0};

_Static_assert(sizeof(jump_code) + 6 == offsetof(struct gate_jump, target), "what RIP + 6 is");

/* Bytes at the end of the block: all but the ACPI tables. */
static uint64_t fixed_size(const struct slot *slot)
{
	return sizeof(struct slot_block) + (slot->efi ? GUEST_EFI_SIZE : 0);
}

void slot_block_measure(const struct boot_info *boot, struct slot *slot)
{
	uint64_t tables = 0;

	if (boot->rsdp_size)
		tables = page_up(guest_acpi_room((uint64_t)boot->rsdp, slot->cpus));
	slot->block.size = fixed_size(slot) + tables;
	if (slot->block.size > SLOT_BLOCK_MAX)
		slot->block.size = SLOT_BLOCK_MAX;
	slot->block.type = REGION_ACPI;
}

static uint64_t fixed_part(const struct slot *slot)
{
	return slot->block.base + slot->block.size - sizeof(struct slot_block);
}

struct slot_block *slot_block(const struct slot *slot)
{
	return phys(fixed_part(slot));
}

uint64_t slot_block_info(const struct slot *slot)
{
	return fixed_part(slot) + offsetof(struct slot_block, info);
}

uint64_t slot_block_tables(const struct slot *slot)
{
	return slot->block.size - fixed_size(slot);
}

uint64_t slot_block_efi(const struct slot *slot)
{
	return slot->efi ? fixed_part(slot) - GUEST_EFI_SIZE : 0;
}

void slot_block_renew(const struct slot_table *slots, uint32_t index)
{
	uint64_t base = fixed_part(&slots->slot[index]);
	struct slot_block *block = phys(base);
	struct switchyard_info *info = &block->info;

	info->magic = SWITCHYARD_MAGIC;
	info->version = SWITCHYARD_ABI_VERSION;
	info->size = sizeof(*info);
	info->slot_count = slots->count;
	info->self = index + 1;
	info->gate = base + offsetof(struct slot_block, jump);
	info->identity_pml4 = base + offsetof(struct slot_block, pml4);
	info->identity_pdpt = base + offsetof(struct slot_block, pdpt);
	info->storage_limit = SWITCHYARD_STORAGE_LIMIT;
	info->power_on = clock_began();
	memset(&block->jump, 0, sizeof(block->jump));
	memcpy(block->jump.code, jump_code, sizeof(jump_code));
	block->jump.target = (uint64_t)gate_entry;
	paging_copy(info->identity_pml4, info->identity_pdpt);
}

/*
 * A kernel without tables from the monitor looks for firmware's, and may read some that the monitor
 * can't. These may name RAM, CPUs and NVDIMMs of other slots. It does not look with the first word,
 * unless the second one follows (parse_acpi() in Linux's arch/x86/kernel/acpi/boot.c).
 */
#define NO_TABLES "acpi=off"
#define TABLES	  "acpi=force"

static bool does_without_tables(const struct slot *slot)
{
	return slot->type == SWITCHYARD_LINUX && !slot->cpus &&
	       own_words_exact(slot->kernel.string, NO_TABLES) &&
	       !own_words_exact(slot->kernel.string, TABLES);
}

bool slot_block_allows(const struct monitor *monitor, const struct slot *slot, struct error *error)
{
	const struct boot_info *boot = monitor->boot;
	struct error why;

	if (!boot->rsdp_size && !slot->cpus)
		return true;
	if (!boot->rsdp_size)
		fail(&why, "the machine has no ACPI tables; cpus= can't be done");
	else if (guest_acpi_allows((uint64_t)boot->rsdp, slot_block_tables(slot), slot->cpus, &why))
		return true;
	else if (does_without_tables(slot))
		return true;
	return fail(error, "slot %s can't be started: %s%s", slot->name, why.text,
		    slot->type == SWITCHYARD_LINUX && !slot->cpus
			    ? "; with " NO_TABLES " on its command line it does without"
			    : "");
}

bool slot_block_build(const struct monitor *monitor, uint32_t index, uint64_t *rsdp,
		      struct error *error)
{
	const struct slot *slot = &monitor->slots.slot[index];

	memset(phys(slot->block.base), 0, slot->block.size);
	slot_block_renew(&monitor->slots, index);
	*rsdp = 0;
	return !monitor->boot->rsdp_size ||
	       guest_acpi((uint64_t)monitor->boot->rsdp, slot->block.base, slot_block_tables(slot),
			  slot->cpus, slot_block_info(slot), rsdp, error) ||
	       does_without_tables(slot);
}

const char *slot_block_damage(const struct slot *slot)
{
	uint64_t base = fixed_part(slot);
	const struct slot_block *block = phys(base);

	if (memcmp(block->jump.code, jump_code, sizeof(jump_code)) ||
	    block->jump.target != (uint64_t)gate_entry)
		return "jump to the gate";
	if (!paging_is_copy(base + offsetof(struct slot_block, pml4),
			    base + offsetof(struct slot_block, pdpt)))
		return "page tables for the gate";
	return NULL;
}

void slot_block_publish(const struct slot_table *slots, uint32_t index)
{
	struct switchyard_info *info = &slot_block(&slots->slot[index])->info;

	info->slot_count = slots->count;
	for (uint32_t i = 0; i < SWITCHYARD_MAX_SLOTS; i++) {
		const struct slot *slot = &slots->slot[i];
		struct region range = slot_range(slot);
		struct switchyard_slot *row = &info->slot[i];

		if (i >= slots->count || !slot_is_used(slot)) {
			memset(row, 0, sizeof(*row));
			continue;
		}
		memcpy(row->name, slot->name, sizeof(row->name));
		row->state = (uint8_t)slot->state;
		row->type = (uint8_t)slot->type;
		row->base = range.base;
		row->size = range.size;
		row->runs = slot->runs;
		row->turn = (uint32_t)slot->turn;
		row->flags = 0;
		if (i != index && slot_lacks_driver(slot))
			row->flags |= SWITCHYARD_SLOT_NO_DRIVER;
		if (slot->quick)
			row->flags |= SWITCHYARD_SLOT_QUICK;
		if (slot->works)
			row->flags |= SWITCHYARD_SLOT_WORKS;
		row->flags |=
			(uint8_t)(care_seen(slot, &slots->slot[index]) << SWITCHYARD_CARE_SHIFT);
	}
}
