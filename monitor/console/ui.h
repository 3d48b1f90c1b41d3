/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ui.h - the user interface: the person's terminal, and the monitor that it shows and commands.
 *
 * It knows the monitor; the monitor knows only the functions that ui_connect() gives it.
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
 * Ties both together: the log writes to the console, and switching has the ui as its frontend. Once
 * more after both have moved. Until ui_take(), a console that is all zero shows nothing.
 */
void ui_connect(struct ui *ui, struct monitor *monitor);

/*
 * Takes the terminal over as the options say. mapped: how far memory is mapped. A framebuffer that
 * ends there is drawn on from now on.
 */
void ui_take(struct ui *ui, uint64_t mapped);

/* Shows how copying goes on: a store_progress_fn, whose context is the ui. */
void ui_show_copying(void *context, uint64_t done, uint64_t total);

/* The menu; then the slot that is chosen, or the prompt. */
void ui_run(struct ui *ui) __attribute__((noreturn));

#endif
