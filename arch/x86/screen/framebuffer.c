// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/screen/framebuffer.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/screen/font.h"
#include "arch/x86/memory/phys.h"
#include "lib/string.h"

#define GREY	      0xaau /* of 255: VGA's light grey, for all three colours */
#define GREY_BITS     8
#define TAB	      8
#define BITS_PER_BYTE 8
#define BLOCK	      64  /* bytes: a line of the CPU's caches */
#define CURSOR_ROWS   2	  /* of the glyph, from its bottom */
#define UNKNOWN	      '?' /* shown for what has no glyph */

static uint32_t bytes_per_pixel(const struct boot_framebuffer *mode)
{
	return mode->bits / BITS_PER_BYTE;
}

uint64_t framebuffer_size(const struct boot_framebuffer *mode)
{
	return (uint64_t)mode->pitch * mode->height;
}

static bool field_fits(uint32_t position, uint32_t size, uint32_t bits)
{
	return size > 0 && position + size <= bits;
}

const char *framebuffer_fault(const struct boot_framebuffer *mode)
{
	if (mode->bits != 16 && mode->bits != 24 && mode->bits != 32)
		return "expected 16, 24 or 32 bits a pixel";
	if (!field_fits(mode->red.position, mode->red.size, mode->bits) ||
	    !field_fits(mode->green.position, mode->green.size, mode->bits) ||
	    !field_fits(mode->blue.position, mode->blue.size, mode->bits))
		return "colours lie beyond the pixel's bits";
	if (mode->pitch / bytes_per_pixel(mode) < mode->width)
		return "rows overlap";
	if (mode->width / FONT_WIDTH < FRAMEBUFFER_MIN_COLUMNS ||
	    mode->height / FONT_HEIGHT < FRAMEBUFFER_MIN_ROWS)
		return "expected 640x400 pixels at least";
	if (!mode->base || mode->base + framebuffer_size(mode) < mode->base)
		return "no such address";
	return NULL;
}

