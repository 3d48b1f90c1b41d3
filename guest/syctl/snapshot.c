// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * snapshot.c - snapshots: `snapshot`, `snapshots`, `restore` and `drop`.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include "switchyard_names.h"
#include "syctl.h"

#define MIB	    (1u << 20)
#define PAGE	    4096u
#define USEC_SEC    1000000u

#define PACKED_TEXT 48

bool get_snapshots(int device, struct snapshots *snapshots)
{
	struct switchyard_ask ask = {.service = SWITCHYARD_SNAPSHOT_LIST,
				     .buffer = (uintptr_t)snapshots->row,
				     .length = sizeof(snapshots->row)};

	if (ask_monitor(device, "snapshots", &ask) != EXIT_DONE)
		return false;
	snapshots->count = ask.done < MOST_SNAPSHOTS ? (uint32_t)ask.done : MOST_SNAPSHOTS;
	return true;
}

const struct switchyard_snapshot *find_snapshot(const struct snapshots *snapshots, const char *slot,
						const char *name)
{
	for (uint32_t i = 0; i < snapshots->count; i++)
		if (strcmp(snapshots->row[i].name, name) == 0 &&
		    (!slot || strcmp(snapshots->row[i].slot, slot) == 0))
			return &snapshots->row[i];
	return NULL;
}

/* NULL: there is none, and it has printed so. */
static const struct switchyard_snapshot *named_snapshot(int device, const char *name,
							struct snapshots *snapshots)
{
	const struct switchyard_snapshot *found;

	if (!get_snapshots(device, snapshots))
		return NULL;
	found = find_snapshot(snapshots, NULL, name);
	if (!found)
		fail("no snapshot is called %s; \"syctl snapshots\" lists them", name);
	return found;
}

static double seconds(uint64_t usec)
{
	return (double)usec / USEC_SEC;
}

static double mebibytes(uint64_t bytes)
{
	return (double)bytes / MIB;
}

static const char *kind_of(const struct switchyard_snapshot *row)
{
	return row->flags & SWITCHYARD_SNAPSHOT_STAYS ? "to read" : "to restore";
}

static void snapshot_json(const struct switchyard_snapshot *row, time_t now)
{
	printf("{\"snapshot\": \"%s\", \"slot\": \"%s\", \"id\": %" PRIu64
	       ", \"taken\": %lld, \"age_ms\": %" PRIu64 ", \"restorable\": %s, \"size\": %" PRIu64
	       ", \"compressed\": %s, \"pool\": %" PRIu64 ", \"kept\": %" PRIu64
	       ", \"zero\": %" PRIu64 ", \"free\": %" PRIu64 ", \"monitor_us\": %" PRIu64 "}",
	       row->name, row->slot, row->id,
	       (long long)now - (long long)(row->age_usec / USEC_SEC), row->age_usec / 1000,
	       row->flags & SWITCHYARD_SNAPSHOT_STAYS ? "false" : "true", row->size,
	       row->flags & SWITCHYARD_SNAPSHOT_PACKED ? "true" : "false", row->bytes, row->kept,
	       row->zero, row->free, row->usec);
}

static void list_json(const struct snapshots *snapshots)
{
	time_t now = time(NULL);

	printf("[");
	for (uint32_t i = 0; i < snapshots->count; i++) {
		printf("%s\n  ", i ? "," : "");
		snapshot_json(&snapshots->row[i], now);
	}
	printf("\n]\n");
}

static void list_table(const struct snapshots *snapshots)
{
	printf("%-16s  %-16s  %-19s  %-10s  %9s  %9s  %9s\n", "NAME", "SLOT", "TIME", "KIND",
	       "SIZE", "KEPT", "POOL");
	for (uint32_t i = 0; i < snapshots->count; i++) {
		const struct switchyard_snapshot *row = &snapshots->row[i];
		time_t taken = time(NULL) - (time_t)(row->age_usec / USEC_SEC);
		char clock[32] = "";

		strftime(clock, sizeof(clock), "%Y-%m-%d %H:%M:%S", localtime(&taken));
		printf("%-16s  %-16s  %-19s  %-10s  %5.0f MiB  %5.0f MiB  %5.0f MiB\n", row->name,
		       row->slot, clock, kind_of(row), mebibytes(row->size),
		       mebibytes(row->kept * PAGE), mebibytes(row->bytes));
	}
}

int show_snapshots(int device, bool json)
{
	struct snapshots snapshots = {0};

	if (!get_snapshots(device, &snapshots))
		return EXIT_FAILED;
	if (json)
		list_json(&snapshots);
	else
		list_table(&snapshots);
	return EXIT_DONE;
}

/* All phases of the last switch, which was the snapshot's. */
static uint64_t last_usec(int device)
{
	struct switchyard_times times = {0};
	uint64_t sum = 0;

	if (ioctl(device, SWITCHYARD_IOC_TIMES, &times) < 0 || !times.count)
		return 0;
	for (int phase = 0; phase < SWITCHYARD_PHASES_END; phase++)
		sum += times.turn[0].usec[phase];
	return sum;
}

/* Where memory was short, what it takes of it. */
static const char *packed_text(const struct switchyard_snapshot *row, char text[PACKED_TEXT])
{
	text[0] = '\0';
	if (row->flags & SWITCHYARD_SNAPSHOT_PACKED)
		snprintf(text, PACKED_TEXT, " (compressed: %.0f MiB)", mebibytes(row->bytes));
	return text;
}

