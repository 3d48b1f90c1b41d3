// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/console/countdown.h"
#include "arch/x86/time/clock.h"

#define US_PER_SECOND 1000000u

int countdown(struct console *console, const char *what, const char *hint, uint32_t seconds)
{
	uint64_t next = clock_us();
	int key = KEY_NONE;

	for (uint32_t left = seconds; left > 0 && key == KEY_NONE; left--) {
		console_printf(console, "\r%s in %u s; %s", what, left, hint);
		console_clear_to_end(console);
		next += US_PER_SECOND;
		key = console_wait_key(console, next);
	}
	console_write(console, "\r");
	console_clear_to_end(console);
	return key;
}
