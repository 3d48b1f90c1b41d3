/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * parse_line.h - reads the words of one module line, without looking at the other lines.
 */
#ifndef MONITOR_CONFIG_PARSE_LINE_H
#define MONITOR_CONFIG_PARSE_LINE_H

#include "boot_info.h"
#include "lib/error.h"
#include "monitor/slot/slot.h"
#include "monitor/config/words.h"

enum line_kind { LINE_KERNEL, LINE_INITRD, LINE_MODULE, LINE_ADDED };

struct line {
	enum line_kind kind;
	char slot[SWITCHYARD_NAME_SIZE]; /* "" if the line has no valid name */
	uint64_t mem, base;
	bool has_base;
	uint64_t low;
	bool has_low;
	uint64_t cpus; /* bit mask, 0: all */
	enum switchyard_type type;
	struct successor on_end, on_crash;
	bool efi, quick;
	struct devices devices;
	struct image image;
};

/*
 * Reads boot module number `index`. On failure, line->slot still names the slot that the line is
 * about, if the line names one, so that the fault spoils this slot.
 */
bool parse_line(const struct boot_module *module, uint32_t index, struct line *line,
		struct error *error);

/*
 * Reads what a slot that is added later is told: "slot=NAME mem=SIZE", and the other options of a
 * kernel's line but type=.
 */
bool parse_slot_text(const char *text, struct line *line, struct error *error);

/* Makes a slot of a kernel's line. It is empty, and has no memory yet. */
void parse_make_slot(const struct line *line, struct slot *slot);

/* "kernel", "initrd", "module": all but LINE_ADDED. */
const char *line_kind_name(enum line_kind kind);

#endif
