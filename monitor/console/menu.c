// SPDX-License-Identifier: GPL-2.0-only
/*
 * menu.c - the first thing that a person sees: the slots, how to switch among them, and a
 * countdown.
 *
 * With nine slots, it still fits a text screen of 25 lines.
 */
#include "monitor/console/menu.h"
#include "lib/print.h"
#include "lib/string.h"
#include "monitor/console/countdown.h"
#include "monitor/terminal/table.h"
#include "guest/linux/version.h"

#define MENU_SLOTS  9 /* those with a key: 1 to 9 */
#define KEY_CONSOLE 'c'
#define WHAT_SIZE   (SWITCHYARD_NAME_SIZE + 16)
#define KEYS	    "1-9 starts a slot, c opens the console"

static const char howto[] =
	"Menu      1-9 starts a slot, c the console, any other key stops the countdown\n"
	"Guest     syctl list            lists the slots\n"
	"          syctl switch SLOT     goes to that slot; this one stays as it is\n"
	"          syctl switch monitor  goes to the console\n"
	"          Ctrl+Alt+Shift+1 to 9 goes to that slot, ...+0 to the console\n"
	"          SysRq, then y         goes to the console (serial port: BREAK, y)\n"
	"Console   slots, switch SLOT, boot SLOT (afresh), kill SLOT (forgets it), help\n";

static void fill_menu_row(const void *context, uint32_t row, struct table_row *cells)
{
	const struct slot *slot = (const struct slot *)context + row;

	format_text(cells->cell[0], TABLE_CELL_SIZE, "%u", row + 1);
	format_text(cells->cell[1], TABLE_CELL_SIZE, "%s", slot->name);
	format_text(cells->cell[2], TABLE_CELL_SIZE, "%s", slot_type_name(slot->type));
	format_size(cells->cell[3], slot_range(slot).size);
	format_text(cells->cell[4], TABLE_CELL_SIZE, "0x%lx", slot->ram.base);
}

static void show_menu(struct ui *ui)
{
	struct console *console = &ui->console;
	uint32_t count = ui->monitor->slots.count;
	const struct table table = {
		.columns = {"KEY", "SLOT", "TYPE", "MEMORY", "BASE"},
		.rows = count < MENU_SLOTS ? count : MENU_SLOTS,
		.fill = fill_menu_row,
		.context = ui->monitor->slots.slot,
	};

	console_printf(console, "Switchyard %s\n\n", SWITCHYARD_VERSION);
	if (count == 0)
		return;
	table_print(console, &table);
	if (count > MENU_SLOTS)
		console_printf(console, "and %u more: c, then slots, lists them all\n",
			       count - MENU_SLOTS);
	console_write(console, "\n");
}

/*
 * Finds the slot that default= names. Returns NULL if there is none. If default= named one, an
 * error line says so.
 */
static struct slot *default_slot(struct ui *ui)
{
	const char *name = ui->monitor->options.default_slot;
	struct slot *slot;

	if (name[0] == '\0')
		return NULL;
	slot = slot_find(&ui->monitor->slots, name);
	if (!slot)
		console_error(&ui->console, "default=%s: there is no such slot", name);
	return slot;
}

/* What a key means in the menu: a slot to start, the console, or nothing. */
enum choice { CHOICE_NONE, CHOICE_SLOT, CHOICE_CONSOLE };

static enum choice choose(struct ui *ui, int key, struct slot **slot)
{
	uint32_t number = (uint32_t)(key - '1');

	if (key == KEY_CONSOLE)
		return CHOICE_CONSOLE;
	if (key < '1' || key > '9' || number >= ui->monitor->slots.count)
		return CHOICE_NONE;
	*slot = &ui->monitor->slots.slot[number];
	return CHOICE_SLOT;
}

static int count_down(struct ui *ui, const struct slot *slot)
{
	char what[WHAT_SIZE];

	format_text(what, sizeof(what), "Starting %s", slot->name);
	return countdown(&ui->console, what, KEYS, (uint32_t)ui->monitor->options.timeout);
}

static struct slot *wait_choice(struct ui *ui, int key)
{
	struct slot *slot = NULL;
	enum choice choice = choose(ui, key, &slot);

	if (choice == CHOICE_NONE) {
		console_write(&ui->console, KEYS "\n");
		while (choice == CHOICE_NONE)
			choice = choose(ui, console_wait_key(&ui->console, WAIT_FOR_EVER), &slot);
	}
	return choice == CHOICE_SLOT ? slot : NULL;
}

struct slot *menu(struct ui *ui)
{
	struct console *console = &ui->console;
	struct slot *slot;
	int key = KEY_NONE;

	show_menu(ui);
	console_write(console, howto);
	console_write(console, "\n");
	if (ui->monitor->slots.count == 0) {
		console_error(console, "no slot to start; expected lines like "
				       "\"module2 /boot/vmlinuz kernel slot=alpha\"");
		return NULL;
	}

	slot = default_slot(ui);
	if (slot && ui->monitor->options.timeout == 0)
		return slot;
	if (slot && ui->monitor->options.timeout > 0) {
		key = count_down(ui, slot);
		if (key == KEY_NONE)
			return slot;
	}
	return wait_choice(ui, key);
}
