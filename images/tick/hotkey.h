/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hotkey.h - the hotkey Ctrl+Alt+Shift+digit on a PS/2 keyboard. The keyboard is as firmware sets
 * it up: scan code set 1, IRQ 1.
 */
#ifndef TICK_HOTKEY_H
#define TICK_HOTKEY_H

#include <stdbool.h>
#include <stdint.h>
#include "interrupts.h"

struct keyboard {
	uint8_t held;  /* modifier keys, a bit each */
	bool extended; /* the last byte was the prefix 0xe0 */
};

/* Takes the bytes that IRQ 1 has put into keys. Returns '0' to '9' for a hotkey, else -1. */
int keyboard_hotkey(struct keyboard *keyboard, struct keys *keys);

#endif
