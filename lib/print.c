/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * print.c - formatted text into buffers.
 */
#include <stdbool.h>
#include "lib/print.h"
#include "lib/string.h"
#include "lib/units.h"

#define NO_PRECISION (-1)
#define MAX_DIGITS   20 /* of UINT64_MAX in decimal */
#define DECIMAL	     10
#define HEXADECIMAL  16

/* Where the text goes. length also counts the characters that did not fit. */
struct output {
	char *buffer;
	size_t size;
	size_t length;
};

/* The part of a format between % and the conversion's letter. */
struct directive {
	bool left, zeros, alternate;
	int width, precision;
	bool wide;  /* 64 bits: `l` or `z` */
	int shorts; /* number of `h` */
};

static void put_char(struct output *out, char c)
{
	if (out->length + 1 < out->size)
		out->buffer[out->length] = c;
	out->length++;
}

static void pad(struct output *out, char c, int count)
{
	while (count-- > 0)
		put_char(out, c);
}

static void put_string(struct output *out, const struct directive *d, const char *text)
{
	int length = 0;

	if (!text)
		text = "(null)";
	while ((d->precision == NO_PRECISION || length < d->precision) && text[length])
		length++;
	if (!d->left)
		pad(out, ' ', d->width - length);
	for (int i = 0; i < length; i++)
		put_char(out, text[i]);
	if (d->left)
		pad(out, ' ', d->width - length);
}

/* Writes the digits of value, the last one first. Returns how many there are. */
static int digits_of(char *digits, uint64_t value, unsigned int base, char ten)
{
	int count = 0;

	for (; value; value /= base) {
		unsigned int digit = value % base;

		digits[count++] = (char)(digit < DECIMAL ? '0' + digit : ten + digit - DECIMAL);
	}
	return count;
}

static void put_number(struct output *out, const struct directive *d, uint64_t value,
		       const char *prefix, unsigned int base, char ten)
{
	char digits[MAX_DIGITS];
	int count = digits_of(digits, value, base, ten);
	int least = d->precision == NO_PRECISION ? 1 : d->precision;
	int length = (int)strlen(prefix);

	if (d->zeros && !d->left && d->precision == NO_PRECISION && d->width - length > least)
		least = d->width - length;
	length += count > least ? count : least;
	if (!d->left)
		pad(out, ' ', d->width - length);
	while (*prefix)
		put_char(out, *prefix++);
	pad(out, '0', least - count);
	while (count)
		put_char(out, digits[--count]);
	if (d->left)
		pad(out, ' ', d->width - length);
}

static uint64_t take_unsigned(const struct directive *d, va_list *args)
{
	uint64_t value;

	if (d->wide)
		return va_arg(*args, unsigned long);
	value = va_arg(*args, unsigned int);
	if (d->shorts == 1)
		return (unsigned short)value;
	return d->shorts ? (unsigned char)value : value;
}

static int64_t take_signed(const struct directive *d, va_list *args)
{
	int64_t value;

	if (d->wide)
		return va_arg(*args, long);
	value = va_arg(*args, int);
	if (d->shorts == 1)
		return (short)value;
	return d->shorts ? (signed char)value : value;
}

_Static_assert(sizeof(long) == sizeof(uint64_t) && sizeof(size_t) == sizeof(uint64_t),
	       "l and z are 64 bits");

static void put_signed(struct output *out, const struct directive *d, int64_t value)
{
	uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;

	put_number(out, d, magnitude, value < 0 ? "-" : "", DECIMAL, 'a');
}

static void put_hex(struct output *out, const struct directive *d, uint64_t value, char letter)
{
	bool prefix = d->alternate && value;
	const char *text = letter == 'X' ? "0X" : "0x";

	put_number(out, d, value, prefix ? text : "", HEXADECIMAL, letter == 'X' ? 'A' : 'a');
}

static void convert(struct output *out, struct directive *d, char letter, va_list *args)
{
	char one[2] = {0};

	switch (letter) {
	case 'd':
	case 'i':
		put_signed(out, d, take_signed(d, args));
		break;
	case 'u':
		put_number(out, d, take_unsigned(d, args), "", DECIMAL, 'a');
		break;
	case 'x':
	case 'X':
		put_hex(out, d, take_unsigned(d, args), letter);
		break;
	case 'p':
		put_number(out, d, (uintptr_t)va_arg(*args, void *), "0x", HEXADECIMAL, 'a');
		break;
	case 's':
		put_string(out, d, va_arg(*args, const char *));
		break;
	case 'c':
		one[0] = (char)va_arg(*args, int);
		d->precision = NO_PRECISION;
		put_string(out, d, one);
		break;
	default: /* %% */
		put_char(out, letter);
		break;
	}
}

static const char *read_flags(const char *p, struct directive *d)
{
	for (;; p++) {
		if (*p == '-')
			d->left = true;
		else if (*p == '0')
			d->zeros = true;
		else if (*p == '#')
			d->alternate = true;
		else
			return p;
	}
}

static const char *read_number(const char *p, int *number, va_list *args)
{
	if (*p == '*') {
		*number = va_arg(*args, int);
		return p + 1;
	}
	for (*number = 0; *p >= '0' && *p <= '9'; p++)
		*number = *number * DECIMAL + (*p - '0');
	return p;
}

static const char *read_directive(const char *p, struct directive *d, va_list *args)
{
	*d = (struct directive){.precision = NO_PRECISION};
	p = read_flags(p, d);
	p = read_number(p, &d->width, args);
	if (d->width < 0) {
		d->left = true;
		d->width = -d->width;
	}
	if (*p == '.') {
		p = read_number(p + 1, &d->precision, args);
		if (d->precision < 0)
			d->precision = NO_PRECISION;
	}
	for (; *p == 'h' || *p == 'l' || *p == 'z'; p++) {
		d->shorts += *p == 'h';
		d->wide |= *p != 'h';
	}
	return p;
}

int format_args(char *buffer, size_t size, const char *format, va_list args)
{
	struct output out = {.buffer = buffer, .size = size};
	struct directive directive;
	va_list copy; /* a va_list parameter may be an array: only a local one has an address to
			 pass on */

	va_copy(copy, args);
	while (*format) {
		if (*format != '%') {
			put_char(&out, *format++);
			continue;
		}
		format = read_directive(format + 1, &directive, &copy);
		if (*format)
			convert(&out, &directive, *format++, &copy);
	}
	va_end(copy);
	if (size)
		buffer[out.length < size ? out.length : size - 1] = '\0';
	return (int)out.length;
}

int format_text(char *buffer, size_t size, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = format_args(buffer, size, format, args);
	va_end(args);
	return length;
}

const char *format_size(char *buffer, uint64_t bytes)
{
	static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
	const uint32_t last = sizeof(units) / sizeof(units[0]) - 1;
	uint64_t unit = 1;
	uint32_t i = 0;

	while (i < last && bytes && bytes % (unit * KIB) == 0) {
		unit *= KIB;
		i++;
	}
	/* A half is exact, too, and 1.5 GiB is easier to read than 1536 MiB. */
	if (i > 0 && i < last && bytes > unit * KIB && bytes % (unit * KIB) == unit * KIB / 2)
		format_text(buffer, SIZE_TEXT, "%lu.5 %s", bytes / (unit * KIB), units[i + 1]);
	else
		format_text(buffer, SIZE_TEXT, "%lu %s", bytes / unit, units[i]);
	return buffer;
}
