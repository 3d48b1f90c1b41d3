// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * print.c - say(), which prints lines on the serial port and the screen.
 */
#include <stdarg.h>
#include "serial.h"
#include "tick.h"

#define DIGITS_MAX 20 /* of a 64-bit number, base 10 */

static void put(struct tick *tick, char c)
{
	serial_put(c);
	screen_put(&tick->screen, c);
}

static void put_text(struct tick *tick, const char *text)
{
	while (*text)
		put(tick, *text++);
}

static void put_number(struct tick *tick, uint64_t number, uint32_t base)
{
	char digits[DIGITS_MAX];
	uint32_t count = 0;

	do {
		digits[count++] = "0123456789abcdef"[number % base];
		number /= base;
	} while (number);
	while (count)
		put(tick, digits[--count]);
}

/* Prints the argument for the letters behind a '%'. Returns where the format continues. */
static const char *put_argument(struct tick *tick, const char *format, va_list *arguments)
{
	bool is_long = *format == 'l';

	if (is_long)
		format++;
	switch (*format) {
	case 's':
		put_text(tick, va_arg(*arguments, const char *));
		break;
	case 'c':
		put(tick, (char)va_arg(*arguments, int));
		break;
	case 'u':
	case 'x':
		put_number(tick,
			   is_long ? va_arg(*arguments, uint64_t) : va_arg(*arguments, uint32_t),
			   *format == 'x' ? 16 : 10);
		break;
	}
	return format + 1;
}

void say(struct tick *tick, const char *format, ...)
{
	va_list arguments;

	put_text(tick, tick->name);
	put_text(tick, ": ");
	va_start(arguments, format);
	while (*format) {
		if (*format == '%')
			format = put_argument(tick, format + 1, &arguments);
		else
			put(tick, *format++);
	}
	va_end(arguments);
	put(tick, '\n');
}
