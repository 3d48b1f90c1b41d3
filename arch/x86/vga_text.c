// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/vga_text.h"
#include "arch/x86/io.h"
#include "arch/x86/phys.h"

/* Ports (IBM VGA technical reference, "VGA registers"). */
#define VGA_GRAPHICS_INDEX 0x3ce
#define VGA_GRAPHICS_DATA  0x3cf
#define VGA_MISC_READ	   0x3cc
#define VGA_CRTC_INDEX	   0x3d4
#define VGA_CRTC_DATA	   0x3d5

#define VGA_MISC_COLOUR	   0x01 /* the CRT controller is at 0x3dx */

/* Graphics controller, miscellaneous register: graphics mode, and where video memory is mapped. */
#define GRAPHICS_MISC  6
#define MISC_GRAPHICS  0x01
#define MISC_MAP       0x0c
#define MISC_MAP_B8000 0x0c

/* CRT controller registers. */
enum crtc_register {
	CRTC_DISPLAY_END = 0x01, /* columns - 1 */
	CRTC_MAX_SCAN_LINE = 0x09,
	CRTC_CURSOR_START = 0x0a,
	CRTC_CURSOR_END = 0x0b,
	CRTC_START_HIGH = 0x0c, /* in characters */
	CRTC_START_LOW = 0x0d,
	CRTC_CURSOR_HIGH = 0x0e,
	CRTC_CURSOR_LOW = 0x0f,
	CRTC_RETRACE_END = 0x11,
};

#define SCAN_LINE_MASK	     0x1f
#define RETRACE_END_PROTECT  0x80 /* registers 0 to 7 can't be written */

#define VGA_MEMORY	     0xb8000
#define VGA_CELLS	     (VGA_TEXT_BYTES / 2)
#define VGA_PAGE_CELLS	     (VGA_COLUMNS * VGA_ROWS)
#define VGA_ATTRIBUTE_NORMAL 0x07 /* light grey on black */
#define VGA_TAB		     8

static volatile uint16_t *vga_cells(void)
{
	return phys(VGA_MEMORY);
}

static uint8_t crtc_read(uint8_t index)
{
	outb(VGA_CRTC_INDEX, index);
	return inb(VGA_CRTC_DATA);
}

static void crtc_write(uint8_t index, uint8_t value)
{
	outb(VGA_CRTC_INDEX, index);
	outb(VGA_CRTC_DATA, value);
}

static uint32_t crtc_read_place(uint8_t high, uint8_t low)
{
	return ((uint32_t)crtc_read(high) << 8 | crtc_read(low)) % VGA_CELLS;
}

static void crtc_write_place(uint8_t high, uint8_t low, uint32_t place)
{
	crtc_write(high, (uint8_t)(place >> 8));
	crtc_write(low, (uint8_t)place);
}

static bool vga_is_text(void)
{
	uint8_t misc;

	if (!(inb(VGA_MISC_READ) & VGA_MISC_COLOUR))
		return false;
	outb(VGA_GRAPHICS_INDEX, GRAPHICS_MISC);
	misc = inb(VGA_GRAPHICS_DATA);
	return !(misc & MISC_GRAPHICS) && (misc & MISC_MAP) == MISC_MAP_B8000 &&
	       crtc_read(CRTC_DISPLAY_END) == VGA_COLUMNS - 1;
}

static uint16_t vga_blank(const struct vga_text *screen)
{
	return (uint16_t)(screen->attribute << 8 | ' ');
}

/* Column VGA_COLUMNS means: the row is full, and wraps when one character more comes. */
static void vga_place_cursor(const struct vga_text *screen)
{
	uint32_t column = screen->column < VGA_COLUMNS ? screen->column : VGA_COLUMNS - 1;

	crtc_write_place(CRTC_CURSOR_HIGH, CRTC_CURSOR_LOW, screen->row * VGA_COLUMNS + column);
}

/* An underline, whatever shape the last owner gave it, or if it was off. */
static void vga_enable_cursor(void)
{
	uint8_t last = crtc_read(CRTC_MAX_SCAN_LINE) & SCAN_LINE_MASK;

	crtc_write(CRTC_CURSOR_START, last > 0 ? last - 1 : 0);
	crtc_write(CRTC_CURSOR_END, last);
}

/* Moves the page that is shown to the beginning of video memory. */
static void vga_unscroll(uint32_t start)
{
	volatile uint16_t *cells = vga_cells();
	uint16_t page[VGA_PAGE_CELLS];

	for (uint32_t i = 0; i < VGA_PAGE_CELLS; i++)
		page[i] = cells[(start + i) % VGA_CELLS];
	for (uint32_t i = 0; i < VGA_PAGE_CELLS; i++)
		cells[i] = page[i];
	crtc_write_place(CRTC_START_HIGH, CRTC_START_LOW, 0);
}

