// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * items_vga.c - the VGA in text mode. IBM VGA technical reference, "VGA registers". Bits that would
 * stop writes to text memory stay as they are. The screen may look odd during the test.
 */
#include "access.h"
#include "item.h"

#define MISC_READ	0x3cc
#define MISC_WRITE	0x3c2
#define ATTRIBUTE	0x3c0 /* takes an index and data in turn */
#define ATTRIBUTE_READ	0x3c1
#define ATTRIBUTE_RESET 0x3da /* reading makes the next write an index */
#define ATTRIBUTE_VIDEO 0x20  /* in the index: the screen stays on */
#define SEQUENCER	0x3c4 /* index; data at the next port */
#define GRAPHICS	0x3ce
#define CRTC		0x3d4
#define VBE_INDEX	0x1ce
#define VBE_DATA	0x1cf
#define VBE_ID		0
#define VBE_ID_MASK	0xfff0
#define VBE_ID_BOCHS	0xb0c0
#define VBE_X		1 /* width; then the height */
#define DAC_READ	0x3c7
#define DAC_WRITE	0x3c8
#define DAC_DATA	0x3c9
#define DAC_BYTES	(256 * 3)
#define DAC_SAMPLES	59
#define DAC_STEP	13

/* Sequencer and graphics registers that decide what an access to video memory does. */
#define SEQUENCER_MAP_MASK 2
#define SEQUENCER_MEMORY   4
#define GRAPHICS_READ_MAP  4
#define GRAPHICS_MODE	   5
#define GRAPHICS_MISC	   6
#define FONT_PLANE	   2
#define MEMORY_FLAT	   0x06 /* all of it, no odd/even */
#define MISC_MAP_A0000	   0x04
#define FONT_MEMORY	   0xa0000
#define MISC_GRAPHICS	   0x01
#define MISC_MAP	   0x0c
#define MISC_MAP_B8000	   0x0c

/* A sample of the plane's 64 KiB that has a part of each of its eight fonts. */
#define FONT_BYTES   0x10000
#define FONT_SAMPLES 32
#define FONT_STEP    2017
/* Text memory behind the page that is shown. */
#define HIDDEN_TEXT  (SCREEN_MEMORY + 0x2000)
#define HIDDEN_STEP  0x7fc
#define HIDDEN_WORDS 10

/* The index registers are items, too, so they are restored. */
static uint64_t indexed_get(uint16_t port, uint32_t index)
{
	uint8_t was = inb(port);
	uint64_t value;

	outb(port, (uint8_t)index);
	value = inb(port + 1);
	outb(port, was);
	return value;
}

static void indexed_set(uint16_t port, uint32_t index, uint64_t value)
{
	uint8_t was = inb(port);

	outb(port, (uint8_t)index);
	outb(port + 1, (uint8_t)value);
	outb(port, was);
}

#define DEFINE_INDEXED(name, port)                             \
	static uint64_t name##_get(uint32_t which)             \
	{                                                      \
		return indexed_get(port, which);               \
	}                                                      \
	static void name##_set(uint32_t which, uint64_t value) \
	{                                                      \
		indexed_set(port, which, value);               \
	}

DEFINE_INDEXED(sequencer, SEQUENCER)
DEFINE_INDEXED(graphics, GRAPHICS)
DEFINE_INDEXED(crtc, CRTC)

static uint64_t attribute_get(uint32_t which)
{
	uint64_t value;

	inb(ATTRIBUTE_RESET);
	outb(ATTRIBUTE, (uint8_t)(which | ATTRIBUTE_VIDEO));
	value = inb(ATTRIBUTE_READ);
	inb(ATTRIBUTE_RESET);
	return value;
}

static void attribute_write(uint32_t which, uint64_t value)
{
	outb(ATTRIBUTE, (uint8_t)which);
	outb(ATTRIBUTE, (uint8_t)value);
}

/*
 * The palette can be written only while the screen is off. The screen is switched on again after
 * that.
 */
static void attribute_set(uint32_t which, uint64_t value)
{
	inb(ATTRIBUTE_RESET);
	attribute_write(which, value);
	outb(ATTRIBUTE, ATTRIBUTE_VIDEO);
	inb(ATTRIBUTE_RESET);
}

/* Bochs VBE extensions: index and data are 16 bits wide. */
static uint64_t vbe_get(uint32_t which)
{
	outw(VBE_INDEX, (uint16_t)which);
	return inw(VBE_DATA);
}

static void vbe_set(uint32_t which, uint64_t value)
{
	outw(VBE_INDEX, (uint16_t)which);
	outw(VBE_DATA, (uint16_t)value);
}

static bool has_vbe(void)
{
	return (vbe_get(VBE_ID) & VBE_ID_MASK) == VBE_ID_BOCHS;
}

static uint64_t misc_get(uint32_t which)
{
	(void)which;
	return inb(MISC_READ);
}

static void misc_set(uint32_t which, uint64_t value)
{
	(void)which;
	outb(MISC_WRITE, (uint8_t)value);
}

/* The DAC steps through the three parts of each colour by itself. */
static uint64_t dac_get(uint32_t which)
{
	outb(DAC_READ, (uint8_t)(which / 3));
	for (uint32_t skip = which % 3; skip; skip--)
		inb(DAC_DATA);
	return inb(DAC_DATA);
}

