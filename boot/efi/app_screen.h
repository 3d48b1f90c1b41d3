/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * app_screen.h - the firmware's console, which is the screen, a serial port, or both.
 */
#ifndef BOOT_EFI_APP_SCREEN_H
#define BOOT_EFI_APP_SCREEN_H

#include <stdint.h>
#include "boot/efi/app.h"

/* Prints text. A newline begins the next line at its start. */
void app_print(const struct app *app, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Shows one line, and keeps it in boot->report for the monitor's log. format has no newline at its
 * end.
 */
void app_report(struct app *app, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Draws a bar over the current line: done of total bytes of this file. */
void app_progress(const struct app *app, const char *path, uint64_t done, uint64_t total);

#endif
