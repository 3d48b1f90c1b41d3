/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * console.h - the monitor's terminal: serial port and text screen at once, both keyboards.
 */
#ifndef MONITOR_CONSOLE_H
#define MONITOR_CONSOLE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/keyboard.h"
#include "arch/x86/uart.h"
#include "arch/x86/vga_text.h"

struct console {
	struct uart uart;
	struct vga_text screen;
	struct keyboard keyboard;
	uint8_t escape;         /* parser of the serial port's escape sequences */
	uint32_t escape_number;
	uint64_t escape_since;  /* clock_us() of the ESC byte */
};

/* Writes to both. \n becomes \r\n on the serial port. */
void console_write(struct console *console, const char *text);
void console_printf(struct console *console, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The next key from either, as keyboard_get() gives them, or KEY_NONE; does not wait. */
int console_key(struct console *console);

/* A command's failure: one line, "error: " before it. */
void console_error(struct console *console, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Erases from the cursor to the end of the line, on both. */
void console_clear_to_end(struct console *console);

#endif
