// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_copies.c - finds the pages of a snapshot, by its map in the monitor's RAM.
 *
 * struct switchyard_snapshot_map (switchyard.h) says what the map is. Nothing of this kernel's own
 * memory can be reached by it: each entry has to lie in one of the pieces that the monitor names.
 */
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "core.h"
#include "memory/slot_files.h"

struct switchyard_copies {
	u64 id;
	u64 changes;	  /* as it was when the monitor was asked last */
	const u64 *entry; /* one for each page */
	u64 count;
	u32 piece_count;
	struct switchyard_range piece[SWITCHYARD_SNAPSHOT_PIECES];
	const u8 *at[SWITCHYARD_SNAPSHOT_PIECES];
};

/* Pages that lie one after the other, in memory as in the snapshot. at NULL: they read as zeros. */
struct run {
	const u8 *at;
	u64 pages;
};

static int map_all(struct switchyard_copies *copies, const struct switchyard_snapshot_map *map)
{
	u32 i;

	if (map->piece_count > SWITCHYARD_SNAPSHOT_PIECES)
		return -EIO;
	copies->count = map->map.size / sizeof(*copies->entry);
	copies->entry = memremap(map->map.base, map->map.size, MEMREMAP_WB);
	if (!copies->entry)
		return -ENOMEM;
	for (i = 0; i < map->piece_count; i++) {
		copies->piece[i] = map->piece[i];
		copies->at[i] = memremap(map->piece[i].base, map->piece[i].size, MEMREMAP_WB);
		if (!copies->at[i])
			return -ENOMEM;
		copies->piece_count = i + 1;
	}
	return 0;
}

int switchyard_copies_open(u64 id, struct switchyard_copies **opened)
{
	struct switchyard_copies *copies = kzalloc(sizeof(*copies), GFP_KERNEL);
	struct switchyard_snapshot_map *map = kzalloc(sizeof(*map), GFP_KERNEL);
	int error = -ENOMEM;

	if (copies && map) {
		copies->id = id;
		copies->changes = switchyard_memory_changes();
		error = switchyard_snapshot_map(id, map);
	}
	if (!error)
		error = map_all(copies, map);
	kfree(map);
	if (!error)
		*opened = copies;
	else if (copies)
		switchyard_copies_close(copies);
	return error;
}

void switchyard_copies_close(struct switchyard_copies *copies)
{
	u32 i;

	for (i = 0; i < copies->piece_count; i++)
		memunmap((void *)copies->at[i]);
	if (copies->entry)
		memunmap((void *)copies->entry);
	kfree(copies);
}

bool switchyard_copies_have(const struct switchyard_copies *copies, u64 pages)
{
	return pages <= copies->count;
}

/* Others may drop it while this kernel is away, and a quick switch may come at any step. */
bool switchyard_copies_current(struct switchyard_copies *copies)
{
	u64 changes = switchyard_memory_changes();
	struct switchyard_snapshot_map *map;
	bool there;

	if (!switchyard_memory_held() && READ_ONCE(copies->changes) == changes)
		return true;
	map = kzalloc(sizeof(*map), GFP_KERNEL);
	there = map && !switchyard_snapshot_map(copies->id, map);
	kfree(map);
	if (there)
		WRITE_ONCE(copies->changes, changes);
	return there;
}

/* The piece that has the whole page at that physical address; piece_count: none has. */
static u32 piece_of(const struct switchyard_copies *copies, u64 place)
{
	u32 i;

	for (i = 0; i < copies->piece_count; i++) {
		const struct switchyard_range *piece = &copies->piece[i];

		if (place >= piece->base && piece->size >= PAGE_SIZE &&
		    place - piece->base <= piece->size - PAGE_SIZE)
			break;
	}
	return place % PAGE_SIZE ? copies->piece_count : i;
}

static bool is_zero(u64 place)
{
	return place == SWITCHYARD_PAGE_FREE || place == SWITCHYARD_PAGE_ZERO;
}

/* Finds the run that begins with that page, of so many pages at most. False: the map is wrong. */
static bool find_run(const struct switchyard_copies *copies, u64 page, u64 most, struct run *run)
{
	u64 place, end;
	u32 piece;

	if (page >= copies->count)
		return false;
	most = min(most, copies->count - page);
	place = READ_ONCE(copies->entry[page]);
	*run = (struct run){.pages = 1};
	if (is_zero(place)) {
		while (run->pages < most && is_zero(READ_ONCE(copies->entry[page + run->pages])))
			run->pages++;
		return true;
	}
	piece = piece_of(copies, place);
	if (piece == copies->piece_count)
		return false;
	run->at = copies->at[piece] + (place - copies->piece[piece].base);
	end = copies->piece[piece].base + copies->piece[piece].size;
	most = min(most, (end - place) / PAGE_SIZE);
	while (run->pages < most &&
	       READ_ONCE(copies->entry[page + run->pages]) == place + run->pages * PAGE_SIZE)
		run->pages++;
	return true;
}

/* Finds *size bytes, or fewer that lie in one run. False: the map is wrong. */
static bool find_bytes(const struct switchyard_copies *copies, u64 from, size_t *size,
		       const u8 **at)
{
	u64 skip = from % PAGE_SIZE;
	struct run run;

	if (!find_run(copies, from / PAGE_SIZE, PFN_UP(skip + *size), &run))
		return false;
	*size = min_t(u64, *size, run.pages * PAGE_SIZE - skip);
	*at = run.at ? run.at + skip : NULL;
	return true;
}

bool switchyard_copies_read(const struct switchyard_copies *copies, u64 from, char __user *to,
			    size_t size)
{
	size_t part;

	for (; size; size -= part, from += part, to += part) {
		const u8 *at;

		part = size;
		if (!find_bytes(copies, from, &part, &at) ||
		    (at ? copy_to_user(to, at, part) : clear_user(to, part)))
			return false;
	}
	return true;
}

bool switchyard_copies_copy(const struct switchyard_copies *copies, u64 from, void *to, size_t size)
{
	size_t part;

	for (; size; size -= part, from += part, to += part) {
		const u8 *at;

		part = size;
		if (!find_bytes(copies, from, &part, &at))
			return false;
		if (at)
			memcpy(to, at, part);
		else
			memset(to, 0, part);
	}
	return true;
}

bool switchyard_copies_frame(const struct switchyard_copies *copies, u64 page, unsigned long *frame)
{
	u64 place;

	if (page >= copies->count)
		return false;
	place = READ_ONCE(copies->entry[page]);
	*frame = is_zero(place) ? page_to_pfn(ZERO_PAGE(0)) : PHYS_PFN(place);
	return is_zero(place) || piece_of(copies, place) != copies->piece_count;
}
