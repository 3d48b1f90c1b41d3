// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/slot_snapshot.h"
#include <stddef.h>
#include "arch/x86/gate/gate_cpu.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/time/clock.h"
#include "guest/linux/switchyard_check.h"
#include "guest/linux/switchyard_names.h"
#include "lib/print.h"
#include "lib/string.h"
#include "lib/units.h"
#include "monitor/dump/dump_slot.h"
#include "monitor/slot/life.h"
#include "monitor/switch/integrity.h"
#include "monitor/switch/kept_copy.h"
#include "monitor/switch/kept_state.h"
#include "monitor/switch/slot_log.h"
#include "monitor/switch/switch.h"

/* What is told of a slot's memory, and the registers of its CPUs. */
#define TOLD_ROOM \
	(sizeof(struct switchyard_memory) + GATE_MAX_CPUS * sizeof(struct switchyard_registers))

/* Which pages are free, by the kernel's own word. NULL: it does not say. */
static struct free_pages *find_free_pages(const struct slot *slot, const struct slot_memory *told,
					  struct log *log)
{
	static struct free_pages free;
	struct error error;

	if (free_pages_open(&free, told, &error))
		return &free;
	log_keep(log, LOG_WARN, "slot %s: all of its pages are kept: %s", slot->name, error.text);
	return NULL;
}

/* What the monitor keeps of the slot, and what it tells of it. */
static bool copy_kept(struct monitor *monitor, const struct slot_memory *told,
		      struct snapshot *snapshot, struct error *error)
{
	uint32_t index = slot_index(&monitor->slots, told->slot);
	uint64_t size = kept_copy_size(monitor, index);
	uint8_t *to;

	if (kept_state(index)->from_file)
		return fail(error, "slot %s came from a file, and has not run since",
			    told->slot->name);
	if (!snapshot_take_kept(snapshot, &monitor->plan, size + TOLD_ROOM, error))
		return false;
	to = phys(snapshot->kept.base);
	kept_copy_write(monitor, index, to);
	snapshot->kept_size = size;
	snapshot->told_size = slot_memory_tell(told, to + size, TOLD_ROOM);
	return true;
}

static void log_packed(struct monitor *monitor, const struct snapshot *snapshot)
{
	char pages[SIZE_TEXT], all[SIZE_TEXT];

	log_keep(&monitor->log, LOG_INFO,
		 "snapshot %s was compressed, because the pool is short: %s of pages take %s",
		 snapshot->name, format_size(pages, snapshot->store.kept * PAGE_SIZE),
		 format_size(all, snapshot_size(snapshot)));
}

bool slot_snapshot_take(struct monitor *monitor, struct slot *slot, struct snapshot *snapshot,
			struct error *error)
{
	static struct printk_log log;
	uint64_t begin = clock_us();
	struct slot_memory told;

	slot_log_find_memory(monitor, slot, &log, &told);
	if (!copy_kept(monitor, &told, snapshot, error) ||
	    !snapshot_copy(snapshot, &monitor->plan, slot,
			   find_free_pages(slot, &told, &monitor->log), error)) {
		snapshot_drop(&monitor->snapshots, &monitor->plan, snapshot);
		return false;
	}
	if (snapshot->store.packed)
		log_packed(monitor, snapshot);
	snapshot->storage = monitor->storage.list[slot_index(&monitor->slots, slot)];
	snapshot->storage_time = storage_now(&monitor->storage);
	snapshot->taken = true;
	snapshot->taken_us = clock_us();
	snapshot->usec = snapshot->taken_us - begin;
	return true;
}

bool slot_snapshot_can_restore(const struct snapshot *snapshot)
{
	const struct slot *was = &snapshot->slot;

	if (!was->works)
		return true;
	for (uint32_t i = 0; i < SLOT_USES_WORDS; i++)
		if (was->uses.set[i])
			return false;
	return was->uses.told && !was->uses.more;
}

/* The slot that can be put back now; NULL, with the reason: there is none. */
static struct slot *restorable(struct monitor *monitor, const struct snapshot *snapshot,
			       struct error *error)
{
	struct slot *slot = slot_find(&monitor->slots, snapshot->slot.name);

