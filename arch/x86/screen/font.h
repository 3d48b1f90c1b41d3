/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * font.h - the glyphs of printable ASCII, 8x16 pixels. They are GNU Unifont's. font.py converts
 * them from Debian's psf-unifont when the monitor is built.
 */
#ifndef ARCH_X86_SCREEN_FONT_H
#define ARCH_X86_SCREEN_FONT_H

#include <stdint.h>

#define FONT_WIDTH  8
#define FONT_HEIGHT 16
#define FONT_FIRST  0x20 /* the code of font_glyphs[0] */
#define FONT_GLYPHS 95	 /* up to 0x7e */

/* Indexed by code, and by row from the top. The highest bit is the left pixel. */
extern const uint8_t font_glyphs[FONT_GLYPHS][FONT_HEIGHT];

#endif
