/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * command_memory.h - commands: the memory plan, and what memory holds.
 */
#ifndef MONITOR_CONSOLE_COMMAND_MEMORY_H
#define MONITOR_CONSOLE_COMMAND_MEMORY_H

#include "monitor/console/ui.h"

void command_mem(struct ui *ui, int argc, char **argv);
void command_md(struct ui *ui, int argc, char **argv);

#endif
