/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * slot_snapshot.h - takes snapshots of slots, and puts slots back to them (snapshot.h).
 */
#ifndef MONITOR_SWITCH_SLOT_SNAPSHOT_H
#define MONITOR_SWITCH_SLOT_SNAPSHOT_H

#include "monitor/switch/monitor.h"

/*
 * Takes the snapshot of a slot that is parked, and for which it was prepared. If that fails, with
 * the reason, the snapshot is forgotten. Nothing is printed.
 */
bool slot_snapshot_take(struct monitor *monitor, struct slot *slot, struct snapshot *snapshot,
			struct error *error);

/* True if the slot can be put back to the snapshot. Otherwise error says why not. */
bool slot_snapshot_can_restore(const struct snapshot *snapshot);

/*
 * Begins to put a slot back, which must not run: what it was doing is forgotten. force: it does not
 * matter if disks were written to since.
 */
bool slot_snapshot_restore_begin(struct monitor *monitor, const struct snapshot *snapshot,
				 bool force, struct error *error);

/*
 * Goes on with that, by so many pages at most. *left is how many are left. With 0, the slot is
 * parked, as it was then.
 */
bool slot_snapshot_restore_part(struct monitor *monitor, const struct snapshot *snapshot,
				uint64_t pages, uint64_t *left, struct error *error);

/*
 * What is left to do when a slot's memory, and what is kept of it, are complete: it is parked. was
 * has what its kernel had told of itself, and storage what it had in use.
 */
void slot_snapshot_parked(struct monitor *monitor, struct slot *slot, const struct slot *was,
			  const struct storage_list *storage);

#endif
