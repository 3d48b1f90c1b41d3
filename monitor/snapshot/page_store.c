// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/snapshot/page_store.h"
#include "arch/x86/memory/phys.h"
#include "lib/print.h"
#include "lib/string.h"
#include "lib/units.h"
#include "monitor/plan/plan_regions.h"
#include "monitor/plan/pool.h"
#include "monitor/snapshot/packed_page.h"

/*
 * RAM that is taken last is given back in part. What is left of the plan must do for that, and for
 * giving slots back.
 */
#define PLAN_PIECES 4

/* Pages that are copied in one go: a large copy takes less time than many small ones. */
#define AT_ONCE 512

static uint64_t *map_of(const struct page_store *store)
{
	return phys(store->map.base);
}

bool page_store_begin(struct page_store *store, struct plan *plan, uint64_t pages, bool packed,
		      struct error *error)
{
	uint64_t size = page_up(pages * sizeof(uint64_t));
	uint64_t room = packed ? PAGE_SIZE + page_up(packed_page_room()) : 0;

	*store = (struct page_store){.pages = pages, .free = pages, .packed = packed};
	if (!pool_can_drop(plan, PLAN_PIECES, error) ||
	    !pool_take(plan, size, &store->map.base, error))
		return false;
	store->map.size = size;
	memset(map_of(store), 0, size);
	if (packed && !pool_take(plan, room, &store->room.base, error))
		return false;
	store->room.size = room;
	return true;
}

/* Takes the largest piece that is left. */
static bool take_piece(struct page_store *store, struct plan *plan, struct error *error)
{
	uint64_t size = page_down(pool_largest(plan)), base;
	char kept[SIZE_TEXT];

	if (!size)
		return fail(error, "the pool is full after %s",
			    format_size(kept, store->kept * PAGE_SIZE));
	if (store->piece_count == SWITCHYARD_SNAPSHOT_PIECES)
		return fail(error, "the pool is in too many pieces: %u had room for %s",
			    SWITCHYARD_SNAPSHOT_PIECES, format_size(kept, store->kept * PAGE_SIZE));
	if (!pool_can_drop(plan, PLAN_PIECES, error) || !pool_take(plan, size, &base, error))
		return false;
	store->piece[store->piece_count++] = (struct region){.base = base, .size = size};
	store->used = 0;
	return true;
}

/* True if so many bytes fit the last piece. */
static bool has_room(const struct page_store *store, uint64_t size)
{
	return store->piece_count &&
	       store->piece[store->piece_count - 1].size - store->used >= size;
}

static bool is_zero(const uint64_t *words)
{
	for (uint64_t i = 0; i < PAGE_SIZE / sizeof(*words); i += 4)
		if (words[i] | words[i + 1] | words[i + 2] | words[i + 3])
			return false;
	return true;
}

/* Sees to it that the last piece has room for so many bytes. */
static bool make_room(struct page_store *store, struct plan *plan, uint64_t size,
		      struct error *error)
{
	return has_room(store, size) || take_piece(store, plan, error);
}

/* Copies bytes for which there is room. Returns the physical address of the copy. */
static uint64_t keep_bytes(struct page_store *store, const void *from, uint64_t size)
{
	uint64_t place = store->piece[store->piece_count - 1].base + store->used;

	memcpy(phys(place), from, size);
	store->used += size;
	return place;
}

/* Keeps one page as a block, if it gets smaller by that. Returns how many: 1, or 0. */
static uint64_t keep_packed(struct page_store *store, struct plan *plan, uint64_t n,
			    const uint8_t *page, struct error *error)
{
	const void *block = phys(store->room.base);
	uint32_t size =
		packed_page_write(phys(store->room.base + PAGE_SIZE), page, phys(store->room.base));
	uint64_t bytes = size ? size : PAGE_SIZE;

	if (!make_room(store, plan, bytes, error))
		return 0;
	map_of(store)[n] = keep_bytes(store, size ? block : page, bytes) |
			   (uint64_t)size << SWITCHYARD_PAGE_BLOCK_SHIFT;
	return 1;
}

