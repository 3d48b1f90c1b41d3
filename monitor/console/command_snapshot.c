// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/console/command_snapshot.h"
#include <stddef.h>
#include "arch/x86/time/clock.h"
#include "guest/linux/switchyard_names.h"
#include "lib/print.h"
#include "lib/string.h"
#include "lib/units.h"
#include "monitor/config/words.h"
#include "monitor/console/command_slots.h"
#include "monitor/switch/slot_snapshot.h"
#include "monitor/terminal/table.h"

#define SHOWN_PAGES   (16 * MIB / PAGE_SIZE) /* restored before progress is shown again */
#define US_PER_SECOND 1000000u

static bool can_be_taken(const struct slot *slot, struct error *error)
{
	return slot->state == SWITCHYARD_PARKED ||
	       fail(error,
		    "slot %s is %s; expected one that is parked, or \"syctl snapshot\" in the one "
		    "that runs",
		    slot->name, switchyard_state_name(slot->state));
}

static bool take_snapshot(struct ui *ui, struct slot *slot, const char *text, struct error *error)
{
	struct word word = {text, (uint32_t)strlen(text)};
	struct monitor *monitor = ui->monitor;
	char name[SWITCHYARD_NAME_SIZE], size[SIZE_TEXT], all[SIZE_TEXT];
	struct snapshot *snapshot;

	if (!can_be_taken(slot, error) || !word_slot_name(&word, name, error))
		return false;
	snapshot = snapshot_new(&monitor->snapshots, &monitor->plan, slot, name, error);
	if (!snapshot || !slot_snapshot_take(monitor, slot, snapshot, error))
		return false;
	log_line(&monitor->log, LOG_INFO, "snapshot %s of slot %s: %s of %s kept, %lu ms", name,
		 slot->name, format_size(size, snapshot->store.kept * PAGE_SIZE),
		 format_size(all, snapshot->store.pages * PAGE_SIZE), snapshot->usec / 1000);
	return true;
}

void command_snapshot(struct ui *ui, int argc, char **argv)
{
	struct slot *slot = command_named_slot(ui, argv[1]);
	struct error error;

	(void)argc;
	if (slot && !take_snapshot(ui, slot, argv[2], &error))
		console_error(&ui->console, "%s", error.text);
}

/* How many were taken, and number n of them. */
static uint32_t taken_snapshots(const struct snapshots *snapshots, uint32_t n,
				const struct snapshot **found)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < SNAPSHOT_MAX; i++) {
		const struct snapshot *snapshot = snapshot_nth(snapshots, i);

		if (snapshot && snapshot->taken && count++ == n)
			*found = snapshot;
	}
	return count;
}

static void fill_snapshot(const void *context, uint32_t row, struct table_row *cells)
{
	const struct snapshot *snapshot = NULL;

	taken_snapshots(context, row, &snapshot);
	format_text(cells->cell[0], TABLE_CELL_SIZE, "%s", snapshot->name);
	format_text(cells->cell[1], TABLE_CELL_SIZE, "%s", snapshot->slot.name);
	format_text(cells->cell[2], TABLE_CELL_SIZE, "%lu.%06lu",
		    snapshot->taken_us / US_PER_SECOND, snapshot->taken_us % US_PER_SECOND);
	format_text(cells->cell[3], TABLE_CELL_SIZE, "%s", snapshot->slot.works ? "quick" : "deep");
	format_size(cells->cell[4], snapshot_size(snapshot));
	format_text(cells->cell[5], TABLE_CELL_SIZE, "%lu", snapshot->store.kept);
	format_text(cells->cell[6], TABLE_CELL_SIZE, "%lu", snapshot->store.zero);
	format_text(cells->cell[7], TABLE_CELL_SIZE, "%lu", snapshot->store.free);
}

void command_snapshots(struct ui *ui, int argc, char **argv)
{
	const struct snapshots *snapshots = &ui->monitor->snapshots;
	const struct snapshot *none;
	struct table table = {
		.columns = {"SNAPSHOT", "SLOT", "TIME", "KIND", "SIZE", "PAGES", "ZERO", "FREE"},
		.rows = taken_snapshots(snapshots, UINT32_MAX, &none),
		.fill = fill_snapshot,
		.context = snapshots,
	};

	(void)argc;
	(void)argv;
	table_print(&ui->console, &table);
}

static bool put_slot_back(struct ui *ui, const struct snapshot *snapshot, bool force,
			  struct error *error)
{
	uint64_t left, all = snapshot->store.pages * PAGE_SIZE;

	if (!slot_snapshot_restore_begin(ui->monitor, snapshot, force, error))
		return false;
	do {
		if (!slot_snapshot_restore_part(ui->monitor, snapshot, SHOWN_PAGES, &left, error))
			return false;
		console_printf(&ui->console, "\rRestoring %s: %lu of %lu MiB", snapshot->slot.name,
			       units_up(all - left * PAGE_SIZE, MIB), units_up(all, MIB));
	} while (left);
	console_write(&ui->console, "\n");
	return true;
}

void command_restore(struct ui *ui, int argc, char **argv)
{
	const struct snapshot *snapshot;
	char quote[QUOTE_TEXT];
	struct error error;

	if (argc > 2 && strcmp(argv[2], "force") != 0) {
		console_error(&ui->console, "\"%s\" behind the snapshot; expected \"force\"",
			      quote_text(quote, argv[2]));
		return;
	}
	snapshot = snapshot_named(&ui->monitor->snapshots, argv[1], &error);
	if (!snapshot || !put_slot_back(ui, snapshot, argc > 2, &error)) {
		console_error(&ui->console, "%s", error.text);
		return;
	}
	log_line(&ui->monitor->log, LOG_INFO,
		 "slot %s is as at snapshot %s; \"switch %s\" lets it go on", snapshot->slot.name,
		 snapshot->name, snapshot->slot.name);
}

void command_drop(struct ui *ui, int argc, char **argv)
{
	struct monitor *monitor = ui->monitor;
	struct snapshot *snapshot;
	struct error error;

	(void)argc;
	snapshot = snapshot_named(&monitor->snapshots, argv[1], &error);
	if (!snapshot) {
		console_error(&ui->console, "%s", error.text);
		return;
	}
	snapshot_drop(&monitor->snapshots, &monitor->plan, snapshot);
	log_line(&monitor->log, LOG_INFO, "snapshot %s was dropped", argv[1]);
}
