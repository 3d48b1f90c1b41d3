/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * command_machine.h - commands: the processors, interrupt controllers and power; the log.
 */
#ifndef MONITOR_CONSOLE_COMMAND_MACHINE_H
#define MONITOR_CONSOLE_COMMAND_MACHINE_H

#include "monitor/console/ui.h"

void command_cpus(struct ui *ui, int argc, char **argv);
void command_ioapic(struct ui *ui, int argc, char **argv);
void command_reboot(struct ui *ui, int argc, char **argv);
void command_poweroff(struct ui *ui, int argc, char **argv);

#endif
