/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * console_loop.h - the prompt.
 */
#ifndef MONITOR_CONSOLE_CONSOLE_LOOP_H
#define MONITOR_CONSOLE_CONSOLE_LOOP_H

#include "monitor/console/ui.h"

/* Prompts for lines, reads and runs them. It is left only by starting or resuming a slot. */
void console_loop(struct ui *ui) __attribute__((noreturn));

#endif
