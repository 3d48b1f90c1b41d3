/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_console.h - a fake terminal for tests on the host: keeps what is printed, types what a test
 * says, and has a clock that only moves when someone waits.
 */
#ifndef TESTS_FAKE_CONSOLE_H
#define TESTS_FAKE_CONSOLE_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

#define FAKE_OUTPUT_SIZE 262144

struct fake_console {
	char serial[FAKE_OUTPUT_SIZE]; /* bytes sent, NUL-terminated */
	uint32_t serial_length;
	char screen[FAKE_OUTPUT_SIZE]; /* characters put; a clear-to-end shows as \x1b[K, a clear as
					  \f */
	uint32_t screen_length;

	const char *serial_input; /* what will be received; NULL or "" if nothing more */
	uint64_t byte_us;	  /* time that each byte of it takes; 0: all at once */
	uint64_t next_byte_at;
	const int *keys;    /* what the keyboard will give, up to a 0 */
	uint64_t keys_from; /* clock_us() before which it gives none */

	uint64_t now; /* clock_us() */
	uint64_t end; /* when now reaches it, longjmp to done, if not 0 */
	jmp_buf done;

	uint32_t baud;
	uint16_t port;
};

extern struct fake_console fake_console;

/* Forgets all of it. */
void fake_console_reset(void);

/* Forgets what was printed. */
void fake_console_clear_output(void);

#endif
