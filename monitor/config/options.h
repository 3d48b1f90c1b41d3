/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * options.h - the monitor's own options, from its command line.
 */
#ifndef MONITOR_CONFIG_OPTIONS_H
#define MONITOR_CONFIG_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/error.h"
#include "monitor/log/log.h"
#include "monitor/slot/slot.h"
#include "guest/linux/switchyard.h"

/* What the monitor checks when a parked slot returns (integrity.h). Each includes those before it. */
enum integrity_check {
	INTEGRITY_OFF,
	INTEGRITY_CONTROL, /* control state: what the slot needs to be resumed */
	INTEGRITY_TEXT,	   /* its kernel's code, in turn */
	INTEGRITY_ALL,	   /* all of its kernel's code at once */
};

#define OPTIONS_TIMEOUT 5 /* seconds, unless timeout= says otherwise */

/*
 * The defaults are serial=com1,115200 video=on timeout=5 loglevel=info integrity=text, and no
 * default slot.
 */
struct options {
	int serial;    /* 0: none, 1: com1, 2: com2 */
	uint32_t baud; /* 115200 unless given */
	bool video;
	char default_slot[SWITCHYARD_NAME_SIZE]; /* "": none */
	int32_t timeout;			 /* seconds; 0: at once; -1: wait for ever */
	enum log_level loglevel;
	enum integrity_check integrity;
};

/*
 * Parses text: `serial=com1|com2|none[,BAUD] video=on|off default=SLOT timeout=SECONDS
 * loglevel=error|warn|info|debug integrity=off|control|text|all`. A wrong option keeps its default,
 * and report() gets the reason. A first word with a slash is the monitor's file name, which the
 * loader put there; it is skipped.
 */
void options_parse(const char *text, struct options *options, report_fn report, void *context);

/* Reports a default= that names no slot of the table, and drops it. */
void options_check_default(struct options *options, struct slot_table *table, report_fn report,
			   void *context);

#endif