/* The value of one colour's field in a pixel that is GREY. */
static uint32_t grey_field(uint32_t position, uint32_t size)
{
	uint32_t value = size < GREY_BITS ? GREY >> (GREY_BITS - size) : GREY << (size - GREY_BITS);

	return value << position;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t columns_of(const struct boot_framebuffer *mode)
{
	return smaller(mode->width / FONT_WIDTH, FRAMEBUFFER_MAX_COLUMNS);
}

static uint32_t rows_of(const struct boot_framebuffer *mode)
{
	return smaller(mode->height / FONT_HEIGHT, FRAMEBUFFER_MAX_ROWS);
}

uint32_t framebuffer_cells(const struct boot_framebuffer *mode)
{
	return columns_of(mode) * rows_of(mode);
}

void framebuffer_set_mode(struct framebuffer *screen, const struct boot_framebuffer *mode)
{
	*screen = (struct framebuffer){
		.present = true,
		.mode = *mode,
		.columns = columns_of(mode),
		.rows = rows_of(mode),
		.cells = screen->cells,
	};
	memset(screen->cells, 0, framebuffer_cells(mode));
	screen->foreground = grey_field(mode->red.position, mode->red.size) |
			     grey_field(mode->green.position, mode->green.size) |
			     grey_field(mode->blue.position, mode->blue.size);
}

/* 24 bits are written as three bytes, since no wider store would be aligned. */
static void put_pixel(volatile uint8_t *to, uint8_t bits, uint32_t pixel)
{
	switch (bits) {
	case 32:
		*(volatile uint32_t *)to = pixel;
		break;
	case 24:
		to[0] = (uint8_t)pixel;
		to[1] = (uint8_t)(pixel >> 8);
		to[2] = (uint8_t)(pixel >> 16);
		break;
	case 16:
		*(volatile uint16_t *)to = (uint16_t)pixel;
	}
}

/* Draws one row of a glyph. It begins at pixel `to`. */
static void draw_row(const struct framebuffer *screen, volatile uint8_t *to, uint8_t glyph)
{
	for (uint32_t i = 0; i < FONT_WIDTH; i++, to += bytes_per_pixel(&screen->mode))
		put_pixel(to, screen->mode.bits,
			  glyph & 1u << (FONT_WIDTH - 1 - i) ? screen->foreground : 0);
}

static const uint8_t *glyph_of(uint8_t c)
{
	if (c == 0)
		c = ' ';
	if (c < FONT_FIRST || c >= FONT_FIRST + FONT_GLYPHS)
		c = UNKNOWN;
	return font_glyphs[c - FONT_FIRST];
}

static uint8_t *cell_at(const struct framebuffer *screen, uint32_t row, uint32_t column)
{
	return &screen->cells[row * screen->columns + column];
}

static void draw_cell(const struct framebuffer *screen, uint32_t row, uint32_t column, bool cursor)
{
	const struct boot_framebuffer *mode = &screen->mode;
	const uint8_t *glyph = glyph_of(*cell_at(screen, row, column));
	volatile uint8_t *to = phys(mode->base + (uint64_t)row * FONT_HEIGHT * mode->pitch +
				    (uint64_t)column * FONT_WIDTH * bytes_per_pixel(mode));

	for (uint32_t i = 0; i < FONT_HEIGHT; i++, to += mode->pitch)
		draw_row(screen, to, cursor && i >= FONT_HEIGHT - CURSOR_ROWS ? 0xff : glyph[i]);
}

static void set_cell(struct framebuffer *screen, uint32_t row, uint32_t column, uint8_t c)
{
	if (*cell_at(screen, row, column) == c)
		return;
	*cell_at(screen, row, column) = c;
	draw_cell(screen, row, column, false);
}

static void hide_cursor(struct framebuffer *screen)
{
	draw_cell(screen, screen->drawn_row, screen->drawn_column, false);
}

static void show_cursor(struct framebuffer *screen)
{
	screen->drawn_row = screen->row;
	screen->drawn_column = smaller(screen->column, screen->columns - 1);
	draw_cell(screen, screen->drawn_row, screen->drawn_column, true);
}

void framebuffer_draw(struct framebuffer *screen)
{
	if (!screen->present)
		return;
	framebuffer_blank(&screen->mode);
	for (uint32_t row = 0; row < screen->rows; row++)
		for (uint32_t column = 0; column < screen->columns; column++)
			if (*cell_at(screen, row, column))
				draw_cell(screen, row, column, false);
	show_cursor(screen);
}

static void clear_row(struct framebuffer *screen, uint32_t row, uint32_t from)
{
	for (uint32_t column = from; column < screen->columns; column++)
		set_cell(screen, row, column, 0);
}

static void new_line(struct framebuffer *screen)
{
	screen->column = 0;
	if (screen->row + 1 < screen->rows) {
		screen->row++;
		return;
	}
	for (uint32_t row = 0; row + 1 < screen->rows; row++)
		for (uint32_t column = 0; column < screen->columns; column++)
			set_cell(screen, row, column, *cell_at(screen, row + 1, column));
	clear_row(screen, screen->row, 0);
}

static void put_printable(struct framebuffer *screen, char c)
{
	if (screen->column == screen->columns)
		new_line(screen);
	set_cell(screen, screen->row, screen->column, c == ' ' ? 0 : (uint8_t)c);
	screen->column++;
}

void framebuffer_put(struct framebuffer *screen, char c)
{
	if (!screen->present)
		return;
	hide_cursor(screen);
	switch (c) {
	case '\n':
		new_line(screen);
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
			put_printable(screen, ' ');
		while (screen->column % TAB != 0);
		break;
	default:
		if ((uint8_t)c >= ' ')
			put_printable(screen, c);
	}
	show_cursor(screen);
}

void framebuffer_clear(struct framebuffer *screen)
{
	if (!screen->present)
		return;
	hide_cursor(screen);
	for (uint32_t row = 0; row < screen->rows; row++)
		clear_row(screen, row, 0);
	screen->row = 0;
	screen->column = 0;
	show_cursor(screen);
}

void framebuffer_clear_to_end(struct framebuffer *screen)
{
	if (!screen->present)
		return;
	clear_row(screen, screen->row, screen->column);
	show_cursor(screen);
}

/* Copies eight bytes at a time. A framebuffer is not cached, so each access goes over the bus. */
static void copy(void *to, const void *from, uint64_t size)
{
	uint64_t count = size / sizeof(uint64_t);

	__asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
	count = size % sizeof(uint64_t);
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
}

/*
 * Copies blocks of BLOCK bytes. Where writes to the framebuffer are combined, streaming loads fetch a
 * whole block in one access of the bus (SDM volume 1, 12.10.3); elsewhere they are usual loads. The
 * compiler keeps nothing in vector registers, and a slot's are saved.
 */
__attribute__((noinline)) static void copy_streaming(void *to, const void *from, uint64_t blocks)
{
	__asm__ volatile("mfence\n"
			 "1:\tmovntdqa (%1), %%xmm0\n\t"
			 "movntdqa 16(%1), %%xmm1\n\t"
			 "movntdqa 32(%1), %%xmm2\n\t"
			 "movntdqa 48(%1), %%xmm3\n\t"
			 "movdqa %%xmm0, (%0)\n\t"
			 "movdqa %%xmm1, 16(%0)\n\t"
			 "movdqa %%xmm2, 32(%0)\n\t"
			 "movdqa %%xmm3, 48(%0)\n\t"
			 "add $64, %0\n\t"
			 "add $64, %1\n\t"
			 "dec %2\n\t"
			 "jnz 1b"
			 : "+r"(to), "+r"(from), "+r"(blocks)
			 :
			 : "memory", "cc");
}

void framebuffer_save(const struct boot_framebuffer *mode, uint64_t to)
{
	uint64_t size = framebuffer_size(mode), streamed = size / BLOCK * BLOCK;

	if (!(cpuid(CPUID_FEATURES, 0).ecx & CPUID_1_ECX_SSE4_1) || (mode->base | to) % BLOCK)
		streamed = 0;
	if (streamed)
		copy_streaming(phys(to), phys(mode->base), streamed / BLOCK);
	copy(phys(to + streamed), phys(mode->base + streamed), size - streamed);
}

void framebuffer_restore(const struct boot_framebuffer *mode, uint64_t from)
{
	copy(phys(mode->base), phys(from), framebuffer_size(mode));
}

void framebuffer_blank(const struct boot_framebuffer *mode)
{
	uint64_t size = framebuffer_size(mode), count = size / sizeof(uint64_t);
	void *to = phys(mode->base);

	__asm__ volatile("rep stosq" : "+D"(to), "+c"(count) : "a"(0ull) : "memory");
	count = size % sizeof(uint64_t);
	__asm__ volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(0) : "memory");
}
