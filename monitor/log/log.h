/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log.h - the monitor's log: kept in a ring for the `log` command, shown on the console as it comes
 * if its level is at or below `loglevel=`.
 */
#ifndef MONITOR_LOG_LOG_H
#define MONITOR_LOG_LOG_H

#include <stdint.h>
#include "monitor/console/console.h"
#include "monitor/config/options.h"

#define LOG_SIZE 32768 /* bytes kept; the oldest whole lines give way */

struct log {
	struct console *console; /* NULL: keep only */
	enum log_level level;
	uint32_t start, used;
	char text[LOG_SIZE];
};

/*
 * Adds one line (no newline at its end); kept as "[seconds.micro]
 * error: text" (the level's name only for error and warn).
 */
void log_line(struct log *log, enum log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Prints all that is kept, oldest first. */
void log_show(const struct log *log, struct console *console);

#endif
