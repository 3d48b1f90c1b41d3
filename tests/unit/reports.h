/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reports.h - keeps the lines that a function gives to its report_fn.
 */
#ifndef TESTS_REPORTS_H
#define TESTS_REPORTS_H

#include <stdint.h>
#include <stdio.h>

#define MAX_REPORTS 64

struct reports {
	uint32_t count;
	char text[MAX_REPORTS][400];
};

static inline void keep_report(void *context, const char *text)
{
	struct reports *reports = context;

	if (reports->count < MAX_REPORTS)
		snprintf(reports->text[reports->count++], sizeof(reports->text[0]), "%s", text);
}

#endif
