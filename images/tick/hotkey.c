// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "hotkey.h"

/* Scan code set 1 (IBM PS/2 hardware interface technical reference, keyboards). */
#define SCAN_EXTENDED	 0xe0
#define SCAN_RELEASED	 0x80
#define SCAN_1		 0x02
#define SCAN_0		 0x0b
#define SCAN_CONTROL	 0x1d /* with the prefix, the right one */
#define SCAN_LEFT_SHIFT	 0x2a
#define SCAN_RIGHT_SHIFT 0x36
#define SCAN_ALT	 0x38 /* with the prefix, the right one */

enum {
	LEFT_CONTROL = 1 << 0,
	RIGHT_CONTROL = 1 << 1,
	LEFT_ALT = 1 << 2,
	RIGHT_ALT = 1 << 3,
	LEFT_SHIFT = 1 << 4,
	RIGHT_SHIFT = 1 << 5,
};

static uint8_t modifier(uint8_t code, bool extended)
{
	switch (code) {
	case SCAN_CONTROL:
		return extended ? RIGHT_CONTROL : LEFT_CONTROL;
	case SCAN_ALT:
		return extended ? RIGHT_ALT : LEFT_ALT;
	case SCAN_LEFT_SHIFT: /* with the prefix, it belongs to a cursor key, not to shift */
		return extended ? 0 : LEFT_SHIFT;
	case SCAN_RIGHT_SHIFT:
		return extended ? 0 : RIGHT_SHIFT;
	}
	return 0;
}

static int decode(struct keyboard *keyboard, uint8_t byte)
{
	uint8_t code = byte & (uint8_t)~SCAN_RELEASED;
	bool extended = keyboard->extended;
	uint8_t key;

	keyboard->extended = byte == SCAN_EXTENDED;
	if (keyboard->extended)
		return -1;
	key = modifier(code, extended);
	if (byte & SCAN_RELEASED) {
		keyboard->held &= (uint8_t)~key;
		return -1;
	}
	keyboard->held |= key;
	if (!(keyboard->held & (LEFT_CONTROL | RIGHT_CONTROL)) ||
	    !(keyboard->held & (LEFT_ALT | RIGHT_ALT)) ||
	    !(keyboard->held & (LEFT_SHIFT | RIGHT_SHIFT)))
		return -1;
	if (extended || code < SCAN_1 || code > SCAN_0)
		return -1;
	return code == SCAN_0 ? '0' : '1' + code - SCAN_1;
}

int keyboard_hotkey(struct keyboard *keyboard, struct keys *keys)
{
	while (keys->taken != keys->put) {
		int key = decode(keyboard, keys->code[keys->taken++ % KEYS_SIZE]);

		if (key >= 0)
			return key;
	}
	return -1;
}
