/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * menu.h - the first thing a person sees.
 */
#ifndef MONITOR_CONSOLE_MENU_H
#define MONITOR_CONSOLE_MENU_H

#include "monitor/console/ui.h"

/*
 * The menu of slots with its countdown: returns the slot to start, or NULL for the console
 * (`c`, or no slot, or none usable).
 */
struct slot *menu(struct ui *ui);

#endif
