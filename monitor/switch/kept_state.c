// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/kept_state.h"
#include <stddef.h>
#include "arch/x86/acpi/machine.h"
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/platform/platform.h"
#include "lib/print.h"
#include "lib/string.h"
#include "monitor/owner/owner.h"
#include "monitor/plan/plan_monitor.h"
#include "monitor/plan/plan_regions.h"
#include "monitor/switch/slot_block.h"

/* Each lies at the beginning of the RAM that is kept for its slot. */
static struct kept_state *kept_states[SWITCHYARD_MAX_SLOTS];

struct kept_state *kept_state(uint32_t index)
{
	return kept_states[index];
}

/* True if the slot has CPU number cpu of gate_cpus. */
static bool has_cpu(const struct slot *slot, uint32_t cpu)
{
	return !slot->cpus || (slot->cpus >> cpu & 1);
}

/* How many of the first count CPUs the slot has. */
static uint32_t slot_cpus(const struct slot *slot, uint32_t count)
{
	uint32_t own = 0;

	for (uint32_t cpu = 0; cpu < count && cpu < GATE_MAX_CPUS; cpu++)
		own += has_cpu(slot, cpu);
	return own;
}

/*
 * Bytes that are kept of a slot with that many CPUs. Each part is aligned to STATE_ALIGN, and the
 * whole to a page, so that it can be given back alone.
 */
static uint64_t slot_size(uint32_t cpus, enum integrity_check check)
{
	return page_up(align_up(sizeof(struct kept_state), STATE_ALIGN) + platform_layout()->size +
		       cpus * (uint64_t)cpu_state_layout()->size +
		       align_up(integrity_room(check), STATE_ALIGN));
}

static uint64_t size_of(const struct monitor *monitor, uint32_t index)
{
	return slot_size(slot_cpus(&monitor->slots.slot[index], gate_cpus.count),
			 monitor->options.integrity);
}

/*
 * Bytes that the monitor itself needs: for devices, in whole pages, and for all CPUs except the
 * boot CPU.
 */
static uint64_t own_size(uint32_t cpus)
{
	return platform_room() + page_up((cpus - 1) * gate_cpu_size());
}

uint64_t kept_state_own_size(void)
{
	return own_size(gate_cpus.count);
}

uint64_t kept_state_size(const struct monitor *monitor, uint32_t index)
{
	return size_of(monitor, index) + kept_states[index]->apart_room;
}

/* The list of CPUs may lack the boot CPU, so there is room for one more. */
bool kept_state_place(struct monitor *monitor, struct error *error)
{
	uint32_t apic_id[GATE_MAX_CPUS], found = machine_apic_ids(apic_id, GATE_MAX_CPUS);
	uint32_t cpus = found < GATE_MAX_CPUS ? found : GATE_MAX_CPUS;
	uint64_t size = own_size(cpus + 1);

	if (found > cpus)
		log_line(&monitor->log, LOG_WARN, "%u CPUs left out: the gate answers %u at most",
			 found - cpus, GATE_MAX_CPUS);
	for (uint32_t i = 0; i < monitor->slots.count; i++) {
		size += slot_size(slot_cpus(&monitor->slots.slot[i], cpus + 1),
				  monitor->options.integrity);
		slot_block_measure(monitor->boot, &monitor->slots.slot[i]);
	}
	if (!plan_kept(&monitor->plan, &monitor->slots, size, error))
		return false;
	memset((void *)monitor->plan.kept.base, 0, monitor->plan.kept.size);
	platform_give_room((void *)monitor->plan.kept.base);
	gate_cpu_init((void *)(monitor->plan.kept.base + platform_room()), apic_id, cpus);
	return true;
}

/* Takes the next size bytes of the memory at *room. */
static void *kept_room(uint8_t **room, uint64_t size)
{
	void *taken = *room;

	*room += align_up(size, STATE_ALIGN);
	return taken;
}

/* Divides the RAM at room, which is zero, among the parts of what is kept of a slot. */
static void give_room(const struct monitor *monitor, uint32_t index, uint8_t *room)
{
	struct kept_state *kept = kept_room(&room, sizeof(*kept));
	uint64_t sums = integrity_room(monitor->options.integrity);

	kept_states[index] = kept;
	kept->platform = kept_room(&room, platform_layout()->size);
	for (uint32_t cpu = 0; cpu < gate_cpus.count; cpu++)
		if (has_cpu(&monitor->slots.slot[index], cpu))
			kept->cpu[cpu] = kept_room(&room, cpu_state_layout()->size);
	if (sums)
		kept->integrity.text.sums = kept_room(&room, sums);
}

