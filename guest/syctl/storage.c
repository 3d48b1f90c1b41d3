// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * storage.c - `storage`: which block devices parked slots use, and whether this one is such a
 * device. The driver keeps this kernel from them, and knows them (guest/linux/storage/guard.c).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "switchyard_names.h"
#include "syctl.h"

#define ENTRIES_MOST 256 /* as many as all slots can have */
#define GUARD	     "/sys/module/switchyard/parameters/storage_guard"

/* A name is the monitor's printable ASCII, but the list of slots comes apart from it. */
static const char *slot_name(const struct switchyard_list *list,
			     const struct switchyard_storage *entry)
{
	return entry->slot >= 1 && entry->slot <= list->slot_count
		       ? list->slot[entry->slot - 1].name
		       : "?";
}

static const char *use_text(const struct switchyard_storage *entry)
{
	return entry->name[0] ? entry->name : "more than it can tell: any device";
}

static void show_table(const struct switchyard_list *list, const struct switchyard_storage *entry,
		       uint64_t count)
{
	printf("%-16s  %-8s  %s\n", "SLOT", "USE", "DEVICE");
	for (uint64_t i = 0; i < count; i++)
		printf("%-16s  %-8s  %s\n", slot_name(list, &entry[i]),
		       switchyard_storage_use_name(entry[i].use), use_text(&entry[i]));
}

static void show_json(const struct switchyard_list *list, const struct switchyard_storage *entry,
		      uint64_t count)
{
	printf("{\"storage\": [");
	for (uint64_t i = 0; i < count; i++) {
		printf("%s\n  {\"slot\": \"%s\", \"use\": \"%s\", \"device\": ", i ? "," : "",
		       slot_name(list, &entry[i]), switchyard_storage_use_name(entry[i].use));
		print_json_text(entry[i].name, strlen(entry[i].name));
		printf("}");
	}
	printf("\n]}\n");
}

int show_storage(int device, bool json)
{
	static struct switchyard_storage entry[ENTRIES_MOST];
	struct switchyard_ask ask = {.service = SWITCHYARD_STORAGE_LIST,
				     .buffer = (uintptr_t)entry,
				     .length = sizeof(entry)};
	struct switchyard_list list;

	if (!get_list(device, &list) || ask_monitor(device, "storage", &ask) != EXIT_DONE)
		return EXIT_FAILED;
	if (ask.done > ENTRIES_MOST)
		ask.done = ENTRIES_MOST;
	(json ? show_json : show_table)(&list, entry, ask.done);
	return EXIT_DONE;
}

static bool ask_about(int device, const char *path, struct switchyard_held *held)
{
	struct stat status;

	if (stat(path, &status)) {
		fail("%s: %s", path, strerror(errno));
		return false;
	}
	if (!S_ISBLK(status.st_mode)) {
		fail("%s: it is no block device", path);
		return false;
	}
	*held = (struct switchyard_held){.major = major(status.st_rdev),
					 .minor = minor(status.st_rdev)};
	if (ioctl(device, SWITCHYARD_IOC_HELD, held) == 0)
		return true;
	fail("%s: %s", path, strerror(errno));
	return false;
}

int check_storage(int device, const char *path)
{
	struct switchyard_held held;

	if (!ask_about(device, path, &held))
		return EXIT_FAILED;
	if (!held.slot[0])
		return EXIT_DONE;
	return fail("%s: slot %s, which is parked, has %s", path, held.slot, held.name);
}

/* For a udev rule: it prints properties, and a device that nobody has gets none. */
int storage_properties(int device, const char *path)
{
	struct switchyard_held held;

	if (!ask_about(device, path, &held))
		return EXIT_FAILED;
	if (held.slot[0])
		printf("SWITCHYARD_SLOT=%s\n", held.slot);
	return EXIT_DONE;
}

/* Writing to the driver's parameter lets go of nothing by itself: a look does. */
int force_storage(int device, bool on)
{
	struct switchyard_held none = {0};
	FILE *file = fopen(GUARD, "we");
	bool failed = !file || fputs(on ? "1\n" : "0\n", file) < 0;

	if (file && fclose(file))
		failed = true;
	if (failed)
		return fail("%s: %s", GUARD, strerror(errno));
	if (ioctl(device, SWITCHYARD_IOC_HELD, &none))
		return fail("storage: %s", strerror(errno));
	return EXIT_DONE;
}
