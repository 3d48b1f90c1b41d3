/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vga_text.h - the monitor's own screen: the VGA's 80x25 colour text mode. vga_state.h handles the
 * slots' screens.
 */
#ifndef ARCH_X86_SCREEN_VGA_TEXT_H
#define ARCH_X86_SCREEN_VGA_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#define VGA_COLUMNS 80
#define VGA_ROWS    25

struct vga_text {
	bool present; /* text mode, and video=on */
	uint8_t row, column;
	uint8_t attribute;
};

/*
 * Takes the screen back with vga_take_back(), and starts to write at the cursor's place, below the
 * text that is on the screen. Linux scrolls by changing the start address, so the visible page
 * moves to the beginning of video memory first. Save the screen before that. If the adapter is not
 * in an 80-column colour text mode, present is false, and the functions below do nothing.
 */
void vga_text_init(struct vga_text *screen);

/*
 * Writes a character: a printable one, \n, \r, \b or \t. Scrolls if needed, and moves the cursor.
 */
void vga_text_put(struct vga_text *screen, char c);

/* Clears the screen. The cursor goes to the top left. */
void vga_text_clear(struct vga_text *screen);

/* Erases from the cursor to the end of its row. */
void vga_text_clear_to_end(struct vga_text *screen);

#endif
