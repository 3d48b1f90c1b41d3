/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * text_screen.h - the VGA's 80x25 text screen.
 */
#ifndef TICK_TEXT_SCREEN_H
#define TICK_TEXT_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#define SCREEN_COLUMNS 80
#define SCREEN_ROWS    25
#define SCREEN_MEMORY  0xb8000
#define SCREEN_BLANK   0x0720 /* a blank, light grey on black */

/* CRT controller: IBM VGA technical reference. */
#define CRTC_INDEX	 0x3d4
#define CRTC_DATA	 0x3d5
#define CRTC_CURSOR_HIGH 0x0e
#define CRTC_CURSOR_LOW	 0x0f

struct screen {
	bool present;
	uint32_t row, column;
};

/* Clears the screen, if there is one. */
void screen_init(struct screen *screen, bool present);

/* Writes a character or \n. Scrolls if needed, and moves the cursor. */
void screen_put(struct screen *screen, char c);

#endif
