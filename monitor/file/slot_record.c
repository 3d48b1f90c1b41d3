// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/file/slot_record.h"
#include <stddef.h>
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/gate/gate_cpu.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/pci/pci.h"
#include "arch/x86/platform/file_state.h"
#include "arch/x86/time/clock.h"
#include "guest/linux/switchyard_names.h"
#include "lib/string.h"
#include "lib/units.h"
#include "lib/xxh64.h"
#include "monitor/dump/dump_slot.h"
#include "monitor/slot/life.h"
#include "monitor/switch/kept_copy.h"
#include "monitor/switch/kept_state.h"
#include "monitor/switch/slot_block.h"
#include "monitor/switch/slot_snapshot.h"

#define SUMMED_FROM offsetof(struct switchyard_record, slot)
#define RUNS_MOST   UINT32_MAX /* so that the count goes on */

_Static_assert(sizeof(struct switchyard_record) % 8 == 0, "what follows is aligned");
_Static_assert(SUMMED_FROM == 16, "no gap is left out");
_Static_assert(sizeof(((struct switchyard_record *)0)->uses) == SLOT_USES_WORDS * sizeof(uint64_t),
	       "a bit for each function");

static uint64_t sum_of(const struct switchyard_record *record)
{
	return xxh64((const uint8_t *)record + SUMMED_FROM, record->size - SUMMED_FROM, 0);
}

static uint64_t sum_of_map(const struct boot_info *boot)
{
	uint64_t sum = boot->region_count;

	for (uint32_t i = 0; i < boot->region_count; i++) {
		uint64_t numbers[] = {boot->region[i].base, boot->region[i].size,
				      boot->region[i].type};

		sum = xxh64(numbers, sizeof(numbers), sum);
	}
	return sum;
}

static uint32_t flags_of(const struct snapshot *snapshot)
{
	const struct slot *slot = &snapshot->slot;

	return (slot->has_driver ? SWITCHYARD_RECORD_DRIVER : 0) |
	       (slot->uses.told ? SWITCHYARD_RECORD_USES : 0) |
	       (slot->uses.more ? SWITCHYARD_RECORD_USES_MORE : 0) |
	       (slot->uses.translates ? SWITCHYARD_RECORD_TRANSLATES : 0) |
	       (slot->uses.crash_kernel ? SWITCHYARD_RECORD_CRASH : 0) |
	       (snapshot->storage.told ? SWITCHYARD_RECORD_STORAGE : 0);
}

/* The CPUs that it has on this machine, as bits. */
static uint64_t cpus_of(const struct kept_state *kept)
{
	uint64_t cpus = 0;

	for (uint32_t cpu = 0; cpu < GATE_MAX_CPUS; cpu++)
		if (kept->cpu[cpu])
			cpus |= 1ull << cpu;
	return cpus;
}

static struct switchyard_range range_of(const struct region *region)
{
	return (struct switchyard_range){region->base, region->size};
}

/*
 * Where the machine and the slot are. The rest depends on the kernel that was there. Stacks of CPUs
 * that ask for services are small, so no record lies on one.
 */
static void describe_place(struct monitor *monitor, const struct slot *slot,
			   struct switchyard_record *record)
{
	memset(record, 0, sizeof(*record));
	record->size = (uint32_t)(sizeof(*record) + file_state_size());
	record->version = SWITCHYARD_RECORD_VERSION;
	memcpy(record->slot, slot->name, sizeof(record->slot));
	record->low = range_of(&slot->low);
	record->dma = range_of(&slot->dma);
	record->ram = range_of(&slot->ram);
	record->block = slot->block.size;
	record->cpus = cpus_of(kept_state(slot_index(&monitor->slots, slot)));
	record->cpu = file_state_cpu();
	record->map = sum_of_map(monitor->boot);
	record->devices = file_state_devices();
	record->state = file_state_form();
	record->power_on = clock_began();
	record->state_size = (uint32_t)file_state_size();
}

/* The notes lie in the slot's block, whose pages are the snapshot's last ones. */
static void copy_notes(const struct snapshot *snapshot, struct switchyard_notes *notes)
{
	uint64_t at = slot_block_info(&snapshot->slot) + offsetof(struct switchyard_info, notes) -
		      snapshot->slot.block.base;
	uint64_t page = snapshot_page_count(&snapshot->slot) + at / PAGE_SIZE;
	/* The caller has the monitor's lock. */
	static uint8_t copy[PAGE_SIZE];

	_Static_assert(offsetof(struct slot_block, info) % PAGE_SIZE == 0 &&
			       sizeof(struct switchyard_info) <= PAGE_SIZE,
		       "they are in one page");
	if (page_store_read(&snapshot->store, page, 1, copy))
		memcpy(notes, copy + at % PAGE_SIZE, sizeof(*notes));
}

static bool can_go(const struct snapshot *snapshot, const struct kept_copy_parts *parts,
		   struct error *error)
{
	if (snapshot->slot.works || !slot_snapshot_can_restore(snapshot))
		return fail(error,
			    "snapshot %s: its slot left devices working, so it can't go into a "
			    "file",
			    snapshot->name);
	return !parts->crew ||
	       fail(error,
		    "snapshot %s: its kernel kept other CPUs online, so it can't go into a file",
		    snapshot->name);
}

