/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * print.h - formatted text into buffers, and the few string functions that a
 * freestanding program has to bring itself.
 */
#ifndef LIB_PRINT_H
#define LIB_PRINT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/*
 * As in C11, cut down to what is used: flags `-`, `0`, `#`; width and precision, `*` too; lengths
 * hh h l z; conversions d i u x X p s c %. No floating point. A uint64_t is printed by %lu or %#lx,
 * without a cast. Return the length that the whole text would have; always end with a NUL if size >
 * 0.
 */
int format_text(char *buffer, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int format_args(char *buffer, size_t size, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

/*
 * A size the way people of this field write it: "512 MiB", "1 GiB", "640 KiB", "1.5 GiB",
 * exact ("1537 KiB"), never rounded. Returns buffer. SIZE_TEXT bytes are enough.
 */
#define SIZE_TEXT 32
const char *format_size(char *buffer, uint64_t bytes);

#endif
