/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frontend.h - the functions of the user interface that switching calls. It gets them as pointers,
 * so that it does not depend on menus and command lines.
 */
#ifndef MONITOR_SWITCH_FRONTEND_H
#define MONITOR_SWITCH_FRONTEND_H

#include <stdbool.h>
#include <stdint.h>
#include "boot_info.h"

/* The state of the screen for a kernel that boots. */
struct frontend_screen {
	enum boot_screen kind;
	uint8_t column, row; /* of the text screen's cursor, from 0 */
};

struct frontend {
	void *context; /* argument of the functions */

	/*
	 * Takes serial port, screen and keyboard for the monitor. The screen is not cleared.
	 */
	void (*take)(void *context);
	void (*clear_screen)(void *context);
	void (*write)(void *context, const char *text);
	struct frontend_screen (*screen)(void *context);

	/* Called before a slot gets the machine: waits until all output has been sent. */
	void (*give)(void *context);

	/* True if a person has shown up since power-on, or a terminal answers on the serial line. */
	bool (*attended)(void *context);

	/*
	 * Shows for so many seconds what will happen, such as "Going to alpha". Returns false if a
	 * key was pressed meanwhile.
	 */
	bool (*count_down)(void *context, const char *what, uint32_t seconds);

	/* Asks the person what to do next, while no slot runs. */
	__attribute__((noreturn)) void (*talk)(void *context);
};

#endif