uint64_t slot_record_write(struct monitor *monitor, const struct snapshot *snapshot, void *to,
			   uint64_t room, struct error *error)
{
	struct slot *slot = slot_find(&monitor->slots, snapshot->slot.name);
	struct switchyard_record *record = to;
	struct kept_copy_parts parts;

	kept_copy_open(phys(snapshot->kept.base), &parts);
	if (!slot) {
		fail(error, "there is no slot %s any more", snapshot->slot.name);
		return 0;
	}
	if (!snapshot_fits(snapshot, slot, error) || !can_go(snapshot, &parts, error))
		return 0;
	if (room < sizeof(*record) + file_state_size()) {
		fail(error, "a buffer of %lu bytes; expected %lu", room,
		     sizeof(*record) + file_state_size());
		return 0;
	}
	describe_place(monitor, slot, record);
	record->flags = flags_of(snapshot);
	record->storage_time = snapshot->storage_time;
	record->runs = snapshot->slot.runs;
	record->log_hint = parts.log_hint;
	memcpy(record->uses, snapshot->slot.uses.set, sizeof(record->uses));
	copy_notes(snapshot, &record->notes);
	record->storage_count = snapshot->storage.count;
	memcpy(record->storage, snapshot->storage.entry, sizeof(record->storage));
	file_state_write(&(struct file_state){.context = (void *)parts.context,
					      .platform = (void *)parts.platform,
					      .spared = parts.spared},
			 record + 1);
	record->sum = sum_of(record);
	return record->size;
}

static bool is_undamaged(const struct switchyard_record *record, uint64_t size, struct error *error)
{
	if (size < sizeof(*record))
		return fail(error, "a record of %lu bytes; expected %lu at least", size,
			    sizeof(*record));
	if (record->version != SWITCHYARD_RECORD_VERSION)
		return fail(error, "a record of version %u; this monitor takes %u", record->version,
			    SWITCHYARD_RECORD_VERSION);
	if (record->size != size)
		return fail(error, "a record of %lu bytes, which says %u", size, record->size);
	if (record->sum != sum_of(record))
		return fail(error, "the record is damaged: its sum is wrong");
	if (record->slot[SWITCHYARD_NAME_SIZE - 1] ||
	    record->storage_count > SWITCHYARD_STORAGE_LIMIT ||
	    record->flags & ~SWITCHYARD_RECORD_FLAGS || record->runs > RUNS_MOST)
		return fail(error, "a record that no monitor has written");
	return true;
}

static bool is_of_machine(const struct switchyard_record *record,
			  const struct switchyard_record *now, struct error *error)
{
	const char *other = NULL;

	if (record->cpu != now->cpu)
		other = "its CPU is another one, or has other features";
	else if (record->map != now->map)
		other = "firmware tells of other memory";
	else if (record->devices != now->devices)
		other = "it has other PCI devices";
	if (other)
		return fail(error, "slot %s was on another machine: %s", record->slot, other);
	return (record->state == now->state && record->state_size == now->state_size &&
		record->size == now->size) ||
	       fail(error,
		    "slot %s was under another version of the monitor, which kept other "
		    "state of the CPU",
		    record->slot);
}

static bool is_same_range(const struct switchyard_range *one, const struct switchyard_range *two)
{
	return one->base == two->base && one->size == two->size;
}

static bool is_in_place(const struct switchyard_record *record, const struct switchyard_record *now,
			struct error *error)
{
	if (!is_same_range(&record->ram, &now->ram) || record->block != now->block)
		return fail(error,
			    "slot %s has %#lx to %#lx now; expected %#lx to %#lx, as it had then",
			    record->slot, now->ram.base, now->ram.base + now->ram.size - 1,
			    record->ram.base, record->ram.base + record->ram.size - 1);
	if (!is_same_range(&record->low, &now->low))
		return fail(error,
			    "slot %s has %#lx to %#lx below 1 MiB now; expected %#lx to %#lx, as "
			    "it had then",
			    record->slot, now->low.base, now->low.base + now->low.size - 1,
			    record->low.base, record->low.base + record->low.size - 1);
	if (!is_same_range(&record->dma, &now->dma))
		return fail(error,
			    "slot %s has %#lx bytes at %#lx below 4 GiB now; expected %#lx at "
			    "%#lx, as it had then",
			    record->slot, now->dma.size, now->dma.base, record->dma.size,
			    record->dma.base);
	return record->cpus == now->cpus ||
	       fail(error, "slot %s has other CPUs now than it had then", record->slot);
}

/* The slot that has that name. */
static struct slot *find_target(struct monitor *monitor, const struct switchyard_record *record,
				struct error *error)
{
	struct slot *slot = record->slot[0] ? slot_find(&monitor->slots, record->slot) : NULL;

