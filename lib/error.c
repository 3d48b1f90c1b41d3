/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * error.c - writing the reason of a failure.
 */
#include <stdarg.h>
#include "lib/error.h"
#include "lib/print.h"

bool fail(struct error *error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	format_args(error->text, sizeof(error->text), format, args);
	va_end(args);
	return false;
}
