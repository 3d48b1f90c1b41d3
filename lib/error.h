/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * error.h - errors are values with a reason that reaches the person.
 *
 * A function that can fail takes a struct error and returns false, with one line in it that names
 * what is wrong and what was expected: no "error: " before it, no full stop or newline behind.
 * Whoever shows it adds the prefix.
 */
#ifndef LIB_ERROR_H
#define LIB_ERROR_H

#include <stdbool.h>

struct error {
	char text[200];
};

/* Writes the reason, cut to fit; returns false, so that `return fail(...)` reads well. */
bool fail(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Who is told by a function that goes on after a fault: it calls this once for each, with one line
 * that names what is about, the fault and what was expected.
 */
typedef void (*report_fn)(void *context, const char *text);

#endif
