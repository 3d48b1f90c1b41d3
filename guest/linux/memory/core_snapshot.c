// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_snapshot.c - asks the monitor about snapshots, and takes one of this slot.
 *
 * A snapshot is a switch to nobody: Linux is suspended, or its CPUs are stopped, and the monitor
 * copies this slot's memory and lets it go on. When it is put back later, the call of the gate
 * returns once more, in the memory of that time.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "core.h"
#include "memory/slot_files.h"
#include "switchyard_ioctl.h"
#include "switchyard_names.h"

/* "ADDRESS SIZE", in hexadecimal digits (vmcoreinfo_show() in kernel/ksysfs.c). */
#define VMCOREINFO_FILE "/sys/kernel/vmcoreinfo"

/* "snapshot NAME" and a NUL. */
#define TARGET_ROOM (sizeof("snapshot ") + SWITCHYARD_NAME_SIZE)

#define LIST_SIZE   (SWITCHYARD_MOST_SNAPSHOTS * sizeof(struct switchyard_snapshot))

static int ask_for_list(struct switchyard_ask *ask, struct switchyard_snapshot *rows)
{
	int error;

	*ask = (struct switchyard_ask){.service = SWITCHYARD_SNAPSHOT_LIST, .length = LIST_SIZE};
	error = switchyard_service_ask_kernel(ask, rows);
	if (error)
		return error;
	return ask->error ? -EOPNOTSUPP : 0;
}

int switchyard_snapshot_list(struct switchyard_snapshot *rows)
{
	struct switchyard_ask ask;
	int error = ask_for_list(&ask, rows);

	return error ? error : (int)min_t(u64, ask.done, SWITCHYARD_MOST_SNAPSHOTS);
}

int switchyard_snapshot_find(u64 id, struct switchyard_snapshot *row)
{
	struct switchyard_snapshot *rows = kzalloc(LIST_SIZE, GFP_KERNEL);
	int i, count = rows ? switchyard_snapshot_list(rows) : -ENOMEM;
	int error = count < 0 ? count : -ESTALE;

	for (i = 0; i < count; i++) {
		if (rows[i].id != id)
			continue;
		*row = rows[i];
		error = 0;
	}
	kfree(rows);
	return error;
}

void switchyard_snapshot_failed(struct switchyard_reason *reason)
{
	struct switchyard_snapshot *rows = kzalloc(LIST_SIZE, GFP_KERNEL);
	struct switchyard_ask ask = {.text = ""};

	if (!rows || ask_for_list(&ask, rows) || !ask.text[0])
		strscpy(ask.text, switchyard_error_text(SWITCHYARD_EREFUSED), sizeof(ask.text));
	strscpy(reason->text, ask.text, sizeof(reason->text));
	kfree(rows);
}

static int ask_about(u32 service, u64 id, void *to, u32 room)
{
	struct switchyard_ask ask = {.service = service, .bytes = id, .length = room};
	int error = switchyard_service_ask_kernel(&ask, to);

	if (error)
		return error;
	return ask.error ? -ESTALE : 0;
}

int switchyard_snapshot_memory(u64 id, struct switchyard_memory *to, u32 room)
{
	return ask_about(SWITCHYARD_SNAPSHOT_MEMORY, id, to, room);
}

int switchyard_snapshot_map(u64 id, struct switchyard_snapshot_map *map)
{
	return ask_about(SWITCHYARD_SNAPSHOT_MAP, id, map, sizeof(*map));
}

struct switchyard_record *switchyard_snapshot_record(u64 id)
{
	struct switchyard_ask ask = {.service = SWITCHYARD_SNAPSHOT_RECORD,
				     .bytes = id,
				     .length = SWITCHYARD_RECORD_MOST};
	struct switchyard_record *record = kzalloc(ask.length, GFP_KERNEL);

	if (!record)
		return NULL;
	if (!switchyard_service_ask_kernel(&ask, record) && !ask.error &&
	    record->size <= SWITCHYARD_RECORD_MOST)
		return record;
	kfree(record);
	return NULL;
}

/* Where this kernel's VMCOREINFO is, which tells the monitor of its free pages. 0: it has none. */
static u64 find_vmcoreinfo(void)
{
	char text[64];
	u64 address;

	if (switchyard_file_read(VMCOREINFO_FILE, text, sizeof(text)) <= 0)
		return 0;
	text[strcspn(text, "\n ")] = '\0';
	return kstrtou64(text, 16, &address) ? 0 : address;
}

/* Returns 0 with *id, or -EOPNOTSUPP with a reason, or another negative errno. */
static int begin(const char *name, u64 *id, struct switchyard_reason *reason)
{
	struct switchyard_ask ask = {.service = SWITCHYARD_SNAPSHOT_BEGIN,
				     .bytes = find_vmcoreinfo(),
				     .length = strlen(name)};
	char *copy = kstrdup(name, GFP_KERNEL);
	int error = copy ? switchyard_service_ask_kernel(&ask, copy) : -ENOMEM;

	kfree(copy);
	*id = ask.done;
	if (error || !ask.error)
		return error;
	strscpy(reason->text,
		ask.error == SWITCHYARD_EREFUSED ? ask.text
						 : "the monitor is older, and takes none",
		sizeof(reason->text));
	return -EOPNOTSUPP;
}

int switchyard_snapshot_take(struct switchyard_core *core,
			     struct switchyard_snapshot_request *request,
			     struct switchyard_answer *answer)
{
	u32 quick = request->flags & SWITCHYARD_WANT_QUICK ? SWITCHYARD_QUICK : 0;
	char to[TARGET_ROOM];
	int error;

	request->name[sizeof(request->name) - 1] = '\0';
	error = begin(request->name, &request->id, &answer->reason);
	if (error)
		return error;
	snprintf(to, sizeof(to), "snapshot %s", request->name);
	error = switchyard_request_snapshot(core, quick, request->id, to,
					    request->flags & SWITCHYARD_FORCE, answer);
	request->error = answer->result;
	request->restored = answer->restored;
	return error;
}
