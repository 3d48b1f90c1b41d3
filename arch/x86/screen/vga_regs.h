/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vga_regs.h - the VGA's ports, and the registers that the monitor names. IBM VGA technical
 * reference (PS/2 hardware interface technical reference, "video subsystem"). Emulators add a
 * display interface, the Bochs VBE extensions.
 */
#ifndef ARCH_X86_SCREEN_VGA_REGS_H
#define ARCH_X86_SCREEN_VGA_REGS_H

#define VGA_ATTRIBUTE	    0x3c0 /* takes an index and data in turn */
#define VGA_ATTRIBUTE_READ  0x3c1
#define VGA_MISC_WRITE	    0x3c2
#define VGA_SEQUENCER_INDEX 0x3c4
#define VGA_SEQUENCER_DATA  0x3c5
#define VGA_DAC_MASK	    0x3c6
#define VGA_DAC_READ_INDEX  0x3c7
#define VGA_DAC_WRITE_INDEX 0x3c8
#define VGA_DAC_DATA	    0x3c9
#define VGA_MISC_READ	    0x3cc
#define VGA_GRAPHICS_INDEX  0x3ce
#define VGA_GRAPHICS_DATA   0x3cf
#define VGA_CRTC_INDEX	    0x3d4
#define VGA_CRTC_DATA	    0x3d5
#define VGA_STATUS	    0x3da /* reading it makes the next write to VGA_ATTRIBUTE an index */

#define VGA_MISC_COLOUR	    0x01 /* the CRT controller is at 0x3dx */
#define VGA_MISC_ABSENT	    0xff
#define DAC_MASK_ALL	    0xff /* in VGA_DAC_MASK: all colours are used */
#define VGA_ATTRIBUTE_SHOW  0x20 /* in the index: the palette is the screen's, not the CPU's */

/* Sequencer. */
enum vga_sequencer {
	SEQUENCER_RESET = 0,
	SEQUENCER_CLOCKING = 1,
	SEQUENCER_MAP_MASK = 2,
	SEQUENCER_MEMORY_MODE = 4,
};
#define RESET_SYNCHRONOUS   0x01 /* the sequencer stands, video memory is kept */
#define CLOCKING_SCREEN_OFF 0x20
#define MEMORY_EXTENDED	    0x02
#define MEMORY_SEQUENTIAL   0x04 /* no odd and even */

/* Graphics controller. */
enum vga_graphics {
	GRAPHICS_SET_RESET = 0,
	GRAPHICS_ENABLE_SET_RESET = 1,
	GRAPHICS_ROTATE = 3,
	GRAPHICS_READ_MAP = 4,
	GRAPHICS_MODE = 5,
	GRAPHICS_MISC = 6,
	GRAPHICS_BIT_MASK = 8,
};
#define MISC_GRAPHICS  0x01
#define MISC_MAP       0x0c /* where video memory is seen */
#define MISC_MAP_A0000 0x04 /* 64 KiB */
#define MISC_MAP_B8000 0x0c /* 32 KiB */
#define BIT_MASK_ALL   0xff

/* CRT controller. */
enum vga_crtc {
	CRTC_DISPLAY_END = 0x01, /* columns - 1 */
	CRTC_OVERFLOW = 0x07,
	CRTC_MAX_SCAN_LINE = 0x09,
	CRTC_CURSOR_START = 0x0a,
	CRTC_CURSOR_END = 0x0b,
	CRTC_START_HIGH = 0x0c, /* in characters */
	CRTC_START_LOW = 0x0d,
	CRTC_CURSOR_HIGH = 0x0e,
	CRTC_CURSOR_LOW = 0x0f,
	CRTC_RETRACE_END = 0x11,
	CRTC_DISPLAY_LINES = 0x12, /* scan lines - 1; the high bits are in CRTC_OVERFLOW */
	CRTC_PITCH = 0x13,	   /* of a row, in steps of two characters */
	CRTC_LINE_COMPARE = 0x18,  /* the scan line from which on the page begins anew */
};
#define CRTC_PROTECTED	    8 /* registers 0 to 7, by RETRACE_END_PROTECT */
#define OVERFLOW_LINES_8    0x02
#define OVERFLOW_LINES_9    0x40
#define OVERFLOW_COMPARE_8  0x10
#define SCAN_LINE_COMPARE_9 0x40
#define SCAN_LINE_MASK	    0x1f
#define RETRACE_END_PROTECT 0x80 /* registers 0 to 7 can't be written */

/* Bochs VBE extensions: an index and a data port, 16 bits each. */
#define VBE_INDEX 0x1ce
#define VBE_DATA  0x1cf
enum vbe_register {
	VBE_ID = 0,
	VBE_X = 1,
	VBE_Y = 2,
	VBE_DEPTH = 3,
	VBE_ENABLE = 4,
	VBE_BANK = 5,
	VBE_VIRTUAL_WIDTH = 6,
	VBE_VIRTUAL_HEIGHT = 7, /* follows from the width */
	VBE_X_OFFSET = 8,
	VBE_Y_OFFSET = 9,
};
#define VBE_ID_MASK	0xfff0
#define VBE_ID_BOCHS	0xb0c0
#define VBE_ENABLED	0x01
#define VBE_KEEP_MEMORY 0x80 /* on enabling */

#endif
