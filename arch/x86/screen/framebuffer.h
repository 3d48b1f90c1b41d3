/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * framebuffer.h - text on a linear framebuffer, for machines without text mode. The framebuffer is
 * UEFI's GOP, or a graphics mode that the loader set. It does for the console what vga_text.h does
 * in text mode.
 *
 * The console only writes pixels, because reading takes a round trip over the bus for each access.
 * So what the screen shows is kept here, and only cells that change are drawn. Saving a slot's
 * picture is the exception. There is no other way to know it.
 */
#ifndef ARCH_X86_SCREEN_FRAMEBUFFER_H
#define ARCH_X86_SCREEN_FRAMEBUFFER_H

#include <stdbool.h>
#include <stdint.h>
#include "boot_info.h"

/* On larger screens, from 3840x2160 pixels on, the console uses the top left part. */
#define FRAMEBUFFER_MAX_COLUMNS 480
#define FRAMEBUFFER_MAX_ROWS	135

/* Smaller screens have no room for the menu. */
#define FRAMEBUFFER_MIN_COLUMNS 80
#define FRAMEBUFFER_MIN_ROWS	25

struct framebuffer {
	bool present;
	struct boot_framebuffer mode;
	uint32_t foreground;		  /* the colour of text as a pixel; the background is 0 */
	uint32_t columns, rows;		  /* of characters */
	uint32_t column, row;		  /* of the cursor; column == columns means a full row */
	uint32_t drawn_column, drawn_row; /* where the cursor is drawn */
	uint8_t *cells;			  /* the characters, row by row; 0: blank */
};

/* Returns NULL if the console can use this mode, else what is wrong with it. */
const char *framebuffer_fault(const struct boot_framebuffer *mode);

/* Bytes that screen->cells has for a mode without fault. */
uint32_t framebuffer_cells(const struct boot_framebuffer *mode);

/*
 * Takes a mode without fault. screen->cells has memory for it. The screen is then blank, and not
 * drawn yet.
 */
void framebuffer_set_mode(struct framebuffer *screen, const struct boot_framebuffer *mode);

/*
 * Draws the whole screen, whatever the framebuffer holds. It is called at the start, and after a
 * slot had the screen. The text that was there before is shown again.
 */
void framebuffer_draw(struct framebuffer *screen);

/*
 * Like vga_text_put(), vga_text_clear() and vga_text_clear_to_end(). They do nothing if not
 * present.
 */
void framebuffer_put(struct framebuffer *screen, char c);
void framebuffer_clear(struct framebuffer *screen);
void framebuffer_clear_to_end(struct framebuffer *screen);

/* Bytes from the first pixel to the end of the last row. */
uint64_t framebuffer_size(const struct boot_framebuffer *mode);

/*
 * A mirrored pair. They copy all pixels to and from framebuffer_size() bytes of memory at a
 * physical address that is a multiple of 8. Reading is slow on real hardware, because each 8 bytes
 * take a round trip over the bus. Expect tenths of a second for 4 MiB. framebuffer_blank() makes
 * all pixels black.
 */
void framebuffer_save(const struct boot_framebuffer *mode, uint64_t to);
void framebuffer_restore(const struct boot_framebuffer *mode, uint64_t from);
void framebuffer_blank(const struct boot_framebuffer *mode);

#endif
