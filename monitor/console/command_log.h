/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * command_log.h - command: the monitor's log, and that of a slot's kernel.
 */
#ifndef MONITOR_CONSOLE_COMMAND_LOG_H
#define MONITOR_CONSOLE_COMMAND_LOG_H

#include "monitor/console/ui.h"

void command_log(struct ui *ui, int argc, char **argv);

#endif
