// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * core.c - the memory of a slot that does not run, or of a snapshot, as a file: `core`.
 */
#include "core_file.h"
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "switchyard_check.h"
#include "switchyard_names.h"

/* What makedumpfile calls it when free pages are left out. */
#define LEVEL_FREE 16

int core_level(const struct core *core)
{
	return core->is_snapshot && core->snapshot.free ? LEVEL_FREE : 0;
}

/* at: where the name has its @. Getting the list makes the driver show new snapshots. */
static int find_snapshot_core(int device, const char *name, const char *at, struct core *core)
{
	const struct switchyard_snapshot *row;
	char slot[SWITCHYARD_NAME_SIZE];
	struct snapshots snapshots = {0};
	struct switchyard_list list;

	snprintf(slot, sizeof(slot), "%.*s", (int)(at - name), name);
	if (!get_list(device, &list) || !get_snapshots(device, &snapshots))
		return EXIT_FAILED;
	row = find_snapshot(&snapshots, slot, at + 1);
	if (!row)
		return fail("%s: slot %s has no snapshot of that name; \"syctl snapshots\" lists "
			    "them",
			    name, slot);
	core->is_snapshot = true;
	core->snapshot = *row;
	return EXIT_DONE;
}

static int find_slot_core(int device, const char *name, struct core *core)
{
	struct switchyard_list list;
	uint32_t number;

	if (!get_list(device, &list) || !(number = named_slot(&list, name)))
		return EXIT_FAILED;
	core->slot = list.slot[number - 1];
	if (!switchyard_stands_still(core->slot.state))
		return fail("%s is %s; expected a slot that is parked, crashed or interrupted",
			    name, switchyard_state_name(core->slot.state));
	return EXIT_DONE;
}

ssize_t read_whole(int file, uint8_t *to, size_t size, off_t at)
{
	size_t got = 0;

	while (got < size) {
		ssize_t more = pread(file, to + got, size - got, at + (off_t)got);

		if (more < 0)
			return -1;
		if (!more)
			break;
		got += (size_t)more;
	}
	return (ssize_t)got;
}

int open_core(int device, const char *name, struct core *core)
{
	const char *at = strchr(name, '@');
	struct stat status;
	Elf32_Ehdr elf;
	int found = at ? find_snapshot_core(device, name, at, core)
		       : find_slot_core(device, name, core);

	if (found != EXIT_DONE)
		return found;
	snprintf(core->path, sizeof(core->path), SWITCHYARD_MEMORY_FOLDER "/%s", name);
	core->file = open(core->path, O_RDONLY | O_CLOEXEC);
	if (core->file < 0 || fstat(core->file, &status) < 0)
		return fail("%s: %s", core->path, strerror(errno));
	core->size = (uint64_t)status.st_size;
	if (pread(core->file, &elf, sizeof(elf), 0) != sizeof(elf))
		return fail("%s: %s", core->path, strerror(errno));
	core->is_32 = elf.e_machine == EM_386; /* at the same place in headers of 64 bits */
	return EXIT_DONE;
}

/* So that what a person finds in it is not taken for a fault of the kernel. */
void warn_of_changes(const struct core *core)
{
	if (core->is_snapshot && core->snapshot.flags & SWITCHYARD_SNAPSHOT_WORKS)
		fprintf(stderr,
			"%s is a quick snapshot: devices may have written to its memory while it "
			"was taken\n",
			core->snapshot.name);
	if (core->slot.flags & SWITCHYARD_SLOT_WORKS)
		fprintf(stderr,
			"%s is parked quick: its devices may write to its memory while it is "
			"read\n",
			core->slot.name);
}

static void show_json(const char *name, const struct core *core)
{
	if (core->is_snapshot)
		printf("{\"slot\": \"%s\", \"snapshot\": \"%s\", \"path\": \"%s\", "
		       "\"size\": %llu, \"level\": %d, \"changes\": %s}\n",
		       core->snapshot.slot, core->snapshot.name, core->path,
		       (unsigned long long)core->size, core_level(core),
		       core->snapshot.flags & SWITCHYARD_SNAPSHOT_WORKS ? "true" : "false");
	else
		printf("{\"slot\": \"%s\", \"state\": \"%s\", \"path\": \"%s\", \"size\": %llu, "
		       "\"turn\": %u, \"changes\": %s}\n",
		       name, switchyard_state_name(core->slot.state), core->path,
		       (unsigned long long)core->size, core->slot.turn,
		       core->slot.flags & SWITCHYARD_SLOT_WORKS ? "true" : "false");
}

int show_core(int device, const char *name, bool json)
{
	struct core core = {false};

	if (open_core(device, name, &core) != EXIT_DONE)
		return EXIT_FAILED;
	warn_of_changes(&core);
	if (json)
		show_json(name, &core);
	else
		puts(core.path);
	close(core.file);
	return EXIT_DONE;
}
