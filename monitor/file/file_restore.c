// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/file/file_restore.h"
#include <stddef.h>
#include "lib/string.h"
#include "lib/units.h"
#include "lib/xxh64.h"
#include "monitor/file/slot_record.h"
#include "monitor/slot/life.h"

#define ZEROED_AT_ONCE 256 /* pages: well below a millisecond */

bool file_restore_begin(struct monitor *monitor, const struct switchyard_record *record,
			uint64_t size, bool force, uint32_t *id, struct error *error)
{
	struct file_restoration *file = &monitor->snapshots.file;
	const struct slot *slot = slot_record_check(monitor, record, size, force, error);

	if (!slot)
		return false;
	monitor->snapshots.restoration.id = 0;
	if (!++monitor->snapshots.file_ids)
		monitor->snapshots.file_ids = 1;
	*file = (struct file_restoration){
		.id = monitor->snapshots.file_ids,
		.asker = monitor->current,
		.target = slot_index(&monitor->slots, slot),
		.force = force,
		.sum = xxh64(record, size, 0),
		.runs = slot->runs,
	};
	memcpy(file->name, slot->name, sizeof(file->name));
	*id = file->id;
	return true;
}

/* The slot that is being written; NULL, with the reason: it is not as it was. */
static struct slot *begun_target(struct monitor *monitor, uint32_t id, struct error *error)
{
	const struct file_restoration *file = &monitor->snapshots.file;
	struct slot *slot = &monitor->slots.slot[file->target];

	if (!id || file->id != id || file->asker != monitor->current) {
		fail(error, "no restoration has the number %u; begin again", id);
		return NULL;
	}
	if (strcmp(slot->name, file->name) || slot->runs != file->runs ||
	    !life_step(slot->state, LIFE_RESTORE)) {
		fail(error, "something else was done with slot %s meanwhile; begin again",
		     file->name);
		return NULL;
	}
	return slot;
}

/* Makes the pages up to that one zero, but not all at once. */
static bool zero_up_to(struct file_restoration *file, const struct slot *slot, uint64_t end)
{
	for (uint32_t i = 0; i < ZEROED_AT_ONCE && file->next < end; i++)
		memset(snapshot_page(slot, file->next++), 0, PAGE_SIZE);
	return file->next >= end;
}

enum file_restored file_restore_pages(struct monitor *monitor, uint32_t id, uint64_t address,
				      const void *from, uint64_t size, struct error *error)
{
	struct file_restoration *file = &monitor->snapshots.file;
	const struct slot *slot = begun_target(monitor, id, error);
	uint64_t first, count = size / PAGE_SIZE;

	if (!slot)
		return FILE_REFUSED;
	if (!size || size % PAGE_SIZE || size > SWITCHYARD_FILE_MOST) {
		fail(error, "%lu bytes of memory; expected whole pages, %u bytes at most", size,
		     SWITCHYARD_FILE_MOST);
		return FILE_REFUSED;
	}
	if (!snapshot_page_number(slot, address, count, &first)) {
		fail(error, "%lu bytes for %#lx, which are not slot %s's RAM", size, address,
		     slot->name);
		return FILE_REFUSED;
	}
	if (first < file->next) {
		fail(error, "pages for %#lx; expected rising addresses", address);
		return FILE_REFUSED;
	}
	if (!zero_up_to(file, slot, first))
		return FILE_AGAIN;
	/* The pages are the slot's one after the other, as one of its ranges has them. */
	memcpy(snapshot_page(slot, first), from, size);
	file->next = first + count;
	return FILE_DONE;
}

enum file_restored file_restore_commit(struct monitor *monitor, uint32_t id,
				       const struct switchyard_record *record, uint64_t size,
				       struct error *error)
{
	struct file_restoration *file = &monitor->snapshots.file;
	struct slot *slot = begun_target(monitor, id, error);

	if (!slot)
		return FILE_REFUSED;
	if (xxh64(record, size, 0) != file->sum) {
		fail(error, "another record than the one that it began with");
		return FILE_REFUSED;
	}
	if (!zero_up_to(file, slot, snapshot_page_count(slot)))
		return FILE_AGAIN;
	if (slot_record_check(monitor, record, size, file->force, error) != slot)
		return FILE_REFUSED;
	slot_record_apply(monitor, record, slot);
	file->id = 0;
	return FILE_DONE;
}
