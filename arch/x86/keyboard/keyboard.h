/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * keyboard.h - the PS/2 keyboard behind the i8042, polled, with US layout and scan code set 1
 * (translated). The controller is in i8042.h.
 */
#ifndef ARCH_X86_KEYBOARD_KEYBOARD_H
#define ARCH_X86_KEYBOARD_KEYBOARD_H

#include <stdbool.h>
#include <stdint.h>

/* Keys that have no ASCII code. The serial console's escape sequences give them, too. */
enum key {
	KEY_NONE = -1,
	KEY_UP = 0x100,
	KEY_DOWN,
	KEY_LEFT,
	KEY_RIGHT,
	KEY_HOME,
	KEY_END,
	KEY_DELETE,
	KEY_INSERT,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_ESCAPE = 27,
};

#define KEYBOARD_PENDING 16 /* bytes; a keyboard's own buffer has the same size */

struct keyboard {
	bool present;
	bool shift, control, alt, caps; /* shift, control and alt: either one is held */
	bool extended;			/* the last byte was the prefix 0xe0 */
	bool light;			/* Caps Lock's light is on */
	/* Bytes of keys that came before the keyboard's answer to a command, in their order. */
	uint8_t pending[KEYBOARD_PENDING], pending_first, pending_count;
};

#define KEYBOARD_LEDS_NOTED 0x80 /* the guest said which are on; same value as in switchyard.h */

struct keyboard_state {
	bool present;
	uint8_t leds;	 /* write-only; the slot notes them; 0 if it does not */
	uint8_t command; /* the controller's command byte */
};

/*
 * Makes the keyboard scan, with translation on, and the controller's interrupts and the lights off.
 * Without an i8042, present is false, and keyboard_get() has no keys. Waits are bounded; they take
 * about 0.1 s if no keyboard is plugged in.
 */
void keyboard_init(struct keyboard *keyboard);

/*
 * Returns the next key as ASCII (control keys as 1 to 26, backspace 8, enter '\r') or enum key, or
 * KEY_NONE. It only waits when Caps Lock's light changes, for the keyboard's answer.
 */
int keyboard_get(struct keyboard *keyboard);

/*
 * A mirrored pair for the controller's command byte, and for the lights if they are known. Save
 * leaves leds alone. state is what was saved for the same slot before, or zero. Both drop bytes
 * that are still in the output buffer, because the command byte can only be read after them. The
 * keyboard itself keeps its power-on settings. now is what was saved last, if nothing has changed
 * it, or NULL.
 */
void keyboard_save(struct keyboard_state *state);
void keyboard_restore(const struct keyboard_state *state, const struct keyboard_state *now);

#endif
