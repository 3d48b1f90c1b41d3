// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/keyboard/keyboard.h"
#include "arch/x86/cpu/io.h"
#include "arch/x86/keyboard/i8042.h"

/* Keyboard commands, and its answer. */
#define KEYBOARD_SET_DEFAULTS 0xf6 /* scan code set 2, which the controller translates to set 1 */
#define KEYBOARD_ENABLE	      0xf4
#define KEYBOARD_SET_LEDS     0xed /* their bits follow */
#define KEYBOARD_ACKNOWLEDGE  0xfa
#define KEYBOARD_RESEND	      0xfe
#define LED_CAPS	      0x04
#define LED_BITS	      0x07

/* The limit of looks at the status register, about 1 us each. A keyboard answers within 20 ms. */
#define I8042_WAIT_LOOKS 25000
/* The limit of bytes dropped at once. If there are more, it is no controller. */
#define I8042_FLUSH_BYTES  128
#define COMMAND_BYTE_TRIES 5

/* Scan codes, set 1. */
#define SCAN_EXTENDED	    0xe0
#define SCAN_RELEASED	    0x80
#define SCAN_CONTROL	    0x1d
#define SCAN_LEFT_SHIFT	    0x2a
#define SCAN_RIGHT_SHIFT    0x36
#define SCAN_ALT	    0x38
#define SCAN_CAPS	    0x3a
#define SCAN_EXTENDED_ENTER 0x1c
#define SCAN_EXTENDED_SLASH 0x35

#define CONTROL_MASK	    0x1f /* of a letter's code: its control character */

/*
 * The US layout by scan code; 0 is no character. Keypad keys give the characters printed on them.
 */
static const char keys_plain[] =
	"\0\0331234567890-=\b\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 "
	"\0\0\0\0\0\0\0\0\0\0\0\0\0" /* caps lock, F1 to F10, num lock, scroll lock */
	"789-456+1230.";
static const char keys_shift[] =
	"\0\033!@#$%^&*()_+\b\tQWERTYUIOP{}\r\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 "
	"\0\0\0\0\0\0\0\0\0\0\0\0\0"
	"789-456+1230.";

#define SCAN_CODES 0x54 /* 0x53 is the keypad's dot, the last one above */

_Static_assert(sizeof(keys_plain) == SCAN_CODES + 1, "keys_plain goes to the keypad's dot");
_Static_assert(sizeof(keys_shift) == SCAN_CODES + 1, "keys_shift goes to the keypad's dot");

/* Behind the prefix 0xe0, from 0x47 to 0x53. */
#define SCAN_HOME 0x47
static const int keys_extended[] = {
	KEY_HOME, KEY_UP,  KEY_PAGE_UP, KEY_NONE,      KEY_LEFT,   KEY_NONE,   KEY_RIGHT,
	KEY_NONE, KEY_END, KEY_DOWN,	KEY_PAGE_DOWN, KEY_INSERT, KEY_DELETE,
};
#define KEYS_EXTENDED_COUNT (sizeof(keys_extended) / sizeof(keys_extended[0]))

static bool i8042_wait(uint8_t bit, bool set)
{
	for (uint32_t looks = 0; looks < I8042_WAIT_LOOKS; looks++)
		if (!!(inb(I8042_STATUS) & bit) == set)
			return true;
	return false;
}

static bool i8042_write(uint16_t port, uint8_t value)
{
	if (!i8042_wait(I8042_STATUS_INPUT, false))
		return false;
	outb(port, value);
	return true;
}

static bool i8042_flush(void)
{
	for (uint32_t bytes = 0; bytes < I8042_FLUSH_BYTES; bytes++) {
		if (!(inb(I8042_STATUS) & I8042_STATUS_OUTPUT))
			return true;
		inb(I8042_DATA);
	}
	return false;
}

/* Takes all bytes out of the controller, and waits until it takes a command. */
static bool i8042_is_quiet(void)
{
	uint32_t bytes = 0;

	for (uint32_t looks = 0; looks < I8042_WAIT_LOOKS && bytes < I8042_FLUSH_BYTES; looks++) {
		uint8_t status = inb(I8042_STATUS);

		if (status == I8042_STATUS_ABSENT)
			return false;
		if (!(status & (I8042_STATUS_OUTPUT | I8042_STATUS_INPUT)))
			return true;
		if (status & I8042_STATUS_OUTPUT) {
			inb(I8042_DATA);
			bytes++;
		}
	}
	return false;
}

