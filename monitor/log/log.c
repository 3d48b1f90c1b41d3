// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/log/log.h"
#include <stdarg.h>
#include "arch/x86/time/clock.h"
#include "lib/print.h"

#define LOG_LINE_SIZE  320 /* the text of a struct error, what it is about, and the time */
#define TIME_SIZE      32
#define SHOWN_AT_ONCE  512
#define US_PER_SECOND  1000000u
#define FIRST_PRINTING ' '
#define LAST_PRINTING  '~'

static const char *level_prefix(enum log_level level)
{
	switch (level) {
	case LOG_ERROR:
		return "error: ";
	case LOG_WARN:
		return "warn: ";
	default:
		return "";
	}
}

/*
 * A guest's message and a GRUB line may hold any byte. Bytes that can't be printed are replaced, so
 * that a line of the log stays one line and sends no control codes to the terminal.
 */
static void keep_printing(char *text)
{
	for (; *text != '\0'; text++)
		if (*text < FIRST_PRINTING || *text > LAST_PRINTING)
			*text = '?';
}

static void drop_oldest_line(struct log *log)
{
	char dropped;

	do {
		dropped = log->text[log->start];
		log->start = (log->start + 1) % LOG_SIZE;
		log->used--;
	} while (dropped != '\n' && log->used > 0);
}

static void keep_text(struct log *log, const char *text)
{
	for (; *text != '\0'; text++) {
		if (log->used == LOG_SIZE)
			drop_oldest_line(log);
		log->text[(log->start + log->used) % LOG_SIZE] = *text;
		log->used++;
	}
}

/*
 * Keeps a line. text, which has LOG_LINE_SIZE bytes, is then the line as it is kept, without time
 * and level.
 */
static void keep_line(struct log *log, enum log_level level, char *text, const char *format,
		      va_list args)
{
	uint64_t now = clock_us();
	char time[TIME_SIZE];

	format_args(text, LOG_LINE_SIZE, format, args);
	keep_printing(text);
	format_text(time, sizeof(time), "[%u.%06u] ", (uint32_t)(now / US_PER_SECOND),
		    (uint32_t)(now % US_PER_SECOND));
	keep_text(log, time);
	keep_text(log, level_prefix(level));
	keep_text(log, text);
	keep_text(log, "\n");
}

void log_line(struct log *log, enum log_level level, const char *format, ...)
{
	const struct log_sink *sink = &log->sink;
	char text[LOG_LINE_SIZE];
	va_list args;

	va_start(args, format);
	keep_line(log, level, text, format, args);
	va_end(args);
	if (sink->write && level <= log->level) {
		sink->write(sink->context, level_prefix(level));
		sink->write(sink->context, text);
		sink->write(sink->context, "\n");
	}
}

void log_keep(struct log *log, enum log_level level, const char *format, ...)
{
	char text[LOG_LINE_SIZE];
	va_list args;

	va_start(args, format);
	keep_line(log, level, text, format, args);
	va_end(args);
}

void log_error(void *log, const char *text)
{
	log_line(log, LOG_ERROR, "%s", text);
}

void log_keep_error(void *log, const char *text)
{
	log_keep(log, LOG_ERROR, "%s", text);
}

void log_keep_warn(void *log, const char *text)
{
	log_keep(log, LOG_WARN, "%s", text);
}

void log_warn(void *log, const char *text)
{
	log_line(log, LOG_WARN, "%s", text);
}

void log_show(const struct log *log)
{
	const struct log_sink *sink = &log->sink;
	char part[SHOWN_AT_ONCE];
	uint32_t length = 0;

	for (uint32_t i = 0; i < log->used; i++) {
		part[length++] = log->text[(log->start + i) % LOG_SIZE];
		if (length == sizeof(part) - 1 || i + 1 == log->used) {
			part[length] = '\0';
			sink->write(sink->context, part);
			length = 0;
		}
	}
}

uint32_t log_copy(const struct log *log, char *to, uint32_t size)
{
	uint32_t from = log->used > size ? log->used - size : 0, length = 0;

	/* A line of which only a part would fit is left out. */
	while (from && from < log->used && log->text[(log->start + from - 1) % LOG_SIZE] != '\n')
		from++;
	for (; from < log->used; from++)
		to[length++] = log->text[(log->start + from) % LOG_SIZE];
	return length;
}
