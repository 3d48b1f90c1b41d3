/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * command.h - the table of the console's commands, and the function that runs a line. Each family
 * of commands has a file: command_slots.c, command_memory.c and so on.
 */
#ifndef MONITOR_CONSOLE_COMMAND_H
#define MONITOR_CONSOLE_COMMAND_H

#include "monitor/console/ui.h"

#define COMMAND_MAX_ARGS 12

struct command {
	const char *name;
	const char *arguments;	/* "SLOT", "ADDRESS [LENGTH]", "" */
	const char *summary;	/* one line for `help` */
	const char *details;	/* for `help COMMAND`; lines end with \n */
	int min_args, max_args; /* without the name */
	void (*run)(struct ui *ui, int argc, char **argv); /* argv[0] is the name */
};

/* The table of all commands, ended by an entry without a name. */
extern const struct command commands[];

/* The command with that name, or NULL. */
const struct command *command_find(const char *name);

/*
 * Splits line at blanks, which changes it, and runs the command. Prints one error line if that is
 * not possible.
 */
void command_run(struct ui *ui, char *line);

#endif
