/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * snapshot.h - snapshots of slots: copies of a slot's memory, and of what the monitor keeps of it,
 * in RAM of the pool. The slot goes on. Later its memory can be read as it was, or put back.
 *
 * The snapshot's own structure lies in the pool, too.
 */
#ifndef MONITOR_SNAPSHOT_SNAPSHOT_H
#define MONITOR_SNAPSHOT_SNAPSHOT_H

#include "lib/error.h"
#include "monitor/plan/plan.h"
#include "monitor/slot/slot.h"
#include "monitor/snapshot/free_pages.h"
#include "monitor/snapshot/page_store.h"
#include "monitor/storage/storage.h"

#define SNAPSHOT_MAX 16

struct snapshot {
	char name[SWITCHYARD_NAME_SIZE];
	uint64_t id;
	bool taken;	    /* else it was only prepared, by its slot */
	struct slot slot;   /* as it was: its name, its place, and what its kernel had told */
	uint64_t taken_us;  /* clock_us() then */
	uint64_t usec;	    /* how long it took */
	struct region kept; /* what the monitor keeps of the slot, and then what it tells of it */
	uint64_t kept_size; /* of the first of these, in bytes; what follows is aligned to 8 */
	uint64_t told_size;
	struct page_store store;
	struct storage_list storage; /* what its kernel had in use, and when that was */
	uint64_t storage_time;
};

/* A snapshot that is put back, a part at each call. */
struct restoration {
	uint64_t id; /* 0: none is */
	uint64_t next, runs;
};

/* A slot that is put into the moment of a snapshot that a guest has in a file. */
struct file_restoration {
	uint32_t id;	 /* 0: none is */
	uint32_t asker;	 /* the slot that has the file, by its number from 0 */
	uint32_t target; /* the slot that is written to, and its name */
	char name[SWITCHYARD_NAME_SIZE];
	bool force;
	uint64_t sum;  /* of the record that it began with */
	uint64_t next; /* page of its RAM */
	uint64_t runs;
};

struct snapshots {
	uint64_t at[SNAPSHOT_MAX]; /* physical addresses in the pool; 0: none */
	uint64_t ids;		   /* that were given so far */
	struct restoration restoration;
	struct file_restoration file;
	uint32_t file_ids;
	struct error failure; /* why the last one could not be taken; "": it could */
};

/* Number n of the table; NULL: there is none. */
struct snapshot *snapshot_nth(const struct snapshots *snapshots, uint32_t n);

/* The one that has been taken and has the name, or the id; NULL, with the reason: there is none. */
struct snapshot *snapshot_named(const struct snapshots *snapshots, const char *name,
				struct error *error);
struct snapshot *snapshot_with_id(const struct snapshots *snapshots, uint64_t id,
				  struct error *error);

/* The one with the id that its slot has prepared; NULL: there is none. */
struct snapshot *snapshot_prepared(const struct snapshots *snapshots, const struct slot *slot,
				   uint64_t id);

/*
 * Prepares a snapshot of a slot. What was prepared before and not taken, of this slot or another one,
 * is forgotten. NULL, with the reason: the name is taken, or there is no room.
 */
struct snapshot *snapshot_new(struct snapshots *snapshots, struct plan *plan,
			      const struct slot *slot, const char *name, struct error *error);

/*
 * Copies the slot's memory, all but the pages that are free; NULL: it is not known which are. If the
 * pool is too short for that, it compresses them. False, with the reason: the pool is full; the
 * snapshot must be dropped then.
 */
bool snapshot_copy(struct snapshot *snapshot, struct plan *plan, const struct slot *slot,
		   struct free_pages *free, struct error *error);

/* Takes RAM for what else is kept, `size` bytes. False, with the reason: there is none. */
bool snapshot_take_kept(struct snapshot *snapshot, struct plan *plan, uint64_t size,
			struct error *error);

/* True if the slot is where it was then, and has the same CPUs. */
bool snapshot_fits(const struct snapshot *snapshot, const struct slot *slot, struct error *error);

/*
 * The number of the page of the slot's RAM at that address, which must be the first of `count` pages
 * in one piece. False: not all of them are the slot's, or they are its block's.
 */
bool snapshot_page_number(const struct slot *slot, uint64_t address, uint64_t count,
			  uint64_t *number);

/* How many pages the slot's RAM has, without its block; and the memory of one of them. */
uint64_t snapshot_page_count(const struct slot *slot);
void *snapshot_page(const struct slot *slot, uint64_t number);

/*
 * Writes `count` pages of the slot's memory from number `first` on. Those that were free are zero.
 * False, with the reason: a copy was damaged.
 */
bool snapshot_put_back(const struct snapshot *snapshot, uint64_t first, uint64_t count,
		       struct error *error);

/* Gives back all that it has. */
void snapshot_drop(struct snapshots *snapshots, struct plan *plan, struct snapshot *snapshot);

/* Bytes of the pool that it takes. */
uint64_t snapshot_size(const struct snapshot *snapshot);

#endif