/* Keeps pages that follow each other, as far as one piece has room for them. Returns how many. */
static uint64_t keep_plain(struct page_store *store, struct plan *plan, uint64_t first,
			   uint64_t count, const uint8_t *pages, struct error *error)
{
	uint64_t place, room;

	if (!make_room(store, plan, PAGE_SIZE, error))
		return 0;
	room = (store->piece[store->piece_count - 1].size - store->used) / PAGE_SIZE;
	if (count > room)
		count = room;
	place = keep_bytes(store, pages, count * PAGE_SIZE);
	for (uint64_t n = 0; n < count; n++)
		map_of(store)[first + n] = place + n * PAGE_SIZE;
	return count;
}

/* How many of so many pages come before the first one that is zero. */
static uint64_t count_used(const uint8_t *pages, uint64_t most)
{
	uint64_t count = 0;

	while (count < most && !is_zero((const uint64_t *)(pages + count * PAGE_SIZE)))
		count++;
	return count;
}

bool page_store_keep(struct page_store *store, struct plan *plan, uint64_t first, uint64_t count,
		     const void *pages, struct error *error)
{
	const uint64_t most = store->packed ? 1 : AT_ONCE;
	const uint8_t *page = pages;
	uint64_t left, done;

	for (left = count; left; left -= done, first += done, page += done * PAGE_SIZE) {
		uint64_t used = count_used(page, left < most ? left : most);

		done = 1;
		if (!used)
			map_of(store)[first] = SWITCHYARD_PAGE_ZERO;
		else if (store->packed)
			done = keep_packed(store, plan, first, page, error);
		else
			done = keep_plain(store, plan, first, used, page, error);
		if (!done)
			return false;
		store->zero += !used;
		store->kept += used ? done : 0;
		store->free -= done;
	}
	return true;
}

static void give_packing_room(struct page_store *store, struct plan *plan)
{
	if (store->room.size)
		pool_give(plan, store->room.base, store->room.size);
	store->room = (struct region){0};
}

void page_store_end(struct page_store *store, struct plan *plan)
{
	uint64_t used = page_up(store->used);
	struct region *last;

	give_packing_room(store, plan);
	if (!has_room(store, PAGE_SIZE))
		return;
	last = &store->piece[store->piece_count - 1];
	pool_give(plan, last->base + used, last->size - used);
	last->size = used;
}

static bool is_copy(uint64_t entry)
{
	return entry > SWITCHYARD_PAGE_ZERO && !(entry >> SWITCHYARD_PAGE_BLOCK_SHIFT);
}

/* How many pages from number `first` on are written in one go: copies in a row, or zeros. */
static uint64_t run_length(const uint64_t *map, uint64_t first, uint64_t most)
{
	uint64_t step = is_copy(map[first]) ? PAGE_SIZE : 0, run = 1;

	if (most > AT_ONCE)
		most = AT_ONCE;
	if (!step && map[first] > SWITCHYARD_PAGE_ZERO)
		return 1;
	while (run < most && (step ? map[first + run] == map[first] + run * step
				   : map[first + run] <= SWITCHYARD_PAGE_ZERO))
		run++;
	return run;
}

/* Writes pages whose entries are like the first one. False: its copy was damaged. */
static bool write_run(uint64_t entry, uint64_t count, void *to)
{
	uint32_t size = (uint32_t)(entry >> SWITCHYARD_PAGE_BLOCK_SHIFT);

	if (size)
		return packed_page_read(phys(entry & SWITCHYARD_PAGE_PLACE), size, to);
	if (is_copy(entry))
		memcpy(to, phys(entry), count * PAGE_SIZE);
	else
		memset(to, 0, count * PAGE_SIZE);
	return true;
}

uint64_t page_store_read(const struct page_store *store, uint64_t first, uint64_t count, void *to)
{
	const uint64_t *map = map_of(store);
	uint8_t *pages = to;
	uint64_t done, run;

	for (done = 0; done < count; done += run) {
		run = run_length(map, first + done, count - done);
		if (!write_run(map[first + done], run, pages + done * PAGE_SIZE))
			break;
	}
	return done;
}

uint64_t page_store_size(const struct page_store *store)
{
	uint64_t size = store->map.size + store->room.size;

	for (uint32_t i = 0; i < store->piece_count; i++)
		size += store->piece[i].size;
	return size;
}

void page_store_drop(struct page_store *store, struct plan *plan)
{
	give_packing_room(store, plan);
	for (uint32_t i = 0; i < store->piece_count; i++)
		pool_give(plan, store->piece[i].base, store->piece[i].size);
	if (store->map.size)
		pool_give(plan, store->map.base, store->map.size);
	*store = (struct page_store){0};
}
