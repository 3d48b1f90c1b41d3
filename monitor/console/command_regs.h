/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * command_regs.h - command: the registers of a slot that does not run.
 */
#ifndef MONITOR_CONSOLE_COMMAND_REGS_H
#define MONITOR_CONSOLE_COMMAND_REGS_H

#include "monitor/console/ui.h"
#include "monitor/core/slot_memory.h"

void command_regs(struct ui *ui, int argc, char **argv);

/*
 * What is known of the memory of a slot that does not run. It holds until the next call. False,
 * after an error line: the slot runs, or has never run.
 */
bool command_slot_memory(struct ui *ui, const struct slot *slot, struct slot_memory *memory);

#endif
