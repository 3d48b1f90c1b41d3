// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_copies.c - finds the pages of a snapshot, by its map in the monitor's RAM.
 *
 * struct switchyard_snapshot_map (switchyard.h) says what the map is. Nothing of this kernel's own
 * memory can be reached by it: each entry has to lie in one of the pieces that the monitor names.
 * Compressed pages are read by Linux's own LZ4, which takes any input.
 */
#include <linux/io.h>
#include <linux/lz4.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "core.h"
#include "memory/slot_files.h"

struct switchyard_copies {
	u64 id;
	bool packed;	  /* its pages are compressed */
	u64 changes;	  /* as it was when the monitor was asked last */
	const u64 *entry; /* one for each page */
	u64 count;
	u32 piece_count;
	struct switchyard_range piece[SWITCHYARD_SNAPSHOT_PIECES];
	const u8 *at[SWITCHYARD_SNAPSHOT_PIECES];
};

/*
 * Pages that lie one after the other, in memory as in the snapshot. at NULL: they read as zeros.
 * block: it is one page, as so many bytes of LZ4.
 */
struct run {
	const u8 *at;
	u64 pages;
	u32 block;
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

int switchyard_copies_open(const struct switchyard_snapshot *row, struct switchyard_copies **opened)
{
	struct switchyard_copies *copies = kzalloc(sizeof(*copies), GFP_KERNEL);
	struct switchyard_snapshot_map *map = kzalloc(sizeof(*map), GFP_KERNEL);
	int error = -ENOMEM;

	if (copies && map) {
		copies->id = row->id;
		copies->packed = row->flags & SWITCHYARD_SNAPSHOT_PACKED;
		copies->changes = switchyard_memory_changes();
		error = switchyard_snapshot_map(row->id, map);
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

/* The piece that has these bytes at that physical address; piece_count: none has. */
static u32 piece_of(const struct switchyard_copies *copies, u64 place, u64 size)
{
	u32 i;

	for (i = 0; i < copies->piece_count; i++) {
		const struct switchyard_range *piece = &copies->piece[i];

		if (place >= piece->base && piece->size >= size &&
		    place - piece->base <= piece->size - size)
			break;
	}
	return i;
}

static bool is_zero(u64 place)
{
	return place == SWITCHYARD_PAGE_FREE || place == SWITCHYARD_PAGE_ZERO;
}

/* How many pages from that one on lie as in memory, `most` at the most. */
static u64 count_run(const struct switchyard_copies *copies, u64 page, u64 most)
{
	u64 first = READ_ONCE(copies->entry[page]), pages = 1;

	while (pages < most) {
		u64 entry = READ_ONCE(copies->entry[page + pages]);

		if (is_zero(first) ? !is_zero(entry) : entry != first + pages * PAGE_SIZE)
			break;
		pages++;
	}
	return pages;
}

/* Finds the run that begins with that page, of so many pages at most. False: the map is wrong. */
static bool find_run(const struct switchyard_copies *copies, u64 page, u64 most, struct run *run)
{
	u64 entry, place, end;
	u32 piece;

	if (page >= copies->count)
		return false;
	most = min(most, copies->count - page);
	entry = READ_ONCE(copies->entry[page]);
	place = entry & SWITCHYARD_PAGE_PLACE;
	*run = (struct run){.pages = 1, .block = entry >> SWITCHYARD_PAGE_BLOCK_SHIFT};
	if (is_zero(entry)) {
		run->pages = count_run(copies, page, most);
		return true;
	}
	piece = piece_of(copies, place, run->block ? run->block : PAGE_SIZE);
	if (piece == copies->piece_count)
		return false;
	run->at = copies->at[piece] + (place - copies->piece[piece].base);
	end = copies->piece[piece].base + copies->piece[piece].size;
	if (!run->block)
		run->pages = count_run(copies, page, min(most, (end - place) / PAGE_SIZE));
	return true;
}

/*
 * Finds *size bytes, or fewer that lie in one run; a page that is compressed comes to `room`.
 * False: the map is wrong.
 */
static bool find_bytes(const struct switchyard_copies *copies, void *room, u64 from, size_t *size,
		       const u8 **at)
{
	u64 skip = from % PAGE_SIZE;
	struct run run;

	if (!find_run(copies, from / PAGE_SIZE, PFN_UP(skip + *size), &run))
		return false;
	if (run.block) {
		if (!room || LZ4_decompress_safe(run.at, room, run.block, PAGE_SIZE) != PAGE_SIZE)
			return false;
		run.at = room;
	}
	*size = min_t(u64, *size, run.pages * PAGE_SIZE - skip);
	*at = run.at ? run.at + skip : NULL;
	return true;
}

/* Room for a page of a snapshot that is compressed. False: there is no memory. */
static bool get_room(const struct switchyard_copies *copies, void **room)
{
	*room = copies->packed ? kmalloc(PAGE_SIZE, GFP_KERNEL) : NULL;
	return *room || !copies->packed;
}

bool switchyard_copies_read(const struct switchyard_copies *copies, u64 from, char __user *to,
			    size_t size)
{
	size_t part;
	void *room;

	if (!get_room(copies, &room))
		return false;
	for (; size; size -= part, from += part, to += part) {
		const u8 *at;

		part = size;
		if (!find_bytes(copies, room, from, &part, &at) ||
		    (at ? copy_to_user(to, at, part) : clear_user(to, part)))
			break;
	}
	kfree(room);
	return !size;
}

bool switchyard_copies_copy(const struct switchyard_copies *copies, u64 from, void *to, size_t size)
{
	size_t part;
	void *room;

	if (!get_room(copies, &room))
		return false;
	for (; size; size -= part, from += part, to += part) {
		const u8 *at;

		part = size;
		if (!find_bytes(copies, room, from, &part, &at))
			break;
		if (at)
			memcpy(to, at, part);
		else
			memset(to, 0, part);
	}
	kfree(room);
	return !size;
}

bool switchyard_copies_mappable(const struct switchyard_copies *copies)
{
	return !copies->packed;
}

bool switchyard_copies_frame(const struct switchyard_copies *copies, u64 page, unsigned long *frame)
{
	u64 place;

	if (page >= copies->count)
		return false;
	place = READ_ONCE(copies->entry[page]);
	*frame = is_zero(place) ? page_to_pfn(ZERO_PAGE(0)) : PHYS_PFN(place);
	return is_zero(place) || (place % PAGE_SIZE == 0 &&
				  piece_of(copies, place, PAGE_SIZE) != copies->piece_count);
}
