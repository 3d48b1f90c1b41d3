/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * command_pci.h - commands: what is on the PCI buses.
 */
#ifndef MONITOR_CONSOLE_COMMAND_PCI_H
#define MONITOR_CONSOLE_COMMAND_PCI_H

#include "monitor/console/ui.h"

void command_pci(struct ui *ui, int argc, char **argv);

#endif