	if (!slot)
		fail(error, "there is no slot %s any more", snapshot->slot.name);
	else if (!slot_snapshot_can_restore(snapshot))
		fail(error,
		     "snapshot %s can only be read: devices of slot %s worked when it was taken",
		     snapshot->name, slot->name);
	else if (slot->state == SWITCHYARD_RUNNING)
		fail(error,
		     "slot %s runs; it is put back from another slot, or at the monitor's console",
		     slot->name);
	else if (dump_slot_allows(&monitor->slots, slot, error) &&
		 snapshot_fits(snapshot, slot, error))
		return slot;
	return NULL;
}

/* A guest asks for a service, which touches no device. */
static bool a_slot_runs(const struct monitor *monitor)
{
	return monitor->current != NO_SLOT &&
	       monitor->slots.slot[monitor->current].state == SWITCHYARD_RUNNING;
}

bool slot_snapshot_restore_begin(struct monitor *monitor, const struct snapshot *snapshot,
				 bool force, struct error *error)
{
	struct slot *slot = restorable(monitor, snapshot, error);
	struct error reason;

	if (!slot)
		return false;
	if (slot->works && a_slot_runs(monitor))
		return fail(
			error,
			"slot %s: its devices work while it is parked, and write to its memory; "
			"restore it at the monitor's console",
			slot->name);
	if (!force && !snapshot->storage.told)
		return fail(error,
			    "snapshot %s: slot %s had not told which disks it uses; they may have "
			    "been written since",
			    snapshot->name, slot->name);
	if (!force && !storage_unwritten_since(&monitor->storage, &snapshot->storage,
					       snapshot->storage_time, STORAGE_POSSIBLE, &reason))
		return fail(error, "snapshot %s: %s", snapshot->name, reason.text);
	if (switchyard_stands_still(slot->state) && !switch_kill(monitor, slot, error))
		return false;
	monitor->snapshots.file.id = 0;
	monitor->snapshots.restoration =
		(struct restoration){.id = snapshot->id, .runs = slot->runs};
	return true;
}

void slot_snapshot_parked(struct monitor *monitor, struct slot *slot, const struct slot *was,
			  const struct storage_list *storage)
{
	uint32_t index = slot_index(&monitor->slots, slot);
	struct kept_state *kept = kept_state(index);

	slot->uses = was->uses;
	slot->works = false;
	slot->lost = false;
	slot->has_driver = was->has_driver;
	slot->crash[0] = '\0';
	slot->end = 0;
	life_apply(slot, LIFE_RESTORE);
	monitor->storage.list[index] = *storage;
	monitor->storage.list[index].left = storage_now(&monitor->storage);
	slot->turn = ++monitor->succession.turns; /* readers of its memory find out */
	integrity_forget(&kept->integrity);
	integrity_take(slot, kept, monitor->options.integrity, false);
}

/* Its memory is complete: it is parked. */
static bool finish(struct monitor *monitor, const struct snapshot *snapshot, struct slot *slot,
		   struct error *error)
{
	if (!kept_copy_read(monitor, slot_index(&monitor->slots, slot), phys(snapshot->kept.base),
			    snapshot->kept_size, error))
		return false;
	slot_snapshot_parked(monitor, slot, &snapshot->slot, &snapshot->storage);
	monitor->snapshots.restoration.id = 0;
	return true;
}

bool slot_snapshot_restore_part(struct monitor *monitor, const struct snapshot *snapshot,
				uint64_t pages, uint64_t *left, struct error *error)
{
	struct restoration *restoration = &monitor->snapshots.restoration;
	struct slot *slot = restorable(monitor, snapshot, error);
	uint64_t all = snapshot->store.pages;

	if (!slot)
		return false;
	if (restoration->id != snapshot->id || restoration->runs != slot->runs ||
	    !life_step(slot->state, LIFE_RESTORE))
		return fail(error, "something else was done with slot %s meanwhile; begin again",
			    slot->name);
	if (pages > all - restoration->next)
		pages = all - restoration->next;
	if (!snapshot_put_back(snapshot, restoration->next, pages, error))
		return false;
	restoration->next += pages;
	*left = all - restoration->next;
	return *left || finish(monitor, snapshot, slot, error);
}