static bool i8042_read_command_byte_once(uint8_t *byte)
{
	if (!i8042_is_quiet())
		return false;
	outb(I8042_COMMAND, I8042_READ_BYTE);
	if (!i8042_wait(I8042_STATUS_OUTPUT, true))
		return false;
	*byte = inb(I8042_DATA);
	return true;
}

/*
 * The byte of a key pressed just now could be taken for the answer, so two answers must agree. One is
 * enough if it is what *byte was before, and known says that it was read then: a key of the same
 * value would have to be pressed just now, and the kernel would have to have changed the command
 * byte. The keyboard can't be disabled first, because the command byte would then say that it was
 * disabled before.
 */
static bool i8042_read_command_byte(uint8_t *byte, bool known)
{
	uint8_t before = *byte, again;

	for (uint32_t tries = 0; tries < COMMAND_BYTE_TRIES; tries++) {
		if (!i8042_read_command_byte_once(byte))
			return false;
		if (known && *byte == before)
			return true;
		if (!i8042_read_command_byte_once(&again))
			return false;
		if (*byte == again)
			return true;
	}
	return false;
}

static bool i8042_write_command_byte(uint8_t byte)
{
	return i8042_write(I8042_COMMAND, I8042_WRITE_BYTE) && i8042_write(I8042_DATA, byte);
}

static void keep_pending(struct keyboard *keyboard, uint8_t byte)
{
	uint8_t last = (keyboard->pending_first + keyboard->pending_count) % KEYBOARD_PENDING;

	if (keyboard->pending_count == KEYBOARD_PENDING)
		return;
	keyboard->pending[last] = byte;
	keyboard->pending_count++;
}

/* Takes the next byte from the keyboard, if one is waiting. */
static bool next_byte(struct keyboard *keyboard, uint8_t *byte)
{
	if (keyboard->pending_count) {
		*byte = keyboard->pending[keyboard->pending_first];
		keyboard->pending_first = (keyboard->pending_first + 1) % KEYBOARD_PENDING;
		keyboard->pending_count--;
		return true;
	}
	for (uint32_t bytes = 0; bytes < I8042_FLUSH_BYTES; bytes++) {
		uint8_t status = inb(I8042_STATUS);

		if (status == I8042_STATUS_ABSENT || !(status & I8042_STATUS_OUTPUT))
			return false;
		*byte = inb(I8042_DATA);
		if (!(status & I8042_STATUS_AUXILIARY))
			return true;
	}
	return false;
}

/*
 * Sends a command, or its argument, and waits for the answer. Keys that come before the answer are
 * kept. If there is no answer, there may be no keyboard yet. It can still be plugged in.
 */
static bool keyboard_command(struct keyboard *keyboard, uint8_t command)
{
	if (!i8042_write(I8042_DATA, command))
		return false;
	for (uint32_t bytes = 0; bytes < I8042_FLUSH_BYTES; bytes++) {
		uint8_t byte;

		if (!i8042_wait(I8042_STATUS_OUTPUT, true))
			return false;
		byte = inb(I8042_DATA);
		if (byte == KEYBOARD_ACKNOWLEDGE || byte == KEYBOARD_RESEND)
			return byte == KEYBOARD_ACKNOWLEDGE;
		keep_pending(keyboard, byte);
	}
	return false;
}

static void show_leds(struct keyboard *keyboard, uint8_t leds)
{
	if (keyboard_command(keyboard, KEYBOARD_SET_LEDS))
		keyboard_command(keyboard, leds);
	keyboard->light = leds & LED_CAPS;
}

