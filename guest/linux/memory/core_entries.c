// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_entries.c - the names in /proc/switchyard: SLOT for each other slot, and SLOT@NAME for each
 * snapshot.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "core.h"
#include "memory/slot_files.h"
#include "switchyard_ioctl.h"

/* "SLOT@NAME" and a NUL. */
#define ENTRY_NAME (2 * SWITCHYARD_NAME_SIZE)

struct entry {
	char name[ENTRY_NAME]; /* "": there is none */
	u64 id;		       /* of the snapshot */
};

static DEFINE_MUTEX(entries_lock);
static struct entry slots[SWITCHYARD_MAX_SLOTS]; /* by their numbers less one */
static struct entry snapshots[SWITCHYARD_MOST_SNAPSHOTS];
static struct proc_dir_entry *folder;

/* Makes it agree with what it should be; name "": there should be none. */
static void change(struct entry *entry, const char *name, u64 id, const struct proc_ops *operations)
{
	if (!strcmp(name, entry->name) && id == entry->id)
		return;
	if (entry->name[0])
		remove_proc_entry(entry->name, folder);
	*entry = (struct entry){.id = id};
	if (name[0] && proc_create_data(name, 0400, folder, operations, (void *)(uintptr_t)id))
		strscpy(entry->name, name, sizeof(entry->name));
}

static void update_slot(u32 index)
{
	const struct switchyard_slot *row = &switchyard_core.info->slot[index];
	char name[SWITCHYARD_NAME_SIZE] = "";

	if (row->state && index + 1 != switchyard_core.info->self)
		strscpy(name, row->name, sizeof(name));
	change(&slots[index], name, index + 1, &switchyard_slot_operations);
}

static void name_of(const struct switchyard_snapshot *row, char name[ENTRY_NAME])
{
	snprintf(name, ENTRY_NAME, "%.16s@%.16s", row->slot, row->name);
}

/*
 * One of a snapshot that was dropped stays while it is open: what is read of it would end with EIO,
 * not with ESTALE. It goes if another snapshot has its name.
 */
static bool may_stay(const struct entry *entry, const struct switchyard_snapshot *rows, int count)
{
	char name[ENTRY_NAME];
	int i;

	for (i = 0; i < count; i++) {
		name_of(&rows[i], name);
		if (rows[i].id == entry->id || !strcmp(name, entry->name))
			return rows[i].id == entry->id;
	}
	return entry->name[0] && switchyard_memory_is_open(entry->id);
}

/* The entry of the snapshot, or one that is not used; NULL: all are. */
static struct entry *entry_for(u64 id)
{
	struct entry *unused = NULL;
	u32 i;

	for (i = 0; i < SWITCHYARD_MOST_SNAPSHOTS; i++) {
		if (snapshots[i].name[0] && snapshots[i].id == id)
			return &snapshots[i];
		if (!snapshots[i].name[0])
			unused = &snapshots[i];
	}
	return unused;
}

/* Those that are gone make room first, because a new one may have the same name. */
static void update_snapshots(const struct switchyard_snapshot *rows, int count)
{
	char name[ENTRY_NAME];
	struct entry *entry;
	int i;

	for (i = 0; i < SWITCHYARD_MOST_SNAPSHOTS; i++)
		if (!may_stay(&snapshots[i], rows, count))
			change(&snapshots[i], "", 0, NULL);
	for (i = 0; i < count; i++) {
		entry = entry_for(rows[i].id);
		name_of(&rows[i], name);
		if (entry)
			change(entry, name, rows[i].id, &switchyard_snapshot_operations);
	}
}

void switchyard_memory_update(void)
{
	size_t size = SWITCHYARD_MOST_SNAPSHOTS * sizeof(struct switchyard_snapshot);
	struct switchyard_snapshot *rows;
	int count;
	u32 i;

	mutex_lock(&entries_lock);
	for (i = 0; i < SWITCHYARD_MAX_SLOTS; i++)
		update_slot(i);
	rows = kzalloc(size, GFP_KERNEL);
	count = rows ? switchyard_snapshot_list(rows) : -ENOMEM;
	if (count >= 0)
		update_snapshots(rows, count);
	kfree(rows);
	mutex_unlock(&entries_lock);
}

int switchyard_memory_init(void)
{
	folder = proc_mkdir(SWITCHYARD_MEMORY_NAME, NULL);
	if (!folder) {
		pr_err("no /proc/" SWITCHYARD_MEMORY_NAME "\n");
		return -ENOMEM;
	}
	switchyard_memory_update();
	return 0;
}

void switchyard_memory_exit(void)
{
	proc_remove(folder);
	memset(slots, 0, sizeof(slots));
	memset(snapshots, 0, sizeof(snapshots));
}
