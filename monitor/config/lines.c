/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lines.c - the table of slots, from lines that parse_line.c has read.
 *
 * Kernel lines are read first, wherever they stand, because they make the slots that the other
 * lines join.
 */
#include "monitor/config/lines.h"
#include "monitor/config/parse_line.h"
#include "lib/print.h"
#include "lib/string.h"
#include "monitor/slot/life.h"

#define REPORT_TEXT 300 /* a slot's name, a shortened line and an error */

struct lines {
	const struct boot_info *boot;
	struct slot_table *table;
	report_fn report;
	void *context;
	uint32_t spoiled_count;
	char spoiled[BOOT_MAX_MODULES][SWITCHYARD_NAME_SIZE]; /* slots that will be left out */
};

static bool is_spoiled(const struct lines *lines, const char *name)
{
	for (uint32_t i = 0; i < lines->spoiled_count; i++)
		if (!strcmp(lines->spoiled[i], name))
			return true;
	return false;
}

static void spoil(struct lines *lines, const char *name)
{
	if (!name[0] || is_spoiled(lines, name) || lines->spoiled_count == BOOT_MAX_MODULES)
		return;
	memcpy(lines->spoiled[lines->spoiled_count++], name, SWITCHYARD_NAME_SIZE);
}

static void report_line(struct lines *lines, const struct boot_module *module,
			const struct line *line, const struct error *error)
{
	char text[REPORT_TEXT], quote[QUOTE_TEXT];

	if (line->slot[0])
		format_text(text, sizeof(text), "slot %s: line \"%s\": %s", line->slot,
			    quote_text(quote, module->line), error->text);
	else
		format_text(text, sizeof(text), "line \"%s\": %s", quote_text(quote, module->line),
			    error->text);
	lines->report(lines->context, text);
	spoil(lines, line->slot);
}

static bool add_kernel(struct lines *lines, const struct line *line, struct error *error)
{
	struct slot_table *table = lines->table;
	struct slot *slot;

	if (slot_find(table, line->slot))
		return fail(error, "a second kernel for this slot; expected one");
	if (table->count == SWITCHYARD_MAX_SLOTS)
		return fail(error, "no room for another slot; %d is the most",
			    SWITCHYARD_MAX_SLOTS);
	slot = &table->slot[table->count++];
	parse_make_slot(line, slot);
	life_apply(slot, LIFE_LOAD); /* the file of its line is its image */
	slot->kernel = line->image;
	return true;
}

static bool add_initrd(struct slot *slot, const struct line *line, struct error *error)
{
	if (slot->initrd.size)
		return fail(error, "a second initrd for this slot; expected one");
	slot->initrd = line->image;
	return true;
}

static bool add_module(struct slot *slot, const struct line *line, struct error *error)
{
	if (slot->module_count == SLOT_MAX_MODULES)
		return fail(error, "module %d of this slot; %d is the most", SLOT_MAX_MODULES + 1,
			    SLOT_MAX_MODULES);
	slot->module[slot->module_count++] = line->image;
	return true;
}

/* An initrd or module line joins the slot that a kernel line has made. */
static bool join_slot(struct lines *lines, const struct line *line, struct error *error)
{
	struct slot *slot = slot_find(lines->table, line->slot);

	if (!slot)
		return fail(error, "%s without a kernel; expected a line \"kernel slot=%s\"",
			    line_kind_name(line->kind), line->slot);
	return line->kind == LINE_INITRD ? add_initrd(slot, line, error)
					 : add_module(slot, line, error);
}

static bool line_for_pass(struct lines *lines, const struct line *line, bool kernels)
{
	if (kernels)
		return line->kind == LINE_KERNEL;
	/* A slot that lost its kernel line has been reported already. */
	return line->kind != LINE_KERNEL &&
	       (slot_find(lines->table, line->slot) || !is_spoiled(lines, line->slot));
}

static void read_lines(struct lines *lines, bool kernels)
{
	for (uint32_t i = 0; i < lines->boot->module_count; i++) {
		const struct boot_module *module = &lines->boot->module[i];
		struct line line;
		struct error error;

		if (!parse_line(module, i, &line, &error)) {
			if (kernels)
				report_line(lines, module, &line, &error);
		} else if (line_for_pass(lines, &line, kernels)) {
			if (kernels ? !add_kernel(lines, &line, &error)
				    : !join_slot(lines, &line, &error))
				report_line(lines, module, &line, &error);
		}
	}
}

static void drop_spoiled(struct lines *lines)
{
	struct slot_table *table = lines->table;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < table->count; i++) {
		if (is_spoiled(lines, table->slot[i].name))
			continue;
		if (kept != i)
			table->slot[kept] = table->slot[i];
		kept++;
	}
	table->count = kept;
}

void lines_parse(const struct boot_info *boot, struct slot_table *table, report_fn report,
		 void *context)
{
	struct lines lines = {.boot = boot, .table = table, .report = report, .context = context};

	table->count = 0;
	read_lines(&lines, true);
	read_lines(&lines, false);
	drop_spoiled(&lines);
}
