/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * page_store.h - the pages of a slot's RAM that a snapshot keeps, in RAM of the pool.
 *
 * The pool may be in pieces, so the pages lie in several. A map has an entry for each page of the
 * slot's RAM: where its copy is, or that it needs none. The slot's pages are counted from 0, through
 * all of its ranges by rising address. Guests read the map, too (SWITCHYARD_SNAPSHOT_MAP).
 */
#ifndef MONITOR_SNAPSHOT_PAGE_STORE_H
#define MONITOR_SNAPSHOT_PAGE_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include "guest/linux/switchyard.h"
#include "lib/error.h"
#include "monitor/plan/plan.h"

struct page_store {
	struct region map;
	struct region piece[SWITCHYARD_SNAPSHOT_PIECES]; /* in the order in which they are filled */
	uint32_t piece_count;
	uint64_t used;	    /* bytes of the last piece */
	bool packed;	    /* pages that get smaller by it are compressed (packed_page.h) */
	struct region room; /* to compress in, until page_store_end() */
	uint64_t pages;	    /* entries of the map */
	uint64_t kept, zero, free;
};

/*
 * Takes RAM for the map of so many pages. All of them are free then. Packed: those that are kept are
 * compressed, which takes longer. False, with the reason: there is not enough, or memory is in too
 * many pieces; page_store_drop() gives back what was taken.
 */
bool page_store_begin(struct page_store *store, struct plan *plan, uint64_t pages, bool packed,
		      struct error *error);

/*
 * Keeps `count` pages from number `first` on: copies of those at `pages`, one after the other. Each
 * page is kept at most once. False, with the reason: the pool is full.
 */
bool page_store_keep(struct page_store *store, struct plan *plan, uint64_t first, uint64_t count,
		     const void *pages, struct error *error);

/* Gives back what was taken and is not used. No page can be kept after it. */
void page_store_end(struct page_store *store, struct plan *plan);

/*
 * Writes `count` pages from number `first` on to `to`, one after the other: zeros for those that were
 * free. Returns how many: less than `count`, if the copy of the next one was damaged.
 */
uint64_t page_store_read(const struct page_store *store, uint64_t first, uint64_t count, void *to);

/* Bytes of the pool that it takes. */
uint64_t page_store_size(const struct page_store *store);

/* Gives everything back. */
void page_store_drop(struct page_store *store, struct plan *plan);

#endif