void keyboard_init(struct keyboard *keyboard)
{
	uint8_t byte = 0;

	*keyboard = (struct keyboard){.present = i8042_read_command_byte(&byte, false)};
	if (!keyboard->present)
		return;
	byte &= ~(I8042_BYTE_KEYS | I8042_BYTE_AUX | I8042_BYTE_DISABLE_KEYS);
	byte |= I8042_BYTE_DISABLE_AUX | I8042_BYTE_TRANSLATE;
	keyboard->present = i8042_write_command_byte(byte);
	if (!keyboard->present)
		return;
	/*
	 * A guest may have left another scan code set, its own lights, or the keyboard disabled.
	 * Keys that come before the answers were typed for the guest.
	 */
	if (keyboard_command(keyboard, KEYBOARD_SET_DEFAULTS))
		show_leds(keyboard, 0);
	keyboard_command(keyboard, KEYBOARD_ENABLE);
	keyboard->pending_count = 0;
}

static int key_of_extended(uint8_t code)
{
	if (code == SCAN_EXTENDED_ENTER)
		return '\r';
	if (code == SCAN_EXTENDED_SLASH)
		return '/';
	if (code >= SCAN_HOME && code < SCAN_HOME + KEYS_EXTENDED_COUNT)
		return keys_extended[code - SCAN_HOME];
	return KEY_NONE;
}

static int key_of_plain(const struct keyboard *keyboard, uint8_t code)
{
	bool shift = keyboard->shift;
	char c;

	if (code >= SCAN_CODES)
		return KEY_NONE;
	c = keys_plain[code];
	if (c >= 'a' && c <= 'z') {
		if (keyboard->control)
			return c & CONTROL_MASK;
		shift = shift != keyboard->caps;
	}
	c = shift ? keys_shift[code] : c;
	return c != 0 && !keyboard->control ? c : KEY_NONE;
}

/* Takes one byte from the keyboard. Most bytes do not complete a key. */
static int keyboard_decode(struct keyboard *keyboard, uint8_t byte)
{
	uint8_t code = byte & (uint8_t)~SCAN_RELEASED;
	bool pressed = !(byte & SCAN_RELEASED);
	bool extended = keyboard->extended;

	keyboard->extended = byte == SCAN_EXTENDED;
	if (keyboard->extended)
		return KEY_NONE;

	switch (code) {
	case SCAN_CONTROL:
		keyboard->control = pressed;
		return KEY_NONE;
	case SCAN_ALT:
		keyboard->alt = pressed;
		return KEY_NONE;
	case SCAN_LEFT_SHIFT:
	case SCAN_RIGHT_SHIFT:
		/*
		 * Behind the prefix, these codes belong to a navigation key, and no shift key is
		 * held.
		 */
		if (!extended)
			keyboard->shift = pressed;
		return KEY_NONE;
	case SCAN_CAPS:
		keyboard->caps ^= pressed;
		return KEY_NONE;
	}
	if (!pressed || keyboard->alt)
		return KEY_NONE;
	return extended ? key_of_extended(code) : key_of_plain(keyboard, code);
}

int keyboard_get(struct keyboard *keyboard)
{
	uint8_t byte;

	if (!keyboard->present)
		return KEY_NONE;
	while (next_byte(keyboard, &byte)) {
		int key = keyboard_decode(keyboard, byte);

		if (keyboard->caps != keyboard->light)
			show_leds(keyboard, keyboard->caps ? LED_CAPS : 0);
		if (key != KEY_NONE)
			return key;
	}
	return KEY_NONE;
}

void keyboard_save(struct keyboard_state *state)
{
	state->present = i8042_read_command_byte(&state->command, state->present);
}

/* The kernel must not take the answers for keys, so the controller does not interrupt meanwhile. */
static void load_leds(const struct keyboard_state *state)
{
	struct keyboard keyboard = {0};

	if (!(state->leds & KEYBOARD_LEDS_NOTED))
		return;
	i8042_write_command_byte(state->command & ~(I8042_BYTE_KEYS | I8042_BYTE_DISABLE_KEYS));
	show_leds(&keyboard, state->leds & LED_BITS);
}

void keyboard_restore(const struct keyboard_state *state, const struct keyboard_state *now)
{
	bool same_leds = now && now->present && now->leds == state->leds;

	if (!state->present || !i8042_flush())
		return;
	if (same_leds && now->command == state->command)
		return;
	if (!same_leds)
		load_leds(state);
	i8042_write_command_byte(state->command);
}
