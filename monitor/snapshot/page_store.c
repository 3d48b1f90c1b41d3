// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/snapshot/page_store.h"
#include "arch/x86/memory/phys.h"
#include "lib/print.h"
#include "lib/string.h"
#include "lib/units.h"
#include "monitor/plan/plan_regions.h"
#include "monitor/plan/pool.h"

/*
 * RAM that is taken last is given back in part. What is left of the plan must do for that, and for
 * giving slots back.
 */
#define PLAN_PIECES 4

static uint64_t *map_of(const struct page_store *store)
{
	return phys(store->map.base);
}

bool page_store_begin(struct page_store *store, struct plan *plan, uint64_t pages,
		      struct error *error)
{
	uint64_t size = page_up(pages * sizeof(uint64_t));

	*store = (struct page_store){.pages = pages, .free = pages};
	if (!pool_can_drop(plan, PLAN_PIECES, error) ||
	    !pool_take(plan, size, &store->map.base, error))
		return false;
	store->map.size = size;
	memset(map_of(store), 0, size);
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

/* True if the last piece has no room, or there is none. */
static bool is_full(const struct page_store *store)
{
	return !store->piece_count || store->used == store->piece[store->piece_count - 1].size;
}

static bool is_zero(const uint64_t *words)
{
	for (uint64_t i = 0; i < PAGE_SIZE / sizeof(*words); i += 4)
		if (words[i] | words[i + 1] | words[i + 2] | words[i + 3])
			return false;
	return true;
}

bool page_store_keep(struct page_store *store, struct plan *plan, uint64_t n, const void *page,
		     struct error *error)
{
	const struct region *piece;
	uint64_t to;

	if (is_zero(page)) {
		map_of(store)[n] = SWITCHYARD_PAGE_ZERO;
		store->zero++;
		store->free--;
		return true;
	}
	if (is_full(store) && !take_piece(store, plan, error))
		return false;
	piece = &store->piece[store->piece_count - 1];
	to = piece->base + store->used;
	memcpy(phys(to), page, PAGE_SIZE);
	map_of(store)[n] = to;
	store->used += PAGE_SIZE;
	store->kept++;
	store->free--;
	return true;
}

void page_store_end(struct page_store *store, struct plan *plan)
{
	struct region *piece;

	if (is_full(store))
		return;
	piece = &store->piece[store->piece_count - 1];
	pool_give(plan, piece->base + store->used, piece->size - store->used);
	piece->size = store->used;
}

const void *page_store_find(const struct page_store *store, uint64_t n)
{
	uint64_t place = map_of(store)[n];

	return place > SWITCHYARD_PAGE_ZERO ? phys(place) : NULL;
}

void page_store_drop(struct page_store *store, struct plan *plan)
{
	for (uint32_t i = 0; i < store->piece_count; i++)
		pool_give(plan, store->piece[i].base, store->piece[i].size);
	if (store->map.size)
		pool_give(plan, store->map.base, store->map.size);
	*store = (struct page_store){0};
}
