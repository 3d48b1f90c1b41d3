// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/console/command_slots.h"
#include "lib/print.h"
#include "monitor/owner/owner.h"
#include "monitor/switch/new_slot.h"
#include "monitor/switch/switch.h"
#include "monitor/terminal/table.h"
#include "lib/string.h"
#include "lib/units.h"
#include "monitor/config/words.h"
#include "guest/linux/switchyard_names.h"

#define SLOT_TEXT  (LINE_SIZE + sizeof("slot=")) /* the line it comes from, and that */
#define NAMES_SIZE (SWITCHYARD_MAX_SLOTS * (SWITCHYARD_NAME_SIZE + 1))

static void fill_slot(const void *context, uint32_t row, struct table_row *cells)
{
	const struct slot *slot = slot_nth(context, row);
	uint64_t image = align_up(slot_image_size(slot), KIB);

	format_text(cells->cell[0], TABLE_CELL_SIZE, "%s", slot->name);
	format_text(cells->cell[1], TABLE_CELL_SIZE, "%s", switchyard_state_name(slot->state));
	format_size(cells->cell[2], slot_range(slot).size);
	format_text(cells->cell[3], TABLE_CELL_SIZE, "0x%lx", slot->ram.base);
	format_text(cells->cell[4], TABLE_CELL_SIZE, "%s", slot_type_name(slot->type));
	if (slot->state == SWITCHYARD_EMPTY)
		cells->cell[4][0] = '\0';
	format_text(cells->cell[5], TABLE_CELL_SIZE, "%lu", slot->runs);
	format_size(cells->cell[6], image);
}

/* The table's columns are a contract, so this comes below it. */
static void say_driverless(struct ui *ui)
{
	const struct slot_table *slots = &ui->monitor->slots;
	const char *before = "\n";

	for (uint32_t i = 0; i < slots->count; i++) {
		if (!slot_lacks_driver(&slots->slot[i]))
			continue;
		console_printf(&ui->console,
			       "%s%s: its kernel has shown no driver; its panic or reboot takes "
			       "parked slots along\n",
			       before, slots->slot[i].name);
		before = "";
	}
}

void command_slots(struct ui *ui, int argc, char **argv)
{
	struct table table = {
		.columns = {"SLOT", "STATE", "MEMORY", "BASE", "TYPE", "RUNS", "IMAGE"},
		.rows = slot_used(&ui->monitor->slots),
		.fill = fill_slot,
		.context = &ui->monitor->slots,
	};

	(void)argc;
	(void)argv;
	table_print(&ui->console, &table);
	say_driverless(ui);
}

/* "alpha, beta, tick" */
static void list_names(const struct slot_table *slots, char *names)
{
	uint32_t length = 0, used = slot_used(slots);

	for (uint32_t n = 0; n < used; n++)
		length += (uint32_t)format_text(names + length, NAMES_SIZE - length, "%s%s",
						n > 0 ? ", " : "", slot_nth(slots, n)->name);
}

struct slot *command_named_slot(struct ui *ui, const char *name)
{
	struct slot *slot = slot_find(&ui->monitor->slots, name);
	char names[NAMES_SIZE] = "", quote[QUOTE_TEXT];

	if (slot)
		return slot;
	list_names(&ui->monitor->slots, names);
	if (ui->monitor->slots.count > 0)
		console_error(&ui->console, "no slot \"%s\"; there are %s", quote_text(quote, name),
			      names);
	else
		console_error(&ui->console, "no slot \"%s\"; there are none",
			      quote_text(quote, name));
	return NULL;
}

/* slot may be NULL; that was reported already. */
static void run_on_slot(struct ui *ui, struct slot *slot,
			bool (*action)(struct monitor *, struct slot *, struct error *))
{
	struct error error;

	if (slot && !action(ui->monitor, slot, &error))
		console_error(&ui->console, "%s", error.text);
}

