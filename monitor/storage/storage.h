/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * storage.h - which block devices the slots' kernels use, and who has written to them when.
 *
 * A kernel tells a list of what it has mounted writable or uses as swap, with how many sectors it
 * has written to each. The monitor knows no disk: all of this is a guest's word, so it is checked
 * for its form, copied, and bounded.
 *
 * Time here is a number that goes up by one for each thing that is noted. Whoever wants to know
 * what was written since keeps storage_now().
 */
#ifndef MONITOR_STORAGE_STORAGE_H
#define MONITOR_STORAGE_STORAGE_H

#include <stdbool.h>
#include <stdint.h>
#include "guest/linux/switchyard.h"
#include "lib/error.h"
#include "monitor/slot/slot.h"

/* Devices whose writes are known apart. The oldest makes room: see storage.unknown. */
#define STORAGE_WRITES 32

/* What one slot's kernel uses. */
struct storage_list {
	bool told;     /* its kernel has told in this run */
	uint64_t left; /* when the slot left the machine last */
	uint32_t count;
	struct switchyard_storage entry[SWITCHYARD_STORAGE_LIMIT];
};

/* The last write to a device. */
struct storage_write {
	struct switchyard_storage what;
	uint64_t time;
	char by[SWITCHYARD_NAME_SIZE];
};

struct storage {
	uint64_t now;
	/* Then, anything may have been written, by that slot. Time 0: never. */
	struct storage_write unknown;
	uint32_t write_count;
	struct storage_write write[STORAGE_WRITES];
	struct storage_list list[SWITCHYARD_MAX_SLOTS]; /* by the slot's number from 0 */
};

/* How much a question of what was written believes. */
enum storage_belief {
	STORAGE_KNOWN,	  /* what kernels have told */
	STORAGE_POSSIBLE, /* also what one may have written that did not tell */
};

/* The time now. */
static inline uint64_t storage_now(const struct storage *storage)
{
	return storage->now;
}

/*
 * Takes what the slot's kernel tells (SWITCHYARD_STORAGE), and notes what it has written since it
 * told before. entries are a guest's, and no longer change. False, with a reason: nothing changed.
 */
bool storage_tell(struct storage *storage, uint32_t index, const struct slot *slot,
		  const struct switchyard_storage *entries, uint32_t count, struct error *error);

/* The slot starts afresh: its kernel uses nothing, and has written nothing. */
void storage_begin(struct storage *storage, uint32_t index);

/*
 * The slot leaves the machine, parked. If its kernel has told nothing in this run, it may have
 * written to anything.
 */
void storage_park(struct storage *storage, uint32_t index, const struct slot *slot);

/* An NMI stops the slot's kernel, which could not tell what it has written last. */
void storage_interrupt(struct storage *storage, uint32_t index, const struct slot *slot);

/*
 * The slot's kernel has ended of its own accord: what it had in use counts as written. After a
 * fault, and if it has told nothing, it may have written to anything. It uses nothing any more.
 */
void storage_end(struct storage *storage, uint32_t index, const struct slot *slot, bool fault);

/*
 * Returns false if a device that list has in use was written to after that time, by any slot. The
 * reason names the device and that slot.
 */
bool storage_unwritten_since(const struct storage *storage, const struct storage_list *list,
			     uint64_t since, enum storage_belief belief, struct error *error);

/* The same for a slot that goes on where it was: what others have told since it left. */
bool storage_goes_on(const struct storage *storage, uint32_t index, const struct slot *slot,
		     struct error *error);

/*
 * Returns false if another slot, which can go on where it was, has a device in use that this one
 * has in use, too. The reason names both.
 */
bool storage_is_alone(const struct storage *storage, const struct slot_table *slots, uint32_t index,
		      struct error *error);

/*
 * Copies what the slot `of` has in use to the guest's memory `to`, which has room for that many
 * entries. of is NULL: all slots but `self` that can go on where they were. Returns how many there
 * are.
 */
uint64_t storage_copy(const struct storage *storage, const struct slot_table *slots,
		      const struct slot *of, uint32_t self, void *to, uint64_t room);

/*
 * The list of slot number index becomes what a guest says that its kernel had told. False, with the
 * reason: an entry is not as it must be.
 */
bool storage_list_read(struct storage_list *list, uint32_t index,
		       const struct switchyard_storage *entries, uint32_t count,
		       struct error *error);

/* The first thing in a list that is in use: "/dev/vda1 on /"; NULL: nothing. */
const char *storage_list_first_use(const struct storage_list *list);

/* The first thing that the slot has in use: "/dev/vda1 on /"; NULL: nothing. */
const char *storage_first_use(const struct storage *storage, uint32_t index);

#endif
