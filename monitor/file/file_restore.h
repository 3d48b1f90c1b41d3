/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * file_restore.h - puts a slot that is ready or empty into the moment of a snapshot that a guest has
 * in a file: SWITCHYARD_RESTORE_FILE in switchyard.h. The guest brings the record (slot_record.h),
 * the pages, and the record again. Nothing but that slot's RAM is written before it is parked.
 */
#ifndef MONITOR_FILE_FILE_RESTORE_H
#define MONITOR_FILE_FILE_RESTORE_H

#include "monitor/switch/monitor.h"

enum file_restored { FILE_REFUSED, FILE_AGAIN, FILE_DONE };

/*
 * Checks the record, which is `size` bytes that nobody else changes. *id is the number to go on with.
 * What was begun before, by any slot, is forgotten. False, with the reason: it can't be restored.
 */
bool file_restore_begin(struct monitor *monitor, const struct switchyard_record *record,
			uint64_t size, bool force, uint32_t *id, struct error *error);

/*
 * Writes pages of `size` bytes to the slot's RAM from that address on, and zeros to what was left
 * out. FILE_AGAIN: so much is left out that the same call is to be repeated.
 */
enum file_restored file_restore_pages(struct monitor *monitor, uint32_t id, uint64_t address,
				      const void *from, uint64_t size, struct error *error);

/* All that is left out becomes zero, and then the slot is parked. FILE_AGAIN: as above. */
enum file_restored file_restore_commit(struct monitor *monitor, uint32_t id,
				       const struct switchyard_record *record, uint64_t size,
				       struct error *error);

#endif
