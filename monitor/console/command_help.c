// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/console/command_help.h"
#include "monitor/console/command.h"
#include "lib/print.h"
#include "monitor/terminal/table.h"
#include "monitor/config/words.h"

static void fill_command(const void *context, uint32_t row, struct table_row *cells)
{
	const struct command *command = (const struct command *)context + row;

	format_text(cells->cell[0], TABLE_CELL_SIZE, "%s%s%s", command->name,
		    command->arguments[0] ? " " : "", command->arguments);
	format_text(cells->cell[1], TABLE_CELL_SIZE, "%s", command->summary);
}

static void list_commands(struct console *console)
{
	struct table table = {
		.columns = {"COMMAND", "DOES"},
		.fill = fill_command,
		.context = commands,
	};

	while (commands[table.rows].name)
		table.rows++;
	table_print(console, &table);
}

void command_help(struct ui *ui, int argc, char **argv)
{
	struct console *console = &ui->console;
	const struct command *command;
	char quote[QUOTE_TEXT];

	if (argc == 1) {
		list_commands(console);
		return;
	}
	command = command_find(argv[1]);
	if (!command) {
		console_error(console, "no command \"%s\"; help lists them",
			      quote_text(quote, argv[1]));
		return;
	}
	console_printf(console, "%s%s%s: %s.\n", command->name, command->arguments[0] ? " " : "",
		       command->arguments, command->summary);
	console_write(console, command->details);
}
