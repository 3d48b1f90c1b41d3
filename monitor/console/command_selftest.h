/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * command_selftest.h - commands: everything that the monitor can check of itself.
 */
#ifndef MONITOR_CONSOLE_COMMAND_SELFTEST_H
#define MONITOR_CONSOLE_COMMAND_SELFTEST_H

#include "monitor/console/ui.h"

void command_selftest(struct ui *ui, int argc, char **argv);

#endif
