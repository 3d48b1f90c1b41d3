// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/console/command_log.h"
#include "monitor/console/command_slots.h"
#include "monitor/switch/slot_log.h"

#define SLOT_RECORDS 200 /* of a slot's kernel: some seconds on a serial line */

static void show_line(const char *line, void *context)
{
	struct ui *ui = context;

	console_write(&ui->console, line);
	console_write(&ui->console, "\n");
}

static void show_slot(struct ui *ui, const struct slot *slot)
{
	static struct printk_log log;
	struct error error;

	if (!slot_log_find(ui->monitor, slot, &log, &error))
		console_error(&ui->console, "%s", error.text);
	else
		printk_log_show_last(&log, SLOT_RECORDS, show_line, ui);
}

void command_log(struct ui *ui, int argc, char **argv)
{
	const struct slot *slot;

	if (argc == 1) {
		log_show(&ui->monitor->log);
		return;
	}
	slot = command_named_slot(ui, argv[1]);
	if (slot)
		show_slot(ui, slot);
}
