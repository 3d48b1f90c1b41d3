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

/* Keeps `size` bytes, and sets *place to where they are. */
static bool keep_bytes(struct page_store *store, struct plan *plan, const void *from, uint64_t size,
		       uint64_t *place, struct error *error)
{
	if (!has_room(store, size) && !take_piece(store, plan, error))
		return false;
	*place = store->piece[store->piece_count - 1].base + store->used;
	memcpy(phys(*place), from, size);
	store->used += size;
	return true;
}

/* Compresses the page, if it gets smaller by it. Returns the size that it has in the map; 0: not. */
static uint32_t pack(const struct page_store *store, const void **page)
{
	void *to = phys(store->room.base);
	uint32_t size;

	if (!store->packed)
		return 0;
	size = packed_page_write(phys(store->room.base + PAGE_SIZE), *page, to);
	if (size)
		*page = to;
	return size;
}

bool page_store_keep(struct page_store *store, struct plan *plan, uint64_t n, const void *page,
		     struct error *error)
{
	uint64_t place = SWITCHYARD_PAGE_ZERO;

	if (is_zero(page)) {
		store->zero++;
	} else {
		uint32_t size = pack(store, &page);

		if (!keep_bytes(store, plan, page, size ? size : PAGE_SIZE, &place, error))
			return false;
		place |= (uint64_t)size << SWITCHYARD_PAGE_BLOCK_SHIFT;
		store->kept++;
	}
	map_of(store)[n] = place;
	store->free--;
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

bool page_store_read(const struct page_store *store, uint64_t n, void *to)
{
	uint64_t entry = map_of(store)[n], place = entry & SWITCHYARD_PAGE_PLACE;
	uint32_t size = (uint32_t)(entry >> SWITCHYARD_PAGE_BLOCK_SHIFT);

	if (size)
		return packed_page_read(phys(place), size, to);
	if (place > SWITCHYARD_PAGE_ZERO)
		memcpy(to, phys(place), PAGE_SIZE);
	else
		memset(to, 0, PAGE_SIZE);
	return true;
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
