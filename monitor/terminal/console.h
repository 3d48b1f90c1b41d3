/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * console.h - the monitor's terminal. Output goes to the serial port and the screen, and input
 * comes from the serial port and the keyboard.
 *
 * serial=none leaves uart.port 0, and video=off leaves screen.shown false. That part stays silent.
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

/* How far the serial port's input is in an escape sequence or in a line end of two bytes. */
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
	bool answered;		/* a key came since power-on */
};

/*
 * Takes over the serial port, the screen (screen_init()) and the keyboard, in any state, as the
 * options say. The history of command lines stays.
 */
void console_init(struct console *console, const struct options *options);

/* Writes to both. \n becomes \r\n on the serial port. */
void console_write(struct console *console, const char *text);

/* Like console_write(). Longer text is cut after CONSOLE_PRINT_SIZE - 1 bytes. */
#define CONSOLE_PRINT_SIZE 512
void console_printf(struct console *console, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Returns the next key from either keyboard, in keyboard_get()'s codes, or KEY_NONE. Does not wait.
 */
int console_key(struct console *console);

/*
 * Waits for a key. Returns KEY_NONE when clock_us() reaches deadline, which may be WAIT_FOR_EVER.
 */
int console_wait_key(struct console *console, uint64_t deadline);

/*
 * True if a key came since power-on, or a terminal answers on the serial line. A keyboard
 * controller that answers is no sign: it does so without a keyboard, and a USB keyboard has none.
 */
bool console_attended(const struct console *console);

/* Reports a command's failure in one line that begins with "error: ". */
void console_error(struct console *console, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Erases from the cursor to the end of the line, on both. */
void console_clear_to_end(struct console *console);

/* Erases the whole screen, on both; the cursor goes to the top left. */
void console_clear(struct console *console);

#endif
