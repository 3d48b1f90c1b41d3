/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * error.h - errors are values with a reason that reaches the person.
 *
 * A function that can fail takes a struct error. On failure it returns false, and the struct holds
 * one line that names what is wrong and what was expected. The line has no "error: " before it, and
 * no full stop or newline behind. Whoever shows it adds the prefix.
 */
#ifndef LIB_ERROR_H
#define LIB_ERROR_H

#include <stdbool.h>

struct error {
	char text[200];
};

/* Writes the reason, and cuts it to fit. Returns false, so that `return fail(...)` reads well. */
bool fail(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * A function that goes on after a fault calls this once for each fault. The line names the thing
 * that is faulty, the fault, and what was expected.
 */
typedef void (*report_fn)(void *context, const char *text);

#endif