/* The platform gets the notes as the guest wrote them. */
#define SAME_NOTE(name) \
	_Static_assert((uint32_t)PLATFORM_SPARE_##name == (uint32_t)SWITCHYARD_SPARE_##name, #name)

SAME_NOTE(TEXT);
SAME_NOTE(HIDDEN);
SAME_NOTE(FONTS);
SAME_NOTE(IOAPIC);
SAME_NOTE(LAPIC);
SAME_NOTE(PIC);
SAME_NOTE(PIT);
SAME_NOTE(MSIX);
SAME_NOTE(SAME_FONTS);

/* The driver asks before a quick switch. An NMI asks nobody. */
bool kept_state_works(const struct slot *slot, enum kept_how how)
{
	if (how == KEPT_INTERRUPTED)
		return slot->uses.told && !slot->uses.more && !platform_translates();
	return how == KEPT_QUICK;
}

void kept_state_save(const struct slot_table *slots, const struct slot *slot,
		     struct kept_state *kept, enum kept_how how)
{
	const struct switchyard_notes *notes = &slot_block(slot)->info.notes;

	kept->spared = how == KEPT_ENDED || how == KEPT_INTERRUPTED ? 0 : notes->spared;
	platform_set_ram(&slot->ram, &slot->dma);
	platform_save(kept->platform, cpu_state_lapic(kept->cpu[0]),
		      &(struct platform_notes){
			      .spared = kept->spared,
			      .pit_reload = notes->pit_reload,
			      .pic_master = notes->pic_master,
			      .pic_slave = notes->pic_slave,
			      .keyboard_leds = notes->keyboard_leds,
			      .ib700 = notes->watchdogs & SWITCHYARD_WATCHDOG_IB700,
			      .works = kept_state_works(slot, how) ? slot->uses.set : NULL,
			      .others_stay = how == KEPT_CPUS || how == KEPT_QUICK ||
					     how == KEPT_INTERRUPTED,
			      .owner = owner_number(slots, slot),
		      });
}

void kept_state_save_apart(struct monitor *monitor, const struct slot *slot,
			   struct kept_state *kept)
{
	uint32_t size = platform_apart_size(kept->platform);

	if (size && !kept->apart &&
	    !plan_take(&monitor->plan, size, UINT64_MAX, OWNER_KEPT, &kept->apart)) {
		log_keep(&monitor->log, LOG_WARN,
			 "slot %s: no RAM to keep its font; it will find another one", slot->name);
		size = 0;
	} else if (size) {
		kept->apart_room = page_up(size);
	}
	if (size)
		platform_save_apart((void *)kept->apart);
	kept->apart_size = size;
}

void kept_state_note_registers(struct kept_state *kept)
{
	kept->registers = kept->crew;
	for (uint32_t cpu = 0; cpu < gate_cpus.count; cpu++)
		if (kept->cpu[cpu] && kept->cpu[cpu]->progress == GATE_SAVED)
			kept->registers |= 1ull << cpu;
}

void kept_state_idle(struct kept_state *kept, uint32_t first)
{
	for (uint32_t cpu = first; cpu < gate_cpus.count; cpu++)
		if (kept->cpu[cpu] && !(kept->crew >> cpu & 1))
			kept->cpu[cpu]->progress = GATE_IDLE;
}

void kept_state_build_block(struct monitor *monitor, uint32_t index)
{
	struct error error;

	if (!slot_block_allows(monitor, &monitor->slots.slot[index], &error) ||
	    !slot_block_build(monitor, index, &kept_states[index]->rsdp, &error))
		log_line(&monitor->log, LOG_ERROR, "%s", error.text);
}

void kept_state_init(struct monitor *monitor)
{
	uint8_t *room = (uint8_t *)monitor->plan.kept.base + kept_state_own_size();

	for (uint32_t i = 0; i < monitor->slots.count; i++) {
		give_room(monitor, i, room);
		room += size_of(monitor, i);
		kept_state_build_block(monitor, i);
	}
}

bool kept_state_add(struct monitor *monitor, uint32_t index, struct error *error)
{
	uint64_t size = size_of(monitor, index), base;
	char wanted[SIZE_TEXT];

	if (!plan_take(&monitor->plan, size, BELOW_4G, OWNER_KEPT, &base))
		return fail(error, "no room between 16 MiB and 4 GiB for what is kept of it: %s",
			    format_size(wanted, size));
	memset((void *)base, 0, size);
	give_room(monitor, index, (uint8_t *)base);
	slot_block_measure(monitor->boot, &monitor->slots.slot[index]);
	return true;
}

void kept_state_drop(struct monitor *monitor, uint32_t index)
{
	const struct kept_state *kept = kept_states[index];

	/* If this slot ran last, its contexts are still the CPUs'. */
	for (uint32_t cpu = 0; cpu < gate_cpus.count; cpu++)
		if (gate_cpus.cpu[cpu].context == kept->cpu[cpu])
			gate_cpu_set_context(cpu, NULL);
	if (kept->apart)
		plan_release(&monitor->plan, kept->apart, kept->apart_room, OWNER_KEPT);
	plan_release(&monitor->plan, (uintptr_t)kept, size_of(monitor, index), OWNER_KEPT);
	kept_states[index] = NULL;
}
