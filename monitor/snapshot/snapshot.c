// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/snapshot/snapshot.h"
#include <stddef.h>
#include "arch/x86/memory/phys.h"
#include "lib/string.h"
#include "lib/units.h"
#include "monitor/plan/pool.h"

struct snapshot *snapshot_nth(const struct snapshots *snapshots, uint32_t n)
{
	return snapshots->at[n] ? phys(snapshots->at[n]) : NULL;
}

static struct snapshot *find_row(const struct snapshots *snapshots, const char *name, uint64_t id)
{
	for (uint32_t n = 0; n < SNAPSHOT_MAX; n++) {
		struct snapshot *snapshot = snapshot_nth(snapshots, n);

		if (snapshot && (name ? !strcmp(snapshot->name, name) : snapshot->id == id))
			return snapshot;
	}
	return NULL;
}

struct snapshot *snapshot_named(const struct snapshots *snapshots, const char *name,
				struct error *error)
{
	struct snapshot *snapshot = find_row(snapshots, name, 0);

	if (snapshot && snapshot->taken)
		return snapshot;
	fail(error, "no snapshot \"%s\"; \"snapshots\" lists them", name);
	return NULL;
}

struct snapshot *snapshot_with_id(const struct snapshots *snapshots, uint64_t id,
				  struct error *error)
{
	struct snapshot *snapshot = find_row(snapshots, NULL, id);

	if (snapshot && snapshot->taken)
		return snapshot;
	fail(error, "no snapshot has the number %lu; it may have been dropped", id);
	return NULL;
}

struct snapshot *snapshot_prepared(const struct snapshots *snapshots, const struct slot *slot,
				   uint64_t id)
{
	struct snapshot *snapshot = find_row(snapshots, NULL, id);

	return snapshot && !snapshot->taken && !strcmp(snapshot->slot.name, slot->name) ? snapshot
											: NULL;
}

/* Nothing came of these, whichever slot it was: one slot runs at a time. */
static void forget_prepared(struct snapshots *snapshots, struct plan *plan)
{
	for (uint32_t n = 0; n < SNAPSHOT_MAX; n++) {
		struct snapshot *snapshot = snapshot_nth(snapshots, n);

		if (snapshot && !snapshot->taken)
			snapshot_drop(snapshots, plan, snapshot);
	}
}

/* The first place that is free; SNAPSHOT_MAX: none is. */
static uint32_t free_place(const struct snapshots *snapshots)
{
	uint32_t n = 0;

	while (n < SNAPSHOT_MAX && snapshots->at[n])
		n++;
	return n;
}

struct snapshot *snapshot_new(struct snapshots *snapshots, struct plan *plan,
			      const struct slot *slot, const char *name, struct error *error)
{
	struct snapshot *snapshot;
	uint32_t place;

	forget_prepared(snapshots, plan);
	place = free_place(snapshots);
	if (find_row(snapshots, name, 0)) {
		fail(error, "there is a snapshot \"%s\" already; \"drop %s\" forgets it", name,
		     name);
		return NULL;
	}
	if (place == SNAPSHOT_MAX) {
		fail(error, "there are %d snapshots, which is the most; \"drop NAME\" forgets one",
		     SNAPSHOT_MAX);
		return NULL;
	}
	if (!pool_take(plan, sizeof(*snapshot), &snapshots->at[place], error)) {
		snapshots->at[place] = 0;
		return NULL;
	}
	snapshot = snapshot_nth(snapshots, place);
	*snapshot = (struct snapshot){.id = ++snapshots->ids, .slot = *slot};
	memcpy(snapshot->name, name, strlen(name) + 1);
	return snapshot;
}

static uint64_t pages_in(const struct slot *slot, uint32_t piece)
{
	return slot_piece(slot, piece)->size / PAGE_SIZE;
}

/*
 * Where page number n of the slot's RAM is: through all its pieces, and then the block, which follows
 * the last one. A reader of the memory counts them like this, too (SWITCHYARD_MEMORY). *count is
 * lowered to the pages that lie in a row from there.
 */
static uint64_t run_at(const struct slot *slot, uint64_t n, uint64_t *count)
{
	uint32_t piece = 0;

	for (; piece < SLOT_RAM_PIECES - 1 && n >= pages_in(slot, piece); piece++)
		n -= pages_in(slot, piece);
	if (piece < SLOT_RAM_PIECES - 1 && *count > pages_in(slot, piece) - n)
		*count = pages_in(slot, piece) - n;
	return slot_piece(slot, piece)->base + n * PAGE_SIZE;
}

static uint64_t page_at(const struct slot *slot, uint64_t n)
{
	uint64_t one = 1;

	return run_at(slot, n, &one);
}

static bool number_in(const struct region *region, uint64_t address, uint64_t count,
		      uint64_t *number)
{
	uint64_t skip = address - region->base;

	if (address < region->base || skip >= region->size || skip % PAGE_SIZE ||
	    count > (region->size - skip) / PAGE_SIZE)
		return false;
	*number = skip / PAGE_SIZE;
	return true;
}

bool snapshot_page_number(const struct slot *slot, uint64_t address, uint64_t count,
			  uint64_t *number)
{
	uint64_t before = 0;

	for (uint32_t piece = 0; piece < SLOT_RAM_PIECES; piece++) {
		if (number_in(slot_piece(slot, piece), address, count, number)) {
			*number += before;
			return true;
		}
		before += pages_in(slot, piece);
	}
	return false;
}

