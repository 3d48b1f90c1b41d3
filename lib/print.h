/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * print.h - writes formatted text into buffers.
 */
#ifndef LIB_PRINT_H
#define LIB_PRINT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The formats of C11 that this project uses. Flags: `-`, `0`, `#`. Width and precision: numbers and
 * `*`. Lengths: hh h l z. Conversions: d i u x X p s c %, no floating point. %lu and %#lx print a
 * uint64_t without a cast. Both functions return the length that the whole text would have. The
 * text always ends with a NUL if size > 0.
 */
int format_text(char *buffer, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int format_args(char *buffer, size_t size, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

/*
 * Writes a size like "512 MiB", "1 GiB", "640 KiB" or "1.5 GiB". It is exact ("1537 KiB"), never
 * rounded. Returns buffer. SIZE_TEXT bytes are enough.
 */
#define SIZE_TEXT 32
const char *format_size(char *buffer, uint64_t bytes);

#endif
