// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/slot_machine.h"
#include "arch/x86/gate/gate.h"
#include "monitor/load/guest_acpi.h"
#include "lib/string.h"

static struct slot_machine machines[SWITCHYARD_MAX_SLOTS];

struct slot_machine *slot_machine(uint32_t index)
{
	return &machines[index];
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
	struct slot_machine *machine = &machines[index];
	const struct slot *slot = &monitor->slots.slot[index];
	struct error error;

	machine->rsdp = 0;
	if (!monitor->boot->rsdp_size)
		return;
	if (!guest_acpi((uint64_t)monitor->boot->rsdp, (uint64_t)machine->tables.acpi,
			sizeof(machine->tables.acpi), slot->cpus, (uint64_t)&machine->tables.info,
			&machine->rsdp, &error))
		log_line(&monitor->log, LOG_ERROR, "slot %s: %s; it gets no ACPI tables",
			 slot->name, error.text);
}

void slot_machine_init(struct monitor *monitor, const struct paging_tables *paging)
{
	for (uint32_t i = 0; i < monitor->slots.count; i++) {
		fill_info(&machines[i].tables.info, i, monitor->slots.count, paging);
		fill_acpi(monitor, i);
	}
}

void slot_machine_publish(const struct slot_table *slots)
{
	for (uint32_t reader = 0; reader < slots->count; reader++) {
		struct switchyard_info *info = &machines[reader].tables.info;

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
