/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * command.h - the console's commands. One file for each family: command_slots.c, command_memory.c,
 * command_machine.c, command_pci.c, command_help.c. console_loop.c reads lines and runs them.
 */
#ifndef MONITOR_CONSOLE_COMMAND_H
#define MONITOR_CONSOLE_COMMAND_H

#include "monitor/monitor.h"

#define COMMAND_MAX_ARGS 8

struct command {
	const char *name;
	const char *arguments;	/* "SLOT", "ADDRESS [LENGTH]", "" */
	const char *summary;	/* one line for `help` */
	const char *details;	/* for `help COMMAND`; lines end with \n */
	int min_args, max_args; /* without the name */
	void (*run)(struct monitor *monitor, int argc, char **argv); /* argv[0] is the name */
};

/* The table of all commands, ended by an entry without a name. */
extern const struct command commands[];

/* The command with that name, or NULL. */
const struct command *command_find(const char *name);

/*
 * Splits line (which it changes) at blanks and runs the
 * command; prints one error line if that can't be.
 */
void command_run(struct monitor *monitor, char *line);

/* Prompts, reads and runs lines; never returns, but by starting or resuming a slot. */
void console_loop(struct monitor *monitor) __attribute__((noreturn));

/*
 * The menu of slots with its countdown: returns the slot to start, or NULL for the console
 * (`c`, or no slot, or none usable).
 */
struct slot *menu(struct monitor *monitor);

/* What commands[] runs. command_slots.c: */
void command_slots(struct monitor *monitor, int argc, char **argv);
void command_boot(struct monitor *monitor, int argc, char **argv);
void command_switch(struct monitor *monitor, int argc, char **argv);
void command_kill(struct monitor *monitor, int argc, char **argv);

/* command_memory.c: */
void command_mem(struct monitor *monitor, int argc, char **argv);
void command_md(struct monitor *monitor, int argc, char **argv);

/* command_machine.c: */
void command_cpus(struct monitor *monitor, int argc, char **argv);
void command_ioapic(struct monitor *monitor, int argc, char **argv);
void command_log(struct monitor *monitor, int argc, char **argv);
void command_reboot(struct monitor *monitor, int argc, char **argv);
void command_poweroff(struct monitor *monitor, int argc, char **argv);

/* command_pci.c: */
void command_pci(struct monitor *monitor, int argc, char **argv);

/* command_selftest.c: */
void command_selftest(struct monitor *monitor, int argc, char **argv);

/* command_help.c: */
void command_help(struct monitor *monitor, int argc, char **argv);

#endif
