/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * countdown.h - the line that says what happens in a few seconds.
 */
#ifndef MONITOR_CONSOLE_COUNTDOWN_H
#define MONITOR_CONSOLE_COUNTDOWN_H

#include <stdint.h>
#include "monitor/terminal/console.h"

/*
 * Writes "WHAT in N s; HINT" again each second, in one line, which it clears at the end. Returns
 * the key that ended the countdown, or KEY_NONE when the time is up.
 */
int countdown(struct console *console, const char *what, const char *hint, uint32_t seconds);

#endif