/* False after an error line: there is another word behind the slot. */
static bool only_force(struct ui *ui, int argc, char **argv)
{
	char quote[QUOTE_TEXT];

	if (argc <= 2 || strcmp(argv[2], "force") == 0)
		return true;
	console_error(&ui->console, "\"%s\" behind the slot; expected \"force\"",
		      quote_text(quote, argv[2]));
	return false;
}

void command_boot(struct ui *ui, int argc, char **argv)
{
	if (only_force(ui, argc, argv))
		run_on_slot(ui, command_named_slot(ui, argv[1]),
			    argc > 2 ? switch_boot_force : switch_boot);
}

void command_switch(struct ui *ui, int argc, char **argv)
{
	struct slot *slot;
	struct error error;

	if (!only_force(ui, argc, argv))
		return;
	slot = command_named_slot(ui, argv[1]);
	if (slot && !owner_goes_on(slot, &error)) {
		console_error(&ui->console, "%s", error.text);
		return;
	}
	/*
	 * A resumed slot prints nothing by itself on a serial line, so tell the person what to
	 * expect.
	 */
	if (slot && slot_waits(slot))
		console_printf(&ui->console, "resuming %s; Enter brings its prompt\n", slot->name);
	run_on_slot(ui, slot, argc > 2 ? switch_force : switch_to);
}

void command_kill(struct ui *ui, int argc, char **argv)
{
	(void)argc;
	run_on_slot(ui, command_named_slot(ui, argv[1]), switch_kill);
}

void command_dump(struct ui *ui, int argc, char **argv)
{
	struct slot *slot, *via;
	struct error error;
	char quote[QUOTE_TEXT];

	(void)argc;
	if (strcmp(argv[2], "via") != 0) {
		console_error(&ui->console, "\"%s\" behind the slot; expected \"via\"",
			      quote_text(quote, argv[2]));
		return;
	}
	slot = command_named_slot(ui, argv[1]);
	via = slot ? command_named_slot(ui, argv[3]) : NULL;
	if (via && !switch_dump(ui->monitor, slot, via, &error))
		console_error(&ui->console, "%s", error.text);
}

/*
 * Makes the text that the monitor and guests describe a slot by (parse_slot_text()) of words as
 * syctl takes them: "--mem 64M" becomes "mem=64M". False, after an error line: a value is missing.
 */
static bool slot_text(struct ui *ui, int argc, char **argv, char *text)
{
	uint32_t length = (uint32_t)format_text(text, SLOT_TEXT, "slot=%s", argv[1]);

	for (int i = 2; i < argc; i++) {
		bool option = !strncmp(argv[i], "--", 2);
		const char *name = option ? argv[i] + 2 : argv[i];
		char quote[QUOTE_TEXT];

		if (option && i + 1 == argc) {
			console_error(&ui->console, "\"%s\" at the end; expected a value behind it",
				      quote_text(quote, argv[i]));
			return false;
		}
		length += (uint32_t)format_text(text + length, SLOT_TEXT - length,
						option ? " %s=%s" : " %s", name,
						option ? argv[++i] : "");
	}
	return true;
}

void command_add(struct ui *ui, int argc, char **argv)
{
	char text[SLOT_TEXT], size[SIZE_TEXT];
	const struct slot *slot;
	struct error error;

	if (!slot_text(ui, argc, argv, text))
		return;
	slot = new_slot_add(ui->monitor, text, &error);
	if (slot)
		log_line(&ui->monitor->log, LOG_INFO, "slot %s was added: %s at %#lx", slot->name,
			 format_size(size, slot_range(slot).size), slot->ram.base);
	else
		console_error(&ui->console, "%s", error.text);
}

void command_remove(struct ui *ui, int argc, char **argv)
{
	struct slot *slot = command_named_slot(ui, argv[1]);
	struct error error;

	(void)argc;
	if (slot && !new_slot_remove(ui->monitor, slot, &error))
		console_error(&ui->console, "%s", error.text);
	else if (slot)
		log_line(&ui->monitor->log, LOG_INFO, "slot %s was removed", argv[1]);
}
