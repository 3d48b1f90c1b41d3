/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * menu.h - the first thing a person sees.
 */
#ifndef MONITOR_CONSOLE_MENU_H
#define MONITOR_CONSOLE_MENU_H

#include "monitor/console/ui.h"

/*
 * Shows the menu of slots with its countdown. Returns the slot to start, or NULL for the console
 * (the person chose `c`, or there is no usable slot).
 */
struct slot *menu(struct ui *ui);

#endif
