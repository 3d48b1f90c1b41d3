// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * progress.c - the line that shows how far something is that takes time. What it is about is
 * printed before: it ends with a blank.
 */
#include "syctl.h"
#include <stdio.h>

#define DOTS 10

/* The line has begun, and has no end yet. */
static bool line_open;
static unsigned int printed; /* dots */

void begin_progress(void)
{
	line_open = true;
	printed = 0;
	fflush(stdout);
}

void show_progress(uint64_t done, uint64_t total)
{
	while (line_open && printed < DOTS * done / total) {
		putchar('.');
		fflush(stdout);
		printed++;
	}
}

void end_progress(bool done)
{
	if (!line_open)
		return;
	line_open = false;
	puts(done ? " done" : " failed");
	fflush(stdout);
}
