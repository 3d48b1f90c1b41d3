/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ui.h - the user interface: the person's terminal, and the monitor that the person sees and
 * commands there.
 *
 * The user interface knows the monitor. The monitor knows only the functions that ui_connect()
 * gives it.
 */
#ifndef MONITOR_CONSOLE_UI_H
#define MONITOR_CONSOLE_UI_H

#include "monitor/switch/monitor.h"
#include "monitor/terminal/console.h"

struct ui {
	struct console console;
	struct monitor *monitor;
};

/*
 * Connects both: the log writes to the console, and switching has the ui as its frontend. It must
 * be called again after both have moved. cells is memory for the characters of a framebuffer
 * (framebuffer_cells()), which moves with them. A console that is all zero shows nothing until
 * ui_take().
 */
void ui_connect(struct ui *ui, struct monitor *monitor, uint8_t *cells);

/*
 * Takes the terminal over as the options say. Memory below mapped is mapped. A framebuffer is used
 * from now on if it ends there or below.
 */
void ui_take(struct ui *ui, uint64_t mapped);

/* Shows the progress of copying. It is a store_progress_fn whose context is the ui. */
void ui_show_copying(void *context, uint64_t done, uint64_t total);

/* Runs the menu, and then the slot that the person chose, or the prompt. */
void ui_run(struct ui *ui) __attribute__((noreturn));

#endif
