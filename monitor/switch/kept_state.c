// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/kept_state.h"
#include "arch/x86/acpi/machine.h"
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/gate/gate.h"
#include "arch/x86/platform/platform.h"
#include "monitor/load/guest_acpi.h"
#include "lib/string.h"
#include "monitor/plan/plan_monitor.h"

static struct kept_state kept_states[SWITCHYARD_MAX_SLOTS];

struct kept_state *kept_state(uint32_t index)
{
	return &kept_states[index];
}

/* Is CPU number cpu (of gate_cpus) the slot's? */
static bool has_cpu(const struct slot *slot, uint32_t cpu)
{
	return !slot->cpus || (slot->cpus >> cpu & 1);
}

/* The list of CPUs has the boot CPU, too, if its ID is there at all: room for one more is taken. */
bool kept_state_place(struct monitor *monitor, struct error *error)
{
	uint32_t apic_id[GATE_MAX_CPUS], found = machine_apic_ids(apic_id, GATE_MAX_CPUS);
	uint32_t cpus = found < GATE_MAX_CPUS ? found : GATE_MAX_CPUS;
	uint64_t own = align_up(cpus * gate_cpu_size(), STATE_ALIGN), size = own;

	if (found > cpus)
		log_line(&monitor->log, LOG_WARN, "%u CPUs left out: the gate answers %u at most",
			 found - cpus, GATE_MAX_CPUS);
	size += monitor->slots.count *
		(platform_layout()->size + (cpus + 1) * (uint64_t)cpu_state_layout()->size);
	if (!plan_kept(&monitor->plan, &monitor->slots, size, error))
		return false;
	memset((void *)monitor->plan.kept.base, 0, monitor->plan.kept.size);
	gate_cpu_init((void *)monitor->plan.kept.base, apic_id, cpus);
	return true;
}

/* Returns where the next slot's may begin. */
static uint8_t *give_room(struct kept_state *kept, const struct slot *slot, uint8_t *room)
{
	kept->platform = room;
	room += platform_layout()->size;
	for (uint32_t cpu = 0; cpu < gate_cpus.count; cpu++) {
		kept->cpu[cpu] = NULL;
		if (!has_cpu(slot, cpu))
			continue;
		kept->cpu[cpu] = (struct cpu_context *)room;
		room += cpu_state_layout()->size;
	}
	return room;
}

void kept_state_save_apart(struct monitor *monitor, const struct slot *slot,
			   struct kept_state *kept)
{
	uint32_t size = platform_apart_size(kept->platform);

	if (size && !kept->apart && !plan_apart(&monitor->plan, size, &kept->apart)) {
		log_keep(&monitor->log, LOG_WARN,
			 "slot %s: no RAM to keep its font; it will find another one", slot->name);
		size = 0;
	}
	if (size)
		platform_save_apart((void *)kept->apart);
	kept->apart_size = size;
}

void kept_state_idle(struct kept_state *kept, uint32_t first)
{
	for (uint32_t cpu = first; cpu < gate_cpus.count; cpu++)
		if (kept->cpu[cpu])
			kept->cpu[cpu]->progress = GATE_IDLE;
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
	uint8_t *room = (uint8_t *)monitor->plan.kept.base +
			align_up((gate_cpus.count - 1) * gate_cpu_size(), STATE_ALIGN);

	for (uint32_t i = 0; i < monitor->slots.count; i++) {
		room = give_room(&kept_states[i], &monitor->slots.slot[i], room);
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
