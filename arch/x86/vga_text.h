/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vga_text.h - the VGA's 80x25 colour text screen.
 * Registers: IBM VGA technical reference; the CRT controller's index and data ports are 0x3d4 and
 * 0x3d5.
 */
#ifndef ARCH_X86_VGA_TEXT_H
#define ARCH_X86_VGA_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#define VGA_COLUMNS    80
#define VGA_ROWS       25
#define VGA_TEXT_BYTES 0x8000 /* of video memory, 0xb8000 to 0xbffff */
#define VGA_CRTC_COUNT 0x19   /* CRT controller registers */

/* A slot's screen: contents, and the CRT controller (start address, cursor place and shape). */
struct vga_text_state {
	bool text; /* the adapter was in text mode; contents and crtc count only then */
	uint8_t crtc[VGA_CRTC_COUNT];
	uint32_t contents[VGA_TEXT_BYTES / 4];
};

struct vga_text {
	bool present; /* text mode, and video=on */
	uint8_t row, column;
	uint8_t attribute;
};

/*
 * Starts to write below the text that is on the screen, at the cursor's place. Linux scrolls by the
 * start address: what is shown moves to the beginning of video memory first, so save the screen
 * before. present is false, and the functions below do nothing, if the adapter is not in an
 * 80-column colour text mode.
 */
void vga_text_init(struct vga_text *screen);

/* Writes a character: printable ones, \n, \r, \b, \t; scrolls; moves the cursor. */
void vga_text_put(struct vga_text *screen, char c);

/* Clears the screen; cursor to the top left. */
void vga_text_clear(struct vga_text *screen);

/* Erases from the cursor to the end of its row. */
void vga_text_clear_to_end(struct vga_text *screen);

/*
 * A mirrored pair. Load leaves the screen alone if there was no text mode when it was saved, or
 * there is none now: registers of one mode don't fit the other.
 */
void vga_text_save(struct vga_text_state *state);
void vga_text_load(const struct vga_text_state *state);

#endif
