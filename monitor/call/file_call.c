// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/call/file_call.h"
#include <stddef.h>
#include "lib/string.h"
#include "monitor/file/file_restore.h"
#include "monitor/file/slot_record.h"

/* A record is made here, or copied to here before it is read: the guest can change its own copy. */
static union {
	struct switchyard_record record;
	uint8_t bytes[SWITCHYARD_RECORD_MOST];
} copy;

int64_t file_call_record(struct answer *answer)
{
	struct monitor *monitor = answer->monitor;
	const struct snapshot *snapshot =
		snapshot_with_id(&monitor->snapshots, answer->call.bytes, &answer->error);
	uint64_t room = answer->call.length, size;
	void *to = answer_buffer(answer);

	if (!snapshot || !to)
		return SWITCHYARD_EREFUSED;
	if (room > sizeof(copy))
		room = sizeof(copy);
	size = slot_record_write(monitor, snapshot, copy.bytes, room, &answer->error);
	if (!size)
		return SWITCHYARD_EREFUSED;
	memcpy(to, copy.bytes, size);
	answer->done = size;
	return 0;
}

/* The buffer's record in the copy. */
static bool take_record(struct answer *answer)
{
	const void *from = answer_buffer(answer);

	if (!from)
		return false;
	if (answer->call.length > sizeof(copy))
		return fail(&answer->error, "a record of %lu bytes; %lu are the most",
			    answer->call.length, sizeof(copy));
	memcpy(copy.bytes, from, answer->call.length);
	return true;
}

static int64_t result_of(enum file_restored done)
{
	return done == FILE_DONE ? 0 : done == FILE_AGAIN ? SWITCHYARD_EAGAIN : SWITCHYARD_EREFUSED;
}

static int64_t begin_file(struct answer *answer)
{
	bool force = answer->call.kind & SWITCHYARD_RESTORE_FORCE;
	uint32_t id;

	if (!take_record(answer) ||
	    !file_restore_begin(answer->monitor, &copy.record, answer->call.length, force, &id,
				&answer->error))
		return SWITCHYARD_EREFUSED;
	answer->done = id;
	return 0;
}

static int64_t put_pages(struct answer *answer)
{
	const struct switchyard_call *call = &answer->call;
	const void *from = answer_buffer(answer);

	if (!from)
		return SWITCHYARD_EREFUSED;
	return result_of(file_restore_pages(answer->monitor, call->slot, call->bytes, from,
					    call->length, &answer->error));
}

static int64_t commit_file(struct answer *answer)
{
	enum file_restored done = FILE_REFUSED;

	if (take_record(answer))
		done = file_restore_commit(answer->monitor, answer->call.slot, &copy.record,
					   answer->call.length, &answer->error);
	if (done == FILE_DONE) {
		log_keep(&answer->monitor->log, LOG_INFO,
			 "slot %s is as in a file of slot %s; it is parked", copy.record.slot,
			 answer_self(answer)->name);
		answer_publish(answer);
	}
	return result_of(done);
}

int64_t file_call_restore(struct answer *answer)
{
	switch (answer->call.kind) {
	case SWITCHYARD_FILE_BEGIN:
	case SWITCHYARD_FILE_BEGIN | SWITCHYARD_RESTORE_FORCE:
		return begin_file(answer);
	case SWITCHYARD_FILE_PAGES:
		return put_pages(answer);
	case SWITCHYARD_FILE_COMMIT:
		return commit_file(answer);
	}
	return answer_result(fail(&answer->error, "kind %#x; expected %#x, %#x or %#x",
				  answer->call.kind, SWITCHYARD_FILE_BEGIN, SWITCHYARD_FILE_PAGES,
				  SWITCHYARD_FILE_COMMIT));
}
