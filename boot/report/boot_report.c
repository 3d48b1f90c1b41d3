// SPDX-License-Identifier: GPL-2.0-only
#include "boot/report/boot_report.h"
#include <stdarg.h>
#include "lib/print.h"
#include "lib/string.h"

#define REPORT_LINE_SIZE 512

void boot_report(struct boot_info *boot, const char *format, ...)
{
	size_t used = strlen(boot->report), length;
	char line[REPORT_LINE_SIZE];
	va_list args;

	va_start(args, format);
	format_args(line, sizeof(line), format, args);
	va_end(args);
	length = strlen(line);
	if (length + 2 > sizeof(boot->report) - used) {
		boot->report_truncated = true;
		return;
	}
	memcpy(boot->report + used, line, length);
	memcpy(boot->report + used + length, "\n", 2); /* with its NUL */
}
