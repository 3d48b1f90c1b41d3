// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/console/command.h"
#include "lib/print.h"
#include "monitor/switch/switch.h"
#include "monitor/console/table.h"
#include "lib/string.h"
#include "lib/units.h"
#include "monitor/config/words.h"
#include "guest/linux/switchyard_names.h"

#define NAMES_SIZE (SWITCHYARD_MAX_SLOTS * (SWITCHYARD_NAME_SIZE + 1))

static void fill_slot(const void *context, uint32_t row, struct table_row *cells)
{
	const struct slot *slot = (const struct slot *)context + row;
	uint64_t image = align_up(slot_image_size(slot), KIB);

	format_text(cells->cell[0], TABLE_CELL_SIZE, "%s", slot->name);
	format_text(cells->cell[1], TABLE_CELL_SIZE, "%s", switchyard_state_name(slot->state));
	format_size(cells->cell[2], slot->ram.size);
	format_text(cells->cell[3], TABLE_CELL_SIZE, "0x%lx", slot->ram.base);
	format_text(cells->cell[4], TABLE_CELL_SIZE, "%s", slot_type_name(slot->type));
	format_text(cells->cell[5], TABLE_CELL_SIZE, "%lu", slot->runs);
	format_size(cells->cell[6], image);
}

void command_slots(struct monitor *monitor, int argc, char **argv)
{
	struct table table = {
		.columns = {"SLOT", "STATE", "MEMORY", "BASE", "TYPE", "RUNS", "IMAGE"},
		.rows = monitor->slots.count,
		.fill = fill_slot,
		.context = monitor->slots.slot,
	};

	(void)argc;
	(void)argv;
	table_print(&monitor->console, &table);
}

/* "alpha, beta, tick" */
static void list_names(const struct slot_table *slots, char *names)
{
	uint32_t length = 0;

	for (uint32_t i = 0; i < slots->count; i++)
		length += (uint32_t)format_text(names + length, NAMES_SIZE - length, "%s%s",
						i > 0 ? ", " : "", slots->slot[i].name);
}

/* The slot that a command names; NULL after an error line. */
static struct slot *named_slot(struct monitor *monitor, const char *name)
{
	struct slot *slot = slot_find(&monitor->slots, name);
	char names[NAMES_SIZE] = "", quote[QUOTE_TEXT];

	if (slot)
		return slot;
	list_names(&monitor->slots, names);
	if (monitor->slots.count > 0)
		console_error(&monitor->console, "no slot \"%s\"; there are %s",
			      quote_text(quote, name), names);
	else
		console_error(&monitor->console, "no slot \"%s\"; there are none",
			      quote_text(quote, name));
	return NULL;
}

static void run_on_slot(struct monitor *monitor, const char *name,
			bool (*action)(struct monitor *, struct slot *, struct error *))
{
	struct slot *slot = named_slot(monitor, name);
	struct error error;

	if (slot && !action(monitor, slot, &error))
		console_error(&monitor->console, "%s", error.text);
}

void command_boot(struct monitor *monitor, int argc, char **argv)
{
	(void)argc;
	run_on_slot(monitor, argv[1], switch_boot);
}

/* A slot that is resumed prints nothing by itself on a serial line: say what to expect. */
static void say_resuming(struct monitor *monitor, const struct slot *slot)
{
	if (slot->state == SWITCHYARD_PARKED)
		console_printf(&monitor->console, "resuming %s; Enter brings its prompt\n",
			       slot->name);
}

static bool resume_or_boot(struct monitor *monitor, struct slot *slot, struct error *error)
{
	say_resuming(monitor, slot);
	return switch_to(monitor, slot, error);
}

static bool resume_by_force(struct monitor *monitor, struct slot *slot, struct error *error)
{
	say_resuming(monitor, slot);
	return switch_force(monitor, slot, error);
}

void command_switch(struct monitor *monitor, int argc, char **argv)
{
	char quote[QUOTE_TEXT];

	if (argc < 3)
		run_on_slot(monitor, argv[1], resume_or_boot);
	else if (strcmp(argv[2], "force") == 0)
		run_on_slot(monitor, argv[1], resume_by_force);
	else
		console_error(&monitor->console, "\"%s\" behind the slot; expected \"force\"",
			      quote_text(quote, argv[2]));
}

void command_kill(struct monitor *monitor, int argc, char **argv)
{
	(void)argc;
	run_on_slot(monitor, argv[1], switch_kill);
}
