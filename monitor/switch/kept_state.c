// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/kept_state.h"
#include "arch/x86/gate/gate.h"
#include "monitor/load/guest_acpi.h"
#include "lib/string.h"

static struct kept_state kept_states[SWITCHYARD_MAX_SLOTS];

struct kept_state *kept_state(uint32_t index)
{
	return &kept_states[index];
}

static void fill_info(struct switchyard_info *info, uint32_t index, uint32_t count,
		      const struct paging_tables *paging)
{
	memset(info, 0, sizeof(*info));
	info->magic = SWITCHYARD_MAGIC;
	info->version = SWITCHYARD_ABI_VERSION;
	info->size = sizeof(*info);
	info->slot_count = count;
	info->self = index + 1;
	info->gate = (uint64_t)gate_entry;
	info->identity_pdpt = paging->pdpt;
	info->identity_pml4 = paging->pml4;
}

static void fill_acpi(struct monitor *monitor, uint32_t index)
{
	struct kept_state *kept = &kept_states[index];
	const struct slot *slot = &monitor->slots.slot[index];
	struct error error;

	kept->rsdp = 0;
	if (!monitor->boot->rsdp_size)
		return;
	if (!guest_acpi((uint64_t)monitor->boot->rsdp, (uint64_t)kept->tables.acpi,
			sizeof(kept->tables.acpi), slot->cpus, (uint64_t)&kept->tables.info,
			&kept->rsdp, &error))
		log_line(&monitor->log, LOG_ERROR, "slot %s: %s; it gets no ACPI tables",
			 slot->name, error.text);
}

void kept_state_init(struct monitor *monitor, const struct paging_tables *paging)
{
	for (uint32_t i = 0; i < monitor->slots.count; i++) {
		fill_info(&kept_states[i].tables.info, i, monitor->slots.count, paging);
		fill_acpi(monitor, i);
	}
}

void kept_state_publish(const struct slot_table *slots)
{
	for (uint32_t reader = 0; reader < slots->count; reader++) {
		struct switchyard_info *info = &kept_states[reader].tables.info;

		for (uint32_t i = 0; i < slots->count; i++) {
			const struct slot *slot = &slots->slot[i];
			struct switchyard_slot *row = &info->slot[i];

			memcpy(row->name, slot->name, sizeof(row->name));
			row->state = (uint8_t)slot->state;
			row->type = (uint8_t)slot->type;
			row->base = slot->ram.base;
			row->size = slot->ram.size;
			row->runs = slot->runs;
		}
	}
}