static void dac_set(uint32_t which, uint64_t value)
{
	uint8_t part[3];

	outb(DAC_READ, (uint8_t)(which / 3));
	for (uint32_t i = 0; i < 3; i++)
		part[i] = inb(DAC_DATA);
	part[which % 3] = (uint8_t)value;
	outb(DAC_WRITE, (uint8_t)(which / 3));
	for (uint32_t i = 0; i < 3; i++)
		outb(DAC_DATA, part[i]);
}

/* How video memory is seen: as text, or the fonts' plane at A0000. */
struct window {
	uint8_t map_mask, memory, read_map, mode, misc;
};

static struct window window_set(struct window to)
{
	struct window was = {
		.map_mask = (uint8_t)sequencer_get(SEQUENCER_MAP_MASK),
		.memory = (uint8_t)sequencer_get(SEQUENCER_MEMORY),
		.read_map = (uint8_t)graphics_get(GRAPHICS_READ_MAP),
		.mode = (uint8_t)graphics_get(GRAPHICS_MODE),
		.misc = (uint8_t)graphics_get(GRAPHICS_MISC),
	};

	sequencer_set(SEQUENCER_MAP_MASK, to.map_mask);
	sequencer_set(SEQUENCER_MEMORY, to.memory);
	graphics_set(GRAPHICS_READ_MAP, to.read_map);
	graphics_set(GRAPHICS_MODE, to.mode);
	graphics_set(GRAPHICS_MISC, to.misc);
	return was;
}

static const struct window font_window = {
	.map_mask = 1 << FONT_PLANE,
	.memory = MEMORY_FLAT,
	.read_map = FONT_PLANE,
	.misc = MISC_MAP_A0000,
};

static uint64_t font_get(uint32_t which)
{
	struct window was = window_set(font_window);
	uint8_t value = *(volatile uint8_t *)(uint64_t)(FONT_MEMORY + which);

	window_set(was);
	return value;
}

static void font_set(uint32_t which, uint64_t value)
{
	struct window was = window_set(font_window);

	*(volatile uint8_t *)(uint64_t)(FONT_MEMORY + which) = (uint8_t)value;
	window_set(was);
}

static bool is_text(void)
{
	uint64_t misc = graphics_get(GRAPHICS_MISC);

	return !(misc & MISC_GRAPHICS) && (misc & MISC_MAP) == MISC_MAP_B8000;
}

#define FILLED(title, kind, index, bits) \
	.name = title, .get = kind##_get, .set = kind##_set, .which = index, .vary = bits

static const struct item vga[] = {
	{FILLED("vga-misc", misc, 0, 0xc0)},	       /* sync polarities */
	{FILLED("vga-sequencer", sequencer, 1, 0x01)}, /* 8 or 9 dots */
	{FILLED("vga-sequencer", sequencer, 3, 0x3f)}, /* which fonts */
	{FILLED("vga-graphics", graphics, 0, 0x0f)},   /* set/reset, not enabled */
	{FILLED("vga-graphics", graphics, 2, 0x0f)},   /* colour compare */
	{FILLED("vga-graphics", graphics, 7, 0x0f)},   /* colour don't care */
	{FILLED("vga-attribute", attribute, 0, 0x3f), .count = 16, .step = 1}, /* palette */
	{FILLED("vga-attribute", attribute, 0x10, 0x0c)},		 /* blink, line graphics */
	{FILLED("vga-attribute", attribute, 0x11, 0x3f)},		 /* overscan */
	{FILLED("vga-attribute", attribute, 0x12, 0x0f)},		 /* planes shown */
	{FILLED("vga-attribute", attribute, 0x14, 0x0f)},		 /* colour select */
	{FILLED("vga-crtc", crtc, 0x08, 0x1f)},				 /* preset row scan */
	{FILLED("vga-crtc", crtc, 0x14, 0x1f)},				 /* underline */
	{FILLED("vga-cursor", crtc, 0x0a, 0x3f), .count = 2, .step = 1}, /* shape */
	{FILLED("vga-start", crtc, 0x0c, 0x07)},
	{FILLED("vga-start", crtc, 0x0d, 0xff)},
	{FILLED("vga-cursor", crtc, 0x0e, 0x07)}, /* place */
	{FILLED("vga-cursor", crtc, 0x0f, 0xff)},
	{FILLED("vga-dac", dac, 0, 0x3f), .count = DAC_SAMPLES, .step = DAC_STEP},
	{FILLED("vga-font", font, 0, 0xff), .count = FONT_SAMPLES, .step = FONT_STEP},
	{FILLED("vga-contents", memory, HIDDEN_TEXT, 0xffffffff), .count = HIDDEN_WORDS,
	 .step = HIDDEN_STEP},
};
_Static_assert((DAC_SAMPLES - 1) * DAC_STEP < DAC_BYTES, "the sample stays in the palette");
_Static_assert((FONT_SAMPLES - 1) * FONT_STEP < FONT_BYTES, "the sample stays in the plane");

/* The index registers. They only hold numbers of existing registers. */
static const struct item index[] = {
	{FILLED("vga-index", port, SEQUENCER, 0x03)},
	{FILLED("vga-index", port, GRAPHICS, 0x07)},
	{FILLED("vga-index", port, CRTC, 0x0f)},
};
/* The size of a graphics mode that is not switched on. */
static const struct item vbe[] = {{FILLED("vga-vbe", vbe, VBE_X, 0x3f8), .count = 2, .step = 1}};

const struct group groups_vga[] = {
	{GROUP("vga-text", is_text, vga)},
	{GROUP("vga-index", is_text, index)},
	{GROUP("vga-vbe", has_vbe, vbe)},
	{0},
};
