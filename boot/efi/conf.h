/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * conf.h - the lines of \switchyard\switchyard.conf.
 *
 * A line is `monitor OPTIONS`, at most once, or `PATH LINE`. These are the words behind multiboot2
 * and module2 in a GRUB entry. PATH has a slash or backslash, no blanks, and only ASCII. LINE is
 * passed on unchanged. Empty lines, and lines that begin with #, are ignored. Lines end with LF or
 * CR LF. The text is ASCII or UTF-8, with or without a byte order mark.
 */
#ifndef BOOT_EFI_CONF_H
#define BOOT_EFI_CONF_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/error.h"

#define CONF_PATH_SIZE 256 /* with its NUL */

enum conf_kind { CONF_MONITOR, CONF_MODULE };

struct conf_line {
	uint32_t number; /* from 1 */
	enum conf_kind kind;
	char path[CONF_PATH_SIZE]; /* of a module: from the root, with backslashes; "" if faulty */
	const char *rest;	   /* OPTIONS or LINE, in the file's text */
	uint32_t length;	   /* of rest */
	bool faulty;		   /* error says why; kind and rest are the best guess */
	struct error error;
};

struct conf {
	const char *next, *end;
	uint32_t number;
	bool monitor_seen;
};

/*
 * Begins to read the file's text, which must outlive conf. Returns false, with a reason that does
 * not name the file, if it is no such text at all.
 */
bool conf_open(struct conf *conf, const void *text, uint64_t size, struct error *error);

/* Reads the next line that is not empty. Returns false at the end. */
bool conf_next(struct conf *conf, struct conf_line *line);

#endif