	if (slot)
		return slot;
	/* The reason is one line. */
	for (uint32_t i = 0; record->slot[i]; i++)
		if (record->slot[i] <= ' ' || record->slot[i] > '~') {
			fail(error, "a record that no monitor has written");
			return NULL;
		}
	fail(error, "there is no slot %s; \"syctl add %s --mem %luK@%#lx\" makes one", record->slot,
	     record->slot, (record->ram.size + record->block) / KIB, record->ram.base);
	return NULL;
}

static bool may_be_written(const struct monitor *monitor, const struct slot *slot,
			   struct error *error)
{
	if (!life_step(slot->state, LIFE_RESTORE))
		return fail(error,
			    "slot %s is %s; expected ready or empty: \"syctl kill %s\" forgets "
			    "what it does",
			    slot->name, switchyard_state_name(slot->state), slot->name);
	return dump_slot_allows(&monitor->slots, slot, error);
}

/* What it had in use is a guest's word, and so is when that was. */
static bool disks_are_as_then(const struct monitor *monitor, const struct switchyard_record *record,
			      const struct storage_list *list, struct error *error)
{
	const char *use = storage_list_first_use(list);
	struct error reason;

	if (!(record->flags & SWITCHYARD_RECORD_STORAGE))
		return fail(error,
			    "slot %s had not told which disks it uses; they may have been written "
			    "since",
			    record->slot);
	if (!use)
		return true;
	if (record->power_on != clock_began())
		return fail(error,
			    "slot %s had %s in use, and the machine was reset since: it is not "
			    "known if that was written",
			    record->slot, use);
	return storage_unwritten_since(&monitor->storage, list, record->storage_time,
				       STORAGE_POSSIBLE, &reason) ||
	       fail(error, "slot %s: %s", record->slot, reason.text);
}

struct slot *slot_record_check(struct monitor *monitor, const struct switchyard_record *record,
			       uint64_t size, bool force, struct error *error)
{
	/* The caller has the monitor's lock. */
	static struct switchyard_record now;
	static struct storage_list list;
	struct slot *slot;

	if (!is_undamaged(record, size, error))
		return NULL;
	slot = find_target(monitor, record, error);
	if (!slot)
		return NULL;
	describe_place(monitor, slot, &now);
	if (is_of_machine(record, &now, error) && is_in_place(record, &now, error) &&
	    file_state_check(record + 1, &slot->ram, &slot->dma, error) &&
	    storage_list_read(&list, slot_index(&monitor->slots, slot), record->storage,
			      record->storage_count, error) &&
	    may_be_written(monitor, slot, error) &&
	    (force || disks_are_as_then(monitor, record, &list, error)))
		return slot;
	return NULL;
}

/* What its kernel had told of itself. The file may name functions that there are not. */
static void read_uses(const struct switchyard_record *record, struct slot *was)
{
	was->has_driver = record->flags & SWITCHYARD_RECORD_DRIVER;
	was->uses.told = record->flags & SWITCHYARD_RECORD_USES;
	was->uses.more = record->flags & SWITCHYARD_RECORD_USES_MORE;
	was->uses.translates = record->flags & SWITCHYARD_RECORD_TRANSLATES;
	was->uses.crash_kernel = record->flags & SWITCHYARD_RECORD_CRASH;
	for (uint32_t i = 0; i < pci_functions()->count; i++)
		was->uses.set[i / 64] |= record->uses[i / 64] & 1ull << i % 64;
}

/* The boot CPU alone is in the gate; the others were offline. */
static void read_kept(const struct switchyard_record *record, const struct slot *slot,
		      struct kept_state *kept)
{
	struct file_state state = {.context = kept->cpu[0], .platform = kept->platform};

	file_state_read(record + 1, &state);
	cpu_state_own_types(kept->cpu[0]);
	kept->cpu[0]->progress = GATE_PARKED;
	kept->crew = 0;
	kept_state_idle(kept, 1);
	kept->spared = state.spared;
	kept->registers = 1;
	kept->interrupted = 0;
	kept->apart_size = 0;
	kept->log_note = 0;
	kept->log_hint = page_down(record->log_hint);
	if (!slot_owns(slot, kept->log_hint, PAGE_SIZE))
		kept->log_hint = 0;
	kept->from_file = true;
}

void slot_record_apply(struct monitor *monitor, const struct switchyard_record *record,
		       struct slot *slot)
{
	static struct storage_list list;
	uint32_t index = slot_index(&monitor->slots, slot);
	static struct slot was;
	struct error error;

	kept_state_build_block(monitor, index);
	slot_block(slot)->info.notes = record->notes;
	read_kept(record, slot, kept_state(index));
	was = (struct slot){.runs = 0};
	read_uses(record, &was);
	storage_list_read(&list, index, record->storage, record->storage_count, &error);
	list.told = record->flags & SWITCHYARD_RECORD_STORAGE;
	/* Its kernel finds out by this count that it was put back. */
	if (slot->runs <= record->runs)
		slot->runs = record->runs + 1;
	slot_snapshot_parked(monitor, slot, &was, &list);
}
