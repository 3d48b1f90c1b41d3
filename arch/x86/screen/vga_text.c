// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/screen/vga_text.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/screen/vga_ports.h"
#include "arch/x86/screen/vga_regs.h"
#include "arch/x86/screen/vga_state.h"

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
	return vga_read(VGA_CRTC_INDEX, index);
}

static void text_crtc_write(uint8_t index, uint8_t value)
{
	vga_write(VGA_CRTC_INDEX, index, value);
}

static uint32_t crtc_read_place(uint8_t high, uint8_t low)
{
	return ((uint32_t)crtc_read(high) << 8 | crtc_read(low)) % VGA_CELLS;
}

static void crtc_write_place(uint8_t high, uint8_t low, uint32_t place)
{
	text_crtc_write(high, (uint8_t)(place >> 8));
	text_crtc_write(low, (uint8_t)place);
}

static uint16_t vga_blank(const struct vga_text *screen)
{
	return (uint16_t)(screen->attribute << 8 | ' ');
}

/* Column VGA_COLUMNS means that the row is full. It wraps when one more character comes. */
static void vga_place_cursor(const struct vga_text *screen)
{
	uint32_t column = screen->column < VGA_COLUMNS ? screen->column : VGA_COLUMNS - 1;

	crtc_write_place(CRTC_CURSOR_HIGH, CRTC_CURSOR_LOW, screen->row * VGA_COLUMNS + column);
}

/*
 * Makes the cursor an underline. The last owner may have given it another shape, or switched it
 * off.
 */
static void vga_enable_cursor(void)
{
	uint8_t last = crtc_read(CRTC_MAX_SCAN_LINE) & SCAN_LINE_MASK;

	text_crtc_write(CRTC_CURSOR_START, last > 0 ? last - 1 : 0);
	text_crtc_write(CRTC_CURSOR_END, last);
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

	vga_take_back();
	screen->present = vga_is_text() && crtc_read(CRTC_DISPLAY_END) == VGA_COLUMNS - 1;
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

	/* A cursor outside of the page was hidden there. Then nothing says where the text ends. */
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
