// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/terminal/console.h"
#include "arch/x86/time/clock.h"
#include "arch/x86/watchdog/watchdogs.h"
#include "lib/print.h"

/*
 * The longest time between the bytes of an escape sequence. After it, the byte was the Escape key.
 */
#define ESCAPE_TIMEOUT_US 50000
/*
 * The time between two looks at the keyboards. The UART's FIFO of 16 bytes fills in 1.4 ms at
 * 115200 baud.
 */
#define POLL_US 200

/*
 * Input bytes, and the keys behind them (ECMA-48, 5.4 and
 * 8.3; the numbers before ~ are the VT220's).
 */
#define BYTE_ESCAPE	 0x1b
#define BYTE_DELETE	 0x7f
#define CSI_FIRST_FINAL	 0x40
#define CSI_LAST_FINAL	 0x7e
#define CSI_FIRST	 0x20
#define CSI_NUMBER_LIMIT 100

/* VT100: erase from the cursor to the end of the line; cursor home, then erase the display. */
#define SEQUENCE_CLEAR_TO_END "\x1b[K"
#define SEQUENCE_CLEAR	      "\x1b[H\x1b[2J"

void console_init(struct console *console, const struct options *options)
{
	static const uint16_t ports[] = {0, UART_COM1, UART_COM2}; /* indexed by options.serial */

	uart_init(&console->uart, ports[options->serial], options->baud);
	screen_init(&console->screen, options->video);
	keyboard_init(&console->keyboard);
	console->escape = ESCAPE_NONE;
}

static void console_put_serial(struct console *console, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			uart_put(&console->uart, '\r');
		uart_put(&console->uart, *text);
	}
}

void console_write(struct console *console, const char *text)
{
	console_put_serial(console, text);
	for (; *text != '\0'; text++)
		screen_put(&console->screen, *text);
}

void console_printf(struct console *console, const char *format, ...)
{
	char text[CONSOLE_PRINT_SIZE];
	va_list args;

	va_start(args, format);
	format_args(text, sizeof(text), format, args);
	va_end(args);
	console_write(console, text);
}

void console_error(struct console *console, const char *format, ...)
{
	char text[CONSOLE_PRINT_SIZE];
	va_list args;

	va_start(args, format);
	format_args(text, sizeof(text), format, args);
	va_end(args);
	console_write(console, "error: ");
	console_write(console, text);
	console_write(console, "\n");
}

void console_clear_to_end(struct console *console)
{
	console_put_serial(console, SEQUENCE_CLEAR_TO_END);
	screen_clear_to_end(&console->screen);
}

void console_clear(struct console *console)
{
	console_put_serial(console, SEQUENCE_CLEAR);
	screen_clear(&console->screen);
}

static int key_of_letter(uint8_t final)
{
	switch (final) {
	case 'A':
		return KEY_UP;
	case 'B':
		return KEY_DOWN;
	case 'C':
		return KEY_RIGHT;
	case 'D':
		return KEY_LEFT;
	case 'H':
		return KEY_HOME;
	case 'F':
		return KEY_END;
	default:
		return KEY_NONE;
	}
}

static int key_of_number(uint32_t number)
{
	switch (number) {
	case 1:
	case 7:
		return KEY_HOME;
	case 2:
		return KEY_INSERT;
	case 3:
		return KEY_DELETE;
	case 4:
	case 8:
		return KEY_END;
	case 5:
		return KEY_PAGE_UP;
	case 6:
		return KEY_PAGE_DOWN;
	default:
		return KEY_NONE;
	}
}

/* Takes one byte that is not in a sequence. */
static int console_take_plain(struct console *console, uint8_t byte)
{
	bool after_cr = console->escape == ESCAPE_AFTER_CR;

	console->escape = ESCAPE_NONE;
	switch (byte) {
	case BYTE_ESCAPE:
		console->escape = ESCAPE_STARTED;
		console->escape_since = clock_us();
		return KEY_NONE;
	case '\r':
		console->escape = ESCAPE_AFTER_CR;
		return '\r';
	case '\n':
		return after_cr ? KEY_NONE : '\r';
	case BYTE_DELETE:
		return '\b';
	default:
		return byte;
	}
}

static int console_take_csi(struct console *console, uint8_t byte)
{
	if (byte >= '0' && byte <= '9') {
		if (console->escape_number < CSI_NUMBER_LIMIT)
			console->escape_number = console->escape_number * 10 + (byte - '0');
		return KEY_NONE;
	}
	/* A control character ends the sequence and is then taken by itself. */
	if (byte < CSI_FIRST || byte > CSI_LAST_FINAL)
		return console_take_plain(console, byte);
	if (byte < CSI_FIRST_FINAL)
		return KEY_NONE;
	console->escape = ESCAPE_NONE;
	return byte == '~' ? key_of_number(console->escape_number) : key_of_letter(byte);
}

/* Takes one byte from the serial port. Most bytes of a sequence do not complete a key. */
static int console_take(struct console *console, uint8_t byte)
{
	switch (console->escape) {
	case ESCAPE_STARTED:
		if (byte == '[' || byte == 'O') {
			console->escape = byte == '[' ? ESCAPE_CSI : ESCAPE_SS3;
			console->escape_number = 0;
			return KEY_NONE;
		}
		if (byte == BYTE_ESCAPE)
			return console_take_plain(console, byte);
		/* This was Alt and a key, which the console does not use. */
		console->escape = ESCAPE_NONE;
		return KEY_NONE;
	case ESCAPE_CSI:
		return console_take_csi(console, byte);
	case ESCAPE_SS3:
		console->escape = ESCAPE_NONE;
		return key_of_letter(byte);
	default:
		return console_take_plain(console, byte);
	}
}

static int console_end_sequence(struct console *console)
{
	bool alone = console->escape == ESCAPE_STARTED;

	if (console->escape < ESCAPE_STARTED ||
	    clock_us() - console->escape_since < ESCAPE_TIMEOUT_US)
		return KEY_NONE;
	console->escape = ESCAPE_NONE;
	return alone ? KEY_ESCAPE : KEY_NONE;
}

static int console_next_key(struct console *console)
{
	int byte, key;

	while ((byte = uart_get(&console->uart)) >= 0) {
		key = console_take(console, (uint8_t)byte);
		if (key != KEY_NONE)
			return key;
	}
	key = console_end_sequence(console);
	return key != KEY_NONE ? key : keyboard_get(&console->keyboard);
}

int console_key(struct console *console)
{
	int key = console_next_key(console);

	console->answered = console->answered || key != KEY_NONE;
	return key;
}

bool console_attended(const struct console *console)
{
	return console->answered || uart_answers(&console->uart);
}

int console_wait_key(struct console *console, uint64_t deadline)
{
	for (;;) {
		int key = console_key(console);

		if (key != KEY_NONE || clock_us() >= deadline)
			return key;
		watchdogs_feed();
		clock_wait_us(POLL_US);
	}
}
