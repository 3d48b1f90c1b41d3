/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_console.h - a fake terminal for tests on the host. It keeps what is printed, types what a
 * test says, and has a clock that moves only when someone waits.
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

	const char *serial_input; /* bytes still to be received; NULL or "": none */
	uint64_t byte_us;	  /* time that each byte takes; 0: all at once */
	uint64_t next_byte_at;
	bool serial_answers; /* a terminal's lines are up */
	const int *keys;     /* keys still to be typed; a 0 ends them */
	uint64_t keys_from;  /* the clock_us() of the first key */

	uint64_t now; /* clock_us() */
	uint32_t fed; /* calls of watchdogs_feed() */
	uint64_t end; /* if not 0: longjmp to done when now reaches it */
	jmp_buf done;

	bool used;	   /* the platform was told that the console used its devices */
	bool types_differ; /* what cpu_state_types_need_all_cpus() says */
	bool translates;   /* what platform_translates() says */
	uint32_t baud;
	uint16_t port;
};

extern struct fake_console fake_console;

/* Resets the whole fake. */
void fake_console_reset(void);

/* Forgets what was printed. */
void fake_console_clear_output(void);

#endif
