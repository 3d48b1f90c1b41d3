// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include "boot/efi/app_screen.h"
#include "boot/report/boot_report.h"
#include "lib/print.h"
#include "lib/string.h"
#include "lib/units.h"

#define LINE_SIZE  512
#define BAR_LENGTH 30

/* ConOut takes UCS-2, and CR LF. Characters of a file's text that are not ASCII are shown as ?. */
static void put_wide(const struct app *app, const char *text)
{
	SIMPLE_TEXT_OUTPUT_INTERFACE *out = app->system->ConOut;
	CHAR16 wide[LINE_SIZE + 1];
	uint32_t length = 0;

	if (!out)
		return;
	for (; *text; text++) {
		if (length + 2 >= LINE_SIZE) {
			wide[length] = 0;
			out->OutputString(out, wide);
			length = 0;
		}
		if (*text == '\n')
			wide[length++] = '\r';
		wide[length++] = *text > 0 ? (CHAR16)*text : '?';
	}
	wide[length] = 0;
	out->OutputString(out, wide);
}

void app_print(const struct app *app, const char *format, ...)
{
	char text[LINE_SIZE];
	va_list args;

	va_start(args, format);
	format_args(text, sizeof(text), format, args);
	va_end(args);
	put_wide(app, text);
}

void app_report(struct app *app, const char *format, ...)
{
	char text[LINE_SIZE];
	va_list args;

	va_start(args, format);
	format_args(text, sizeof(text), format, args);
	va_end(args);
	app_print(app, "error: %s\n", text);
	boot_report(app->boot, "%s", text);
}

void app_progress(const struct app *app, const char *path, uint64_t done, uint64_t total)
{
	static const char full[] = "##############################";
	static const char none[] = "                              ";
	int filled = (int)(done * BAR_LENGTH / total);

	_Static_assert(sizeof(full) == BAR_LENGTH + 1 && sizeof(none) == BAR_LENGTH + 1, "the bar");
	app_print(app, "\r[%.*s%.*s] %lu of %lu MiB %s", filled, full, BAR_LENGTH - filled, none,
		  units_up(done, MIB), units_up(total, MIB), path);
}
