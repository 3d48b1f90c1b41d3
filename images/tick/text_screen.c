// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "text_screen.h"
#include "instructions.h"

#define CELLS (SCREEN_ROWS * SCREEN_COLUMNS)

static volatile uint16_t *cells(void)
{
	return (volatile uint16_t *)SCREEN_MEMORY;
}

static void place_cursor(const struct screen *screen)
{
	uint32_t place = screen->row * SCREEN_COLUMNS + screen->column;

	outb(CRTC_INDEX, CRTC_CURSOR_HIGH);
	outb(CRTC_DATA, (uint8_t)(place >> 8));
	outb(CRTC_INDEX, CRTC_CURSOR_LOW);
	outb(CRTC_DATA, (uint8_t)place);
}

void screen_init(struct screen *screen, bool present)
{
	*screen = (struct screen){.present = present};
	if (!present)
		return;
	for (uint32_t i = 0; i < CELLS; i++)
		cells()[i] = SCREEN_BLANK;
	place_cursor(screen);
}

static void new_line(struct screen *screen)
{
	screen->column = 0;
	if (screen->row < SCREEN_ROWS - 1) {
		screen->row++;
		return;
	}
	for (uint32_t i = 0; i < CELLS - SCREEN_COLUMNS; i++)
		cells()[i] = cells()[i + SCREEN_COLUMNS];
	for (uint32_t i = CELLS - SCREEN_COLUMNS; i < CELLS; i++)
		cells()[i] = SCREEN_BLANK;
}

void screen_put(struct screen *screen, char c)
{
	if (!screen->present)
		return;
	if (c == '\n') {
		new_line(screen);
	} else {
		cells()[screen->row * SCREEN_COLUMNS + screen->column] =
			(uint16_t)((SCREEN_BLANK & 0xff00) | (uint8_t)c);
		if (++screen->column == SCREEN_COLUMNS)
			new_line(screen);
	}
	place_cursor(screen);
}
