/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log.h - the monitor's log. Each line is kept in a ring for the `log` command. It is also written
 * to the sink at once if its level is at or below `loglevel=`.
 */
#ifndef MONITOR_LOG_LOG_H
#define MONITOR_LOG_LOG_H

#include <stdint.h>

#define LOG_SIZE 32768 /* bytes kept; the oldest whole lines are dropped */

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
 * Adds one line; format has no newline at its end. The line is kept as "[seconds.micro] error:
 * text". Only error and warn have their name before the text.
 */
void log_line(struct log *log, enum log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Like log_line(), but only keeps the line. It is for the time in which the screen and the serial
 * port are a slot's.
 */
void log_keep(struct log *log, enum log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A report_fn (lib/error.h) whose context is the log. Writes one line of LOG_ERROR. */
void log_error(void *log, const char *text);

/* Like log_error(), with LOG_WARN. */
void log_warn(void *log, const char *text);

/* A report_fn, like log_keep() with LOG_ERROR. The second is the same with LOG_WARN. */
void log_keep_error(void *log, const char *text);
void log_keep_warn(void *log, const char *text);

/* Writes all kept lines of any level to the sink, the oldest first. */
void log_show(const struct log *log);

/*
 * Copies the newest whole lines that fit into size bytes, without a NUL. Returns how many bytes that
 * are.
 */
uint32_t log_copy(const struct log *log, char *to, uint32_t size);

#endif
