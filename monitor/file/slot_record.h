/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * slot_record.h - what the monitor keeps of a slot at a snapshot, in a form that may go into a file
 * and come back: struct switchyard_record in switchyard.h, with the state of file_state.h behind it.
 *
 * What comes back is hostile: it may be another machine's, another slot's, damaged or made up. It is
 * a copy that nobody else changes.
 */
#ifndef MONITOR_FILE_SLOT_RECORD_H
#define MONITOR_FILE_SLOT_RECORD_H

#include "monitor/switch/monitor.h"

/*
 * Writes the record of a snapshot to memory of `room` bytes. Returns its size. 0, with the reason:
 * there is no room, or the snapshot can't be restored from a file.
 */
uint64_t slot_record_write(struct monitor *monitor, const struct snapshot *snapshot, void *to,
			   uint64_t room, struct error *error);

/*
 * The slot that the record can be restored to now, which is ready or empty. NULL, with the reason:
 * there is none. size is that of the buffer. force: it does not matter if disks may have changed.
 */
struct slot *slot_record_check(struct monitor *monitor, const struct switchyard_record *record,
			       uint64_t size, bool force, struct error *error);

/*
 * The slot, whose memory is complete, gets what the record says, and is parked. The record was just
 * checked for it.
 */
void slot_record_apply(struct monitor *monitor, const struct switchyard_record *record,
		       struct slot *slot);

#endif
