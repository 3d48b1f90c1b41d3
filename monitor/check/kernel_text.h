/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel_text.h - checksums of a slot's kernel text, all at each parking or some in turn.
 *
 * Text is read piece by piece in the order of virtual addresses. One turn reads all of it. Each
 * parking goes on where the one before it stopped, so that a parking reads only a part. The sums of
 * the last turn are kept: each piece is compared with its sum of one turn ago. docs/INTEGRITY.md
 * says what that finds, and what it does not find.
 */
#ifndef MONITOR_CHECK_KERNEL_TEXT_H
#define MONITOR_CHECK_KERNEL_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/memory/page_walk.h"
#include "lib/units.h"

/* 32 MiB of text, with room for some pieces that are shorter than PAGE_WALK_PIECE. */
#define TEXT_PIECES (32 * MIB / PAGE_WALK_PIECE + 512)

/*
 * How often a slot is parked until all its text is read, unless its text grows meanwhile. Two slots
 * that take turns are each parked 50 times in 100 switches.
 */
#define TEXT_PARKINGS 48

/* What a parking reads at least, in bytes. */
#define TEXT_LEAST (64 * KIB)

/* How much a parking reads. */
enum text_share {
	TEXT_PIECE, /* a piece, or two tables: a quick switch takes hardly more than that itself */
	TEXT_PART,  /* one of TEXT_PARKINGS parts */
	TEXT_ALL,
};

/* How many of the pieces that a parking read in turn are compared when the slot is resumed. */
#define TEXT_COMPARED 12

/* A piece of text that is contiguous in virtual and in physical memory. */
struct text_piece {
	uint32_t first;	   /* physical page */
	uint32_t more : 2; /* pages besides the first */
	uint32_t sum : 30;
};

/*
 * The pieces in the order of virtual addresses, in memory that the plan gives. Those of this turn
 * are at the beginning, those that this turn has not met yet at the end.
 */
struct text_sums {
	struct text_piece piece[TEXT_PIECES];
};

/* How far the reading of a slot's text has come. kernel_text_forget() makes its first value. */
struct text_turn {
	struct text_sums *sums;	  /* NULL: integrity= does not ask for them */
	struct page_cursor next;  /* where the next parking begins to read */
	uint32_t count;		  /* pieces of this turn */
	uint32_t old;		  /* the first piece of the last turn that is not met yet */
	uint32_t first, compared; /* of what the last parking read; and of what is compared then */
	uint64_t read,
		last_read; /* bytes of tables and text: in this turn, in the whole last one */
	uint64_t size;	   /* bytes of text in this turn */
	uint64_t left_out; /* bytes of text without a sum, as there was no room */
	uint32_t changed;  /* pieces in this turn that are not as the last turn found them */
};

/* Where a piece lies: its size in bytes, and its physical address. */
uint64_t text_piece_size(const struct text_piece *piece);
uint64_t text_piece_address(const struct text_piece *piece);

/* The slot's kernel starts afresh, so its text will be elsewhere. */
void kernel_text_forget(struct text_turn *turn);

/*
 * Takes the sums of all text if no turn is complete. Otherwise it takes those of the next share. If
 * pieces are not as the last turn found them, it counts them in turn->changed, and returns the
 * first one that this call found. Otherwise it returns NULL.
 */
const struct text_piece *kernel_text_take(const struct page_walk *walk, struct text_turn *turn,
					  enum text_share share);

/*
 * Compares what was read at the last parking, or as much of it as TEXT_COMPARED allows. Returns the
 * first piece that has changed since then, or NULL.
 */
const struct text_piece *kernel_text_damage(const struct text_turn *turn);

#endif