static void show_taken(const struct switchyard_snapshot *row, bool restored, uint64_t away,
		       uint64_t whole)
{
	char text[PACKED_TEXT];

	if (restored)
		printf("snapshot %s: this slot is back at it, as it was %.1f s ago\n", row->name,
		       seconds(row->age_usec));
	else
		printf("snapshot %s: %.0f MiB of %.0f MiB kept%s, %.3f s without the machine, "
		       "%.2f s in all\n",
		       row->name, mebibytes(row->kept * PAGE), mebibytes(row->size),
		       packed_text(row, text), seconds(away), seconds(whole));
}

/* The monitor has no such snapshot any more: it was dropped, or the machine was off since. */
static int show_from_file(const struct switchyard_snapshot_request *request,
			  const struct switchyard_list *list, bool json)
{
	if (json)
		printf("{\"restored\": true, \"away_us\": %" PRIu64 ", \"whole_us\": null, "
		       "\"snapshot\": null}\n",
		       list->away_usec);
	else
		printf("snapshot %s: this slot is back at it, from a file\n", request->name);
	return EXIT_DONE;
}

static int show_snapshot(int device, const struct switchyard_snapshot_request *request, bool json)
{
	const struct switchyard_snapshot *row;
	struct snapshots snapshots = {0};
	struct switchyard_list list;

	if (!get_list(device, &list) || !get_snapshots(device, &snapshots))
		return EXIT_FAILED;
	row = find_snapshot(&snapshots, NULL, request->name);
	if (!row && request->restored)
		return show_from_file(request, &list, json);
	if (!row)
		return fail("%s: it was dropped", request->name);
	if (!json) {
		show_taken(row, request->restored, list.away_usec, last_usec(device));
		return EXIT_DONE;
	}
	printf("{\"restored\": %s, \"away_us\": %" PRIu64 ", \"whole_us\": %" PRIu64
	       ", \"snapshot\": ",
	       request->restored ? "true" : "false", list.away_usec, last_usec(device));
	snapshot_json(row, time(NULL));
	printf("}\n");
	return EXIT_DONE;
}

int take_snapshot(int device, const char *name, const struct options *options)
{
	struct switchyard_snapshot_request request = {
		.flags = (options->force ? SWITCHYARD_FORCE : 0) |
			 (options->quick ? SWITCHYARD_WANT_QUICK : 0),
	};
	int error;

	if (strlen(name) >= sizeof(request.name))
		return fail("%s: a name of %zu characters; expected %zu at most", name,
			    strlen(name), sizeof(request.name) - 1);
	strcpy(request.name, name);
	error = request_and_tell(device, SWITCHYARD_IOC_SNAPSHOT, &request);
	if (error == ENOTTY)
		return fail("%s: this driver is older, and takes no snapshots", name);
	if (error)
		return cannot_suspend(device, name, error);
	if (request.error)
		return fail("%s: %s", name, switchyard_error_text(request.error));
	return show_snapshot(device, &request, options->json);
}

/* Each call restores some pages. Returns EXIT_DONE or EXIT_FAILED. */
static int restore_all(int device, const struct switchyard_snapshot *row, uint32_t kind)
{
	struct switchyard_ask ask = {.service = SWITCHYARD_SNAPSHOT_RESTORE,
				     .kind = kind | SWITCHYARD_RESTORE_BEGIN,
				     .bytes = row->id};
	uint64_t pages = row->size / PAGE;

	do {
		if (ask_monitor(device, "restore", &ask) != EXIT_DONE)
			return EXIT_FAILED;
		ask.kind = kind;
		if (ask.done <= pages && pages)
			show_progress(pages - ask.done, pages);
	} while (ask.done);
	return EXIT_DONE;
}

int restore_snapshot(int device, const char *name, const struct options *options)
{
	struct snapshots snapshots = {0};
	const struct switchyard_snapshot *row = named_snapshot(device, name, &snapshots);

	if (!row)
		return EXIT_FAILED;
	if (!options->json) {
		printf("restoring %s: slot %s, %.0f MiB ", name, row->slot, mebibytes(row->size));
		begin_progress();
	}
	if (restore_all(device, row, options->force ? SWITCHYARD_RESTORE_FORCE : 0) != EXIT_DONE)
		return EXIT_FAILED;
	end_progress(true);
	if (options->json)
		printf("{\"snapshot\": \"%s\", \"slot\": \"%s\", \"restored\": true}\n", row->name,
		       row->slot);
	return EXIT_DONE;
}

int drop_snapshot(int device, const char *name, bool json)
{
	struct snapshots snapshots = {0};
	const struct switchyard_snapshot *row = named_snapshot(device, name, &snapshots);
	struct switchyard_ask ask = {.service = SWITCHYARD_SNAPSHOT_DROP};

	if (!row)
		return EXIT_FAILED;
	ask.bytes = row->id;
	if (ask_monitor(device, name, &ask) != EXIT_DONE)
		return EXIT_FAILED;
	if (json)
		printf("{\"snapshot\": \"%s\", \"dropped\": true}\n", name);
	return EXIT_DONE;
}
