// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/check/kernel_text.h"
#include <stddef.h>
#include "arch/x86/memory/phys.h"
#include "lib/string.h"
#include "lib/xxh64.h"

#define PIECE_PAGES (PAGE_WALK_PIECE / PAGE_SIZE)

_Static_assert(PIECE_PAGES - 1 <= 3, "struct text_piece holds the number of pages");

/* What add_text() needs of the walk, and what it has found. */
struct text_finder {
	struct text_turn *turn;
	uint64_t end;			  /* virtual address after the last piece */
	const struct text_piece *changed; /* the first one that changed */
};

uint64_t text_piece_size(const struct text_piece *piece)
{
	return (piece->more + 1) * PAGE_SIZE;
}

uint64_t text_piece_address(const struct text_piece *piece)
{
	return piece->first * PAGE_SIZE;
}

static uint32_t sum_piece(const struct text_piece *piece)
{
	uint64_t sum = xxh64(phys(text_piece_address(piece)), text_piece_size(piece), 0);

	return (uint32_t)(sum >> 34);
}

/*
 * The piece as the last turn found it. NULL: that turn had not this piece, so it is new. Pieces that
 * were passed over on the way to it are gone.
 */
static const struct text_piece *as_before(struct text_turn *turn, const struct text_piece *piece)
{
	const struct text_piece *list = turn->sums->piece;

	for (uint32_t i = turn->old; i < TEXT_PIECES; i++) {
		if (list[i].first == piece->first && list[i].more == piece->more) {
			turn->old = i + 1;
			return &list[i];
		}
	}
	return NULL;
}

/* Takes the sum of the last piece that was found, now that its size is known. */
static void finish_piece(struct text_finder *finder)
{
	struct text_turn *turn = finder->turn;
	const struct text_piece *before;
	struct text_piece *piece;

	if (turn->count == turn->first)
		return;
	piece = &turn->sums->piece[turn->count - 1];
	piece->sum = sum_piece(piece);
	before = as_before(turn, piece);
	if (!before || before->sum == piece->sum)
		return;
	turn->changed++;
	if (!finder->changed)
		finder->changed = piece;
}

/* True if what begins at these addresses continues the last piece that was found. */
static bool continues(const struct text_finder *finder, uint64_t virtual_address, uint32_t page)
{
	const struct text_turn *turn = finder->turn;
	const struct text_piece *last;

	if (turn->count == turn->first || virtual_address != finder->end ||
	    virtual_address % PAGE_WALK_PIECE == 0)
		return false;
	last = &turn->sums->piece[turn->count - 1];
	return page == last->first + last->more + 1;
}

/* A page_walk_found_fn. */
static void add_text(uint64_t virtual_address, uint64_t physical, uint64_t size, void *context)
{
	struct text_finder *finder = context;
	struct text_turn *turn = finder->turn;
	struct text_piece *list = turn->sums->piece;
	uint32_t page = (uint32_t)(physical / PAGE_SIZE);
	uint32_t pages = (uint32_t)(size / PAGE_SIZE);

	turn->size += size;
	if (continues(finder, virtual_address, page)) {
		list[turn->count - 1].more += pages;
	} else if (turn->count < TEXT_PIECES) {
		finish_piece(finder);
		if (turn->old == turn->count)
			turn->old++; /* no room for it any more */
		list[turn->count++] = (struct text_piece){.first = page, .more = pages - 1};
	} else {
		turn->left_out += size;
		return;
	}
	finder->end = virtual_address + size;
}

static void begin_turn(struct text_turn *turn)
{
	struct text_piece *list = turn->sums->piece;

	turn->old = TEXT_PIECES - turn->count;
	memmove(list + turn->old, list, turn->count * sizeof(*list));
	turn->last_read = turn->read;
	turn->next = (struct page_cursor){0};
	turn->count = 0;
	turn->read = 0;
	turn->size = 0;
	turn->left_out = 0;
	turn->changed = 0;
}

/* The first turn is done in one parking: later ones then have something to compare with. */
static uint64_t bytes_to_read(const struct text_turn *turn, enum text_share share)
{
	uint64_t part = turn->last_read / TEXT_PARKINGS + 1;

	if (share == TEXT_ALL || turn->last_read == 0)
		return UINT64_MAX;
	if (share == TEXT_PIECE)
		return 2 * PAGE_SIZE;
	return part < TEXT_LEAST ? TEXT_LEAST : part;
}

void kernel_text_forget(struct text_turn *turn)
{
	*turn = (struct text_turn){.sums = turn->sums, .old = TEXT_PIECES};
}

const struct text_piece *kernel_text_take(const struct page_walk *walk, struct text_turn *turn,
					  enum text_share share)
{
	struct text_finder finder = {.turn = turn};
	uint64_t limit;

	if (turn->next.end)
		begin_turn(turn);
	limit = bytes_to_read(turn, share);
	turn->first = turn->count;
	turn->read += page_walk_text(walk, &turn->next, limit, add_text, &finder);
	finish_piece(&finder);
	turn->compared = turn->first;
	if (limit < UINT64_MAX && turn->count - turn->first > TEXT_COMPARED)
		turn->compared = turn->count - TEXT_COMPARED;
	return finder.changed;
}

const struct text_piece *kernel_text_damage(const struct text_turn *turn)
{
	const struct text_piece *list = turn->sums->piece;

	for (uint32_t i = turn->compared; i < turn->count; i++)
		if (sum_piece(&list[i]) != list[i].sum)
			return &list[i];
	return NULL;
}
