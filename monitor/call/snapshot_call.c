// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/call/snapshot_call.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/time/clock.h"
#include "lib/print.h"
#include "lib/string.h"
#include "lib/units.h"
#include "monitor/config/words.h"
#include "monitor/switch/kept_state.h"
#include "monitor/switch/slot_snapshot.h"

#define RESTORED_AT_ONCE 256 /* pages: 1 MiB, well below a millisecond */

/* The buffer's text as the name of a snapshot, which has the form of a slot's. */
static bool name_in_call(struct answer *answer, char name[SWITCHYARD_NAME_SIZE])
{
	const struct switchyard_call *call = &answer->call;
	char text[SWITCHYARD_NAME_SIZE];
	const void *from = answer_buffer(answer);
	struct word word = {text, (uint32_t)call->length};

	if (!from)
		return false;
	if (call->length >= sizeof(text))
		return fail(&answer->error,
			    "a name of %lu characters; expected %u at most, as a slot's name",
			    call->length, SWITCHYARD_NAME_SIZE - 1);
	memcpy(text, from, call->length);
	return word_slot_name(&word, name, &answer->error);
}

/* The kernel's own word for where its note is spares a search while it stands still. */
static void note_hint(struct answer *answer)
{
	const struct region *ram = &answer_self(answer)->ram;
	uint64_t at = page_down(answer->call.bytes);

	if (at >= ram->base && at - ram->base < ram->size)
		kept_state(answer->monitor->current)->log_hint = at;
}

int64_t snapshot_call_begin(struct answer *answer)
{
	struct monitor *monitor = answer->monitor;
	char name[SWITCHYARD_NAME_SIZE];
	const struct snapshot *snapshot;

	if (!name_in_call(answer, name))
		return SWITCHYARD_EREFUSED;
	snapshot = snapshot_new(&monitor->snapshots, &monitor->plan, answer_self(answer), name,
				&answer->error);
	if (!snapshot)
		return SWITCHYARD_EREFUSED;
	note_hint(answer);
	answer->done = snapshot->id;
	return 0;
}

static struct switchyard_snapshot row_of(const struct snapshot *snapshot)
{
	const struct page_store *store = &snapshot->store;
	struct switchyard_snapshot row = {
		.id = snapshot->id,
		.age_usec = clock_us() - snapshot->taken_us,
		.usec = snapshot->usec,
		.size = store->pages * PAGE_SIZE,
		.bytes = snapshot_size(snapshot),
		.kept = store->kept,
		.zero = store->zero,
		.free = store->free,
	};

	memcpy(row.name, snapshot->name, sizeof(row.name));
	memcpy(row.slot, snapshot->slot.name, sizeof(row.slot));
	if (snapshot->slot.works)
		row.flags |= SWITCHYARD_SNAPSHOT_WORKS;
	if (store->packed)
		row.flags |= SWITCHYARD_SNAPSHOT_PACKED;
	if (!slot_snapshot_can_restore(snapshot))
		row.flags |= SWITCHYARD_SNAPSHOT_STAYS;
	return row;
}

int64_t snapshot_call_list(struct answer *answer)
{
	const struct snapshots *snapshots = &answer->monitor->snapshots;
	uint64_t room = answer->call.length / sizeof(struct switchyard_snapshot);
	struct switchyard_snapshot *to = answer_buffer(answer);

	if (!to)
		return SWITCHYARD_EREFUSED;
	for (uint32_t n = 0; n < SNAPSHOT_MAX; n++) {
		const struct snapshot *snapshot = snapshot_nth(snapshots, n);
		struct switchyard_snapshot row;

		if (!snapshot || !snapshot->taken)
			continue;
		row = row_of(snapshot);
		if (answer->done < room)
			memcpy(&to[answer->done], &row, sizeof(row));
		answer->done++;
	}
	format_text(answer->error.text, sizeof(answer->error.text), "%s", snapshots->failure.text);
	return 0;
}

static struct snapshot *named_by_call(struct answer *answer)
{
	return snapshot_with_id(&answer->monitor->snapshots, answer->call.bytes, &answer->error);
}

int64_t snapshot_call_drop(struct answer *answer)
{
	struct snapshot *snapshot = named_by_call(answer);
	struct monitor *monitor = answer->monitor;

	if (!snapshot)
		return SWITCHYARD_EREFUSED;
	log_keep(&monitor->log, LOG_INFO, "snapshot %s was dropped", snapshot->name);
	snapshot_drop(&monitor->snapshots, &monitor->plan, snapshot);
	return 0;
}

int64_t snapshot_call_restore(struct answer *answer)
{
	struct monitor *monitor = answer->monitor;
	const struct snapshot *snapshot = named_by_call(answer);
	const uint32_t kind = answer->call.kind;

	if (!snapshot)
		return SWITCHYARD_EREFUSED;
	if (kind & ~(SWITCHYARD_RESTORE_BEGIN | SWITCHYARD_RESTORE_FORCE))
		return answer_result(fail(&answer->error, "bits %#x; expected %#x and %#x at most",
					  kind, SWITCHYARD_RESTORE_BEGIN,
					  SWITCHYARD_RESTORE_FORCE));
	if (kind & SWITCHYARD_RESTORE_BEGIN &&
	    !slot_snapshot_restore_begin(monitor, snapshot, kind & SWITCHYARD_RESTORE_FORCE,
					 &answer->error))
		return SWITCHYARD_EREFUSED;
	if (!slot_snapshot_restore_part(monitor, snapshot, RESTORED_AT_ONCE, &answer->done,
					&answer->error))
		return SWITCHYARD_EREFUSED;
	if (!answer->done)
		log_keep(&monitor->log, LOG_INFO, "slot %s is as at snapshot %s; it is parked",
			 snapshot->slot.name, snapshot->name);
	answer_publish(answer);
	return 0;
}

int64_t snapshot_call_memory(struct answer *answer)
{
	const struct snapshot *snapshot = named_by_call(answer);
	void *to = answer_buffer(answer);

	if (!snapshot || !to)
		return SWITCHYARD_EREFUSED;
	if (answer->call.length < snapshot->told_size)
		return answer_result(fail(&answer->error, "a buffer of %lu bytes; expected %lu",
					  answer->call.length, snapshot->told_size));
	memcpy(to, phys(snapshot->kept.base + snapshot->kept_size), snapshot->told_size);
	answer->done = snapshot->told_size;
	return 0;
}

int64_t snapshot_call_map(struct answer *answer)
{
	const struct snapshot *snapshot = named_by_call(answer);
	struct switchyard_snapshot_map map = {.size = sizeof(map)};
	void *to = answer_buffer(answer);

	if (!snapshot || !to)
		return SWITCHYARD_EREFUSED;
	if (answer->call.length < sizeof(map))
		return answer_result(fail(&answer->error, "a buffer of %lu bytes; expected %lu",
					  answer->call.length, sizeof(map)));
	map.map = (struct switchyard_range){snapshot->store.map.base, snapshot->store.map.size};
	map.piece_count = snapshot->store.piece_count;
	for (uint32_t i = 0; i < map.piece_count; i++)
		map.piece[i] = (struct switchyard_range){snapshot->store.piece[i].base,
							 snapshot->store.piece[i].size};
	memcpy(to, &map, sizeof(map));
	answer->done = sizeof(map);
	return 0;
}
