/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vga_state.h - one slot's screen: all registers of the VGA, palette, fonts and text.
 *
 * A graphics mode comes back with its registers, including those of the Bochs VBE extensions. The
 * picture, which takes megabytes, does not come back: a kernel that resumes draws it again. Of other
 * adapters' own registers, those of cirrus.h are restored; adapter.h says what becomes of the rest.
 */
#ifndef ARCH_X86_SCREEN_VGA_STATE_H
#define ARCH_X86_SCREEN_VGA_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/screen/cirrus.h"

#define VGA_TEXT_BYTES	      0x8000 /* of video memory, 0xb8000 to 0xbffff */
#define VGA_SEQUENCER_COUNT   5
#define VGA_CRTC_COUNT	      0x19
#define VGA_GRAPHICS_COUNT    9
#define VGA_ATTRIBUTE_COUNT   0x15
#define VGA_ATTRIBUTE_PALETTE 16 /* the first of them are the palette */
#define VGA_COLOURS	      256
#define VGA_FONT_BYTES	      0x10000 /* plane 2: 8 fonts of 256 characters of 32 bytes */
#define VGA_VBE_COUNT	      10

struct vga_registers {
	uint8_t misc;
	uint8_t sequencer[VGA_SEQUENCER_COUNT];
	uint8_t crtc[VGA_CRTC_COUNT];
	uint8_t graphics[VGA_GRAPHICS_COUNT];
	uint8_t attribute[VGA_ATTRIBUTE_COUNT];
	uint8_t attribute_index; /* and whether the screen shows */
	uint8_t dac_mask;
	uint8_t dac[VGA_COLOURS][3];
	uint16_t vbe[VGA_VBE_COUNT];
	struct cirrus_registers cirrus; /* of other adapters, zeros */
	/* The index registers. A kernel may have written an index and not accessed the data yet. */
	struct {
		uint8_t sequencer, crtc, graphics;
		uint16_t vbe;
	} index;
};

/* What need not be kept. The first two are about a screen in text mode. */
enum vga_spared {
	VGA_SPARE_TEXT = 1 << 0,   /* all text */
	VGA_SPARE_HIDDEN = 1 << 1, /* the text outside of the page that is shown */
	/* Fonts, palette and colours: they are what vga_keep() found. */
	VGA_SPARE_FONTS = 1 << 2,
	/* The same: they are what vga_restore() gave this slot last. */
	VGA_SPARE_SAME_FONTS = 1 << 9,
};

struct vga_state {
	bool present; /* a VGA answered */
	bool text;    /* it was in colour text mode; only then are font and contents valid */
	struct vga_registers registers;
	uint64_t font_hash; /* the font itself is kept apart */
	/* The words of contents that are kept. After the last word of contents comes the first. */
	uint32_t first_word, words;
	uint64_t contents[VGA_TEXT_BYTES / 8];
};

/* True if the adapter is in colour text mode. */
bool vga_is_text(void);

/* Bytes of a slot's state: 0 without a VGA. It is valid after vga_keep(). */
uint32_t vga_state_size(void);

/*
 * A mirrored pair. Restore brings back the mode that save found, from any other mode.
 *
 * Most slots have the font that the monitor found at start, and 64 KiB for each slot would be
 * wasted. So the font is kept only if vga_font_differs(). vga_font_save() then reads it once more, to
 * font, which must live as long as the state. Nobody may have used the adapter since vga_save().
 * Before vga_restore(), vga_font_restore() gets that copy. If it gets NULL, the slot finds the
 * monitor's font.
 *
 * spared has bits of enum vga_spared. With VGA_SPARE_SAME_FONTS, state must be that of this slot's
 * last save. Restore writes what differs from now, which is what was saved last, if nothing has
 * changed the screen, or NULL.
 */
void vga_save(struct vga_state *state, uint32_t spared);
void vga_restore(const struct vga_state *state, const struct vga_state *now);
bool vga_font_differs(const struct vga_state *state);
void vga_font_save(void *font);
void vga_font_restore(const void *font);

/*
 * A pair for the monitor's own console. vga_keep() keeps the mode, font and palette of now, and
 * vga_take_back() restores them. The screen's contents stay, and so does the place where they
 * begin. But if the mode was another one, the screen becomes blank. vga_take_back() does nothing if
 * nothing was kept. Call vga_save() before it.
 */
void vga_keep(void);
void vga_take_back(void);

/* The adapter is known (adapter.h). What vga_keep() could not keep without that is kept now. */
void vga_keep_more(void);

#endif
