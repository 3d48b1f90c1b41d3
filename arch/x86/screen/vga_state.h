/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vga_state.h - the screen as one slot knows it: all registers of the VGA, palette, fonts and text.
 *
 * A graphics mode comes back with its registers, the Bochs VBE extensions' among them, but without
 * the picture, which is megabytes: a kernel that resumes draws it anew. Modes that other
 * adapters' own registers make are not known here.
 */
#ifndef ARCH_X86_SCREEN_VGA_STATE_H
#define ARCH_X86_SCREEN_VGA_STATE_H

#include <stdbool.h>
#include <stdint.h>

#define VGA_TEXT_BYTES	    0x8000 /* of video memory, 0xb8000 to 0xbffff */
#define VGA_SEQUENCER_COUNT 5
#define VGA_CRTC_COUNT	    0x19
#define VGA_GRAPHICS_COUNT  9
#define VGA_ATTRIBUTE_COUNT 0x15
#define VGA_COLOURS	    256
#define VGA_FONT_BYTES	    0x10000 /* plane 2: 8 fonts of 256 characters of 32 bytes */
#define VGA_VBE_COUNT	    10

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
	/* A kernel may be between the write of an index and the access to the data. */
	struct {
		uint8_t sequencer, crtc, graphics;
		uint16_t vbe;
	} index;
};

struct vga_state {
	bool present; /* a VGA answered */
	bool text;    /* it was in colour text mode; font and contents count only then */
	struct vga_registers registers;
	uint64_t font_hash; /* the font itself is kept apart */
	uint64_t contents[VGA_TEXT_BYTES / 8];
};

/* Is the adapter in colour text mode? */
bool vga_is_text(void);

/*
 * A mirrored pair. Restore brings back the mode that save found, whatever the adapter is in now.
 *
 * Most slots have the font that the monitor found at start, and 64 KiB for each would be wasted. If
 * vga_font_differs(), vga_font_save() copies to font, which is to live as long as the state, what
 * vga_save() has just found; and vga_restore() takes what vga_font_restore() was given before. With
 * NULL, a slot finds the monitor's font.
 */
void vga_save(struct vga_state *state);
void vga_restore(const struct vga_state *state);
bool vga_font_differs(const struct vga_state *state);
void vga_font_save(void *font);
void vga_font_restore(const void *font);

/*
 * For the monitor's own console: keeps the mode, font and palette that are there now, and puts them
 * back. Contents, and where they begin, stay, unless the mode was another: then the screen is
 * blank. vga_take_back() does nothing if nothing was kept. Call vga_save() before it.
 */
void vga_keep(void);
void vga_take_back(void);

#endif