uint64_t snapshot_page_count(const struct slot *slot)
{
	return (slot->low.size + slot->dma.size + slot->ram.size) / PAGE_SIZE;
}

void *snapshot_page(const struct slot *slot, uint64_t number)
{
	return phys(page_at(slot, number));
}

/* Pages that lie in one piece. */
static bool keep_run(struct snapshot *snapshot, struct plan *plan, uint64_t first, uint64_t count,
		     struct error *error)
{
	return !count || page_store_keep(&snapshot->store, plan, first, count,
					 phys(page_at(&snapshot->slot, first)), error);
}

/*
 * The piece below 4 GiB, or the range without its block, whose pages the slot's kernel does not
 * know. first is the number of its first page.
 */
static bool copy_ram(struct snapshot *snapshot, struct plan *plan, const struct region *ram,
		     uint64_t first, struct free_pages *free, struct error *error)
{
	uint64_t end = ram->base + ram->size, size;

	for (uint64_t at = ram->base; at < end; at += size) {
		bool is_free = false;

		size = free ? free_pages_run(free, at, end, &is_free) : end - at;
		if (!is_free && !keep_run(snapshot, plan, first + (at - ram->base) / PAGE_SIZE,
					  size / PAGE_SIZE, error))
			return false;
	}
	return true;
}

static bool copy_all(struct snapshot *snapshot, struct plan *plan, struct free_pages *free,
		     bool packed, struct error *error)
{
	const struct slot *slot = &snapshot->slot;
	uint64_t low = slot->low.size / PAGE_SIZE, dma = slot->dma.size / PAGE_SIZE;
	uint64_t ram = slot->ram.size / PAGE_SIZE, block = slot->block.size / PAGE_SIZE;

	return page_store_begin(&snapshot->store, plan, low + dma + ram + block, packed, error) &&
	       keep_run(snapshot, plan, 0, low, error) &&
	       copy_ram(snapshot, plan, &slot->dma, low, free, error) &&
	       copy_ram(snapshot, plan, &slot->ram, low + dma, free, error) &&
	       keep_run(snapshot, plan, low + dma + ram, block, error);
}

bool snapshot_copy(struct snapshot *snapshot, struct plan *plan, const struct slot *slot,
		   struct free_pages *free, struct error *error)
{
	snapshot->slot = *slot;
	if (!copy_all(snapshot, plan, free, false, error)) {
		page_store_drop(&snapshot->store, plan);
		if (!copy_all(snapshot, plan, free, true, error))
			return false;
	}
	page_store_end(&snapshot->store, plan);
	return true;
}

bool snapshot_take_kept(struct snapshot *snapshot, struct plan *plan, uint64_t size,
			struct error *error)
{
	if (!pool_take(plan, size, &snapshot->kept.base, error))
		return false;
	snapshot->kept.size = page_up(size);
	return true;
}

bool snapshot_fits(const struct snapshot *snapshot, const struct slot *slot, struct error *error)
{
	const struct slot *was = &snapshot->slot;

	if (was->ram.base != slot->ram.base || was->ram.size != slot->ram.size ||
	    was->block.size != slot->block.size)
		return fail(error,
			    "slot %s has %#lx to %#lx now; expected %#lx to %#lx, as at the "
			    "snapshot",
			    slot->name, slot->ram.base, slot->ram.base + slot_range(slot).size - 1,
			    was->ram.base, was->ram.base + slot_range(was).size - 1);
	if (was->low.base != slot->low.base || was->low.size != slot->low.size)
		return fail(error,
			    "slot %s has %#lx to %#lx below 1 MiB now; expected %#lx to %#lx, as "
			    "at the snapshot",
			    slot->name, slot->low.base, slot->low.base + slot->low.size - 1,
			    was->low.base, was->low.base + was->low.size - 1);
	if (was->dma.base != slot->dma.base || was->dma.size != slot->dma.size)
		return fail(
			error,
			"slot %s has %#lx bytes at %#lx below 4 GiB now; expected %#lx at %#lx, as at "
			"the snapshot",
			slot->name, slot->dma.size, slot->dma.base, was->dma.size, was->dma.base);
	return was->cpus == slot->cpus ||
	       fail(error, "slot %s has other CPUs now than at the snapshot", slot->name);
}

bool snapshot_put_back(const struct snapshot *snapshot, uint64_t first, uint64_t count,
		       struct error *error)
{
	for (uint64_t end = first + count, run; first < end; first += run) {
		uint64_t place, done;

		run = end - first;
		place = run_at(&snapshot->slot, first, &run);
		done = page_store_read(&snapshot->store, first, run, phys(place));
		if (done < run)
			return fail(error, "snapshot %s is damaged: the page at %#lx is not LZ4",
				    snapshot->name, place + done * PAGE_SIZE);
	}
	return true;
}

void snapshot_drop(struct snapshots *snapshots, struct plan *plan, struct snapshot *snapshot)
{
	page_store_drop(&snapshot->store, plan);
	if (snapshot->kept.size)
		pool_give(plan, snapshot->kept.base, snapshot->kept.size);
	for (uint32_t n = 0; n < SNAPSHOT_MAX; n++) {
		if (snapshot_nth(snapshots, n) != snapshot)
			continue;
		pool_give(plan, snapshots->at[n], sizeof(*snapshot));
		snapshots->at[n] = 0;
	}
}

uint64_t snapshot_size(const struct snapshot *snapshot)
{
	return page_up(sizeof(*snapshot)) + snapshot->kept.size + page_store_size(&snapshot->store);
}
