/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * command_help.h - commands: the commands, explained.
 */
#ifndef MONITOR_CONSOLE_COMMAND_HELP_H
#define MONITOR_CONSOLE_COMMAND_HELP_H

#include "monitor/console/ui.h"

void command_help(struct ui *ui, int argc, char **argv);

#endif
