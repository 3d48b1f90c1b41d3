/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * command_slots.h - commands: what is done with slots.
 */
#ifndef MONITOR_CONSOLE_COMMAND_SLOTS_H
#define MONITOR_CONSOLE_COMMAND_SLOTS_H

#include "monitor/console/ui.h"

/* Finds the slot that a command names. Returns NULL after an error line. */
struct slot *command_named_slot(struct ui *ui, const char *name);

void command_slots(struct ui *ui, int argc, char **argv);
void command_boot(struct ui *ui, int argc, char **argv);
void command_switch(struct ui *ui, int argc, char **argv);
void command_dump(struct ui *ui, int argc, char **argv);
void command_kill(struct ui *ui, int argc, char **argv);
void command_add(struct ui *ui, int argc, char **argv);
void command_remove(struct ui *ui, int argc, char **argv);

#endif
