/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * console.h - the monitor's terminal: serial port and screen at once, both keyboards.
 *
 * serial=none leaves uart.port 0, video=off leaves screen.shown false: that part stays silent.
 */
#ifndef MONITOR_TERMINAL_CONSOLE_H
#define MONITOR_TERMINAL_CONSOLE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/keyboard/keyboard.h"
#include "arch/x86/serial/uart.h"
#include "monitor/terminal/lineedit.h"
#include "monitor/config/options.h"
#include "monitor/terminal/screen.h"

#define WAIT_FOR_EVER UINT64_MAX

/* Where the serial port's input is in an escape sequence, or in a line end of two bytes. */
enum console_escape {
	ESCAPE_NONE,
	ESCAPE_AFTER_CR, /* a LF that comes next belongs to that CR */
	ESCAPE_STARTED,	 /* ESC */
	ESCAPE_CSI,	 /* ESC [ */
	ESCAPE_SS3,	 /* ESC O */
};

struct console {
	struct uart uart;
	struct screen screen;
	struct keyboard keyboard;
	struct lineedit edit;	/* the command line and its history */
	uint8_t escape;		/* enum console_escape */
	uint32_t escape_number; /* the CSI sequence's parameter */
	uint64_t escape_since;	/* clock_us() of the ESC byte */
};

/*
 * Takes over serial port, screen (screen_init()) and keyboard, whoever had them, as the options
 * say. The history of command lines stays.
 */
void console_init(struct console *console, const struct options *options);

/* Writes to both. \n becomes \r\n on the serial port. */
void console_write(struct console *console, const char *text);

/* As console_write(); the text is cut after CONSOLE_PRINT_SIZE - 1 bytes. */
#define CONSOLE_PRINT_SIZE 512
void console_printf(struct console *console, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The next key from either, as keyboard_get() gives them, or KEY_NONE; does not wait. */
int console_key(struct console *console);

/* Waits for a key until clock_us() reaches deadline (or WAIT_FOR_EVER): KEY_NONE then. */
int console_wait_key(struct console *console, uint64_t deadline);

/* A command's failure: one line, "error: " before it. */
void console_error(struct console *console, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Erases from the cursor to the end of the line, on both. */
void console_clear_to_end(struct console *console);

/* Erases the whole screen, on both; the cursor goes to the top left. */
void console_clear(struct console *console);

#endif
