/* SPDX-License-Identifier: GPL-2.0-only */
/* command_snapshot.h - snapshot, snapshots, restore, drop: snapshots of parked slots. */
#ifndef MONITOR_CONSOLE_COMMAND_SNAPSHOT_H
#define MONITOR_CONSOLE_COMMAND_SNAPSHOT_H

#include "monitor/console/ui.h"

void command_snapshot(struct ui *ui, int argc, char **argv);
void command_snapshots(struct ui *ui, int argc, char **argv);
void command_restore(struct ui *ui, int argc, char **argv);
void command_drop(struct ui *ui, int argc, char **argv);

#endif
