// SPDX-License-Identifier: GPL-2.0-only
#include "boot/efi/named_files.h"
#include "boot/efi/files.h"
#include "boot/efi/app_screen.h"
#include "boot/efi/conf.h"
#include "lib/string.h"

#define CONF_PATH "\\switchyard\\switchyard.conf"

/* Copies text to room bytes, with a NUL. Returns false if it had to be cut. */
static bool copy_text(char *to, uint32_t room, const char *text, uint32_t length)
{
	uint32_t copied = length < room ? length : room - 1;

	memcpy(to, text, copied);
	to[copied] = '\0';
	return copied == length;
}

static void report_conf_line(struct app *app, const struct conf_line *line,
			     const struct error *error)
{
	if (line->path[0])
		app_report(app, CONF_PATH " line %u: %s: %s", line->number, line->path,
			   error->text);
	else
		app_report(app, CONF_PATH " line %u: %s", line->number, error->text);
}

/*
 * A module without its file is passed on, too, and marked as absent. The monitor then leaves its
 * slot out, so that no kernel starts without its initrd.
 */
static void take_file(struct app *app, const struct conf_line *line)
{
	struct boot_info *boot = app->boot;
	struct boot_module *module;
	struct error error = line->error;
	struct region contents = {0};

	if (boot->module_count == BOOT_MAX_MODULES) {
		boot->modules_refused++;
		app_print(app, "error: %s left out: at most %u files are taken\n", line->path,
			  BOOT_MAX_MODULES);
		return;
	}
	module = &boot->module[boot->module_count++];
	module->truncated =
		!copy_text(module->line, sizeof(module->line), line->rest, line->length);
	module->absent = line->faulty || !files_read(app, line->path, &contents, &error);
	if (module->absent) {
		report_conf_line(app, line, &error);
		return;
	}
	module->base = contents.base;
	module->size = contents.size;
}

static void take_line(struct app *app, const struct conf_line *line)
{
	struct boot_info *boot = app->boot;

	if (line->kind == CONF_MODULE)
		take_file(app, line);
	else if (line->faulty)
		report_conf_line(app, line, &line->error);
	else
		boot->options_truncated =
			!copy_text(boot->options, sizeof(boot->options), line->rest, line->length);
}

void load_all(struct app *app)
{
	struct conf_line line;
	struct region text;
	struct error error;
	struct conf conf;

	if (!files_open(app, &error)) {
		app_report(app, "%s", error.text);
		return;
	}
	if (!files_read(app, CONF_PATH, &text, &error) ||
	    !conf_open(&conf, (const void *)text.base, text.size, &error)) {
		app_report(app, CONF_PATH ": %s", error.text);
		return;
	}
	while (conf_next(&conf, &line))
		take_line(app, &line);
}