void vga_text_init(struct vga_text *screen)
{
	uint32_t start, cursor;

	screen->present = vga_is_text();
	screen->row = 0;
	screen->column = 0;
	screen->attribute = VGA_ATTRIBUTE_NORMAL;
	if (!screen->present)
		return;

	start = crtc_read_place(CRTC_START_HIGH, CRTC_START_LOW);
	cursor = crtc_read_place(CRTC_CURSOR_HIGH, CRTC_CURSOR_LOW);
	cursor = (cursor + VGA_CELLS - start) % VGA_CELLS;
	if (start != 0)
		vga_unscroll(start);
	vga_enable_cursor();

	/* A cursor that is off the page was hidden there: nothing says where the text ends. */
	if (cursor >= VGA_PAGE_CELLS)
		cursor = VGA_PAGE_CELLS - 1;
	screen->row = (uint8_t)(cursor / VGA_COLUMNS);
	screen->column = (uint8_t)(cursor % VGA_COLUMNS);
	if (screen->column > 0)
		vga_text_put(screen, '\n');
	vga_place_cursor(screen);
}

static void vga_new_line(struct vga_text *screen)
{
	volatile uint16_t *cells = vga_cells();

	screen->column = 0;
	if (screen->row + 1 < VGA_ROWS) {
		screen->row++;
		return;
	}
	for (uint32_t i = 0; i < VGA_PAGE_CELLS - VGA_COLUMNS; i++)
		cells[i] = cells[i + VGA_COLUMNS];
	for (uint32_t i = VGA_PAGE_CELLS - VGA_COLUMNS; i < VGA_PAGE_CELLS; i++)
		cells[i] = vga_blank(screen);
}

static void vga_put_printable(struct vga_text *screen, char c)
{
	if (screen->column == VGA_COLUMNS)
		vga_new_line(screen);
	vga_cells()[screen->row * VGA_COLUMNS + screen->column] =
		(uint16_t)(screen->attribute << 8 | (uint8_t)c);
	screen->column++;
}

void vga_text_put(struct vga_text *screen, char c)
{
	if (!screen->present)
		return;
	switch (c) {
	case '\n':
		vga_new_line(screen);
		break;
	case '\r':
		screen->column = 0;
		break;
	case '\b':
		if (screen->column > 0)
			screen->column--;
		break;
	case '\t':
		do
			vga_put_printable(screen, ' ');
		while (screen->column % VGA_TAB != 0);
		break;
	default:
		if ((uint8_t)c >= ' ')
			vga_put_printable(screen, c);
	}
	vga_place_cursor(screen);
}

void vga_text_clear(struct vga_text *screen)
{
	volatile uint16_t *cells = vga_cells();

	if (!screen->present)
		return;
	for (uint32_t i = 0; i < VGA_PAGE_CELLS; i++)
		cells[i] = vga_blank(screen);
	screen->row = 0;
	screen->column = 0;
	crtc_write_place(CRTC_START_HIGH, CRTC_START_LOW, 0);
	vga_place_cursor(screen);
}

void vga_text_clear_to_end(struct vga_text *screen)
{
	if (!screen->present)
		return;
	for (uint32_t column = screen->column; column < VGA_COLUMNS; column++)
		vga_cells()[screen->row * VGA_COLUMNS + column] = vga_blank(screen);
}

void vga_text_save(struct vga_text_state *state)
{
	volatile uint32_t *from = phys(VGA_MEMORY);

	state->text = vga_is_text();
	if (!state->text)
		return;
	for (uint8_t i = 0; i < VGA_CRTC_COUNT; i++)
		state->crtc[i] = crtc_read(i);
	for (uint32_t i = 0; i < VGA_TEXT_BYTES / sizeof(*from); i++)
		state->contents[i] = from[i];
}

void vga_text_load(const struct vga_text_state *state)
{
	volatile uint32_t *to = phys(VGA_MEMORY);

	if (!state->text || !vga_is_text())
		return;
	for (uint32_t i = 0; i < VGA_TEXT_BYTES / sizeof(*to); i++)
		to[i] = state->contents[i];
	crtc_write(CRTC_RETRACE_END, state->crtc[CRTC_RETRACE_END] & (uint8_t)~RETRACE_END_PROTECT);
	for (uint8_t i = 0; i < VGA_CRTC_COUNT; i++)
		if (i != CRTC_RETRACE_END)
			crtc_write(i, state->crtc[i]);
	crtc_write(CRTC_RETRACE_END, state->crtc[CRTC_RETRACE_END]);
}
