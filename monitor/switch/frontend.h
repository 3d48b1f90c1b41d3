/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frontend.h - what switching wants of the one who talks to the person: functions that it is given,
 * so that it knows nothing of menus and command lines.
 */
#ifndef MONITOR_SWITCH_FRONTEND_H
#define MONITOR_SWITCH_FRONTEND_H

#include <stdint.h>
#include "boot_info.h"

/* The screen as a kernel that boots finds it. */
struct frontend_screen {
	enum boot_screen kind;
	uint8_t column, row; /* of the text screen's cursor, from 0 */
};

struct frontend {
	void *context; /* what the functions are called with */

	/*
	 * Takes over serial port, screen and keyboard, whoever had them. The screen is not cleared.
	 */
	void (*take)(void *context);
	void (*clear_screen)(void *context);
	void (*write)(void *context, const char *text);
	struct frontend_screen (*screen)(void *context);

	/* A slot is about to get the machine: waits until all that was written has left. */
	void (*give)(void *context);

	/* Asks the person what to do next: the machine has no slot that runs. */
	__attribute__((noreturn)) void (*talk)(void *context);
};

#endif
