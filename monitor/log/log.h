/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log.h - the monitor's log: kept in a ring for the `log` command, and written to its sink as it
 * comes, if its level is at or below `loglevel=`.
 */
#ifndef MONITOR_LOG_LOG_H
#define MONITOR_LOG_LOG_H

#include <stdint.h>

#define LOG_SIZE 32768 /* bytes kept; the oldest whole lines give way */

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Where text goes to. */
struct log_sink {
	void (*write)(void *context, const char *text); /* NULL: nowhere */
	void *context;
};

struct log {
	struct log_sink sink;
	enum log_level level;
	uint32_t start, used;
	char text[LOG_SIZE];
};

/*
 * Adds one line (no newline at its end); kept as "[seconds.micro] error: text" (the level's name
 * only for error and warn).
 */
void log_line(struct log *log, enum log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* As log_line(), but keeps it only: while the screen and the serial port are somebody else's. */
void log_keep(struct log *log, enum log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A report_fn (lib/error.h), whose context is the log: one line of LOG_ERROR. */
void log_error(void *log, const char *text);

/* The same with LOG_WARN. */
void log_warn(void *log, const char *text);

/* Writes all that is kept to the sink, oldest first, whatever its level. */
void log_show(const struct log *log);

#endif
