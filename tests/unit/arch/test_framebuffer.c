// SPDX-License-Identifier: GPL-2.0-only
/* Tests of text on a framebuffer: which pixels are drawn, and which stay unchanged. */
#include <stdlib.h>
#include <string.h>
#include "arch/x86/screen/font.h"
#include "arch/x86/screen/framebuffer.h"
#include "cmocka.h"
#include "fake/fake.h"
#include "fake/fake_cpu.h"

#define BASE	 UINT64_C(0x480000000) /* above 4 GiB */
#define PICTURE	 UINT64_C(0x10000000)
#define POISON	 0x5e
#define GREY_888 0xaaaaaau
#define GREY_565 ((0xaau >> 3) << 11 | (0xaau >> 2) << 5 | 0xaau >> 3)

static struct framebuffer screen;
static uint8_t cells[FRAMEBUFFER_MAX_COLUMNS * FRAMEBUFFER_MAX_ROWS];
static uint8_t *pixels;

static struct boot_framebuffer make_mode(uint32_t width, uint32_t height, uint8_t bits)
{
	struct boot_framebuffer mode = {
		.base = BASE,
		.pitch = width * bits / 8 + 12,
		.width = width,
		.height = height,
		.bits = bits,
		.red = {16, 8},
		.green = {8, 8},
		.blue = {0, 8},
	};

	if (bits == 16) {
		mode.red.position = 11;
		mode.red.size = 5;
		mode.green.position = 5;
		mode.green.size = 6;
		mode.blue.size = 5;
	}
	return mode;
}

static void start_mode(uint32_t width, uint32_t height, uint8_t bits)
{
	struct boot_framebuffer mode = make_mode(width, height, bits);

	fake_reset();
	pixels = fake_memory(BASE, framebuffer_size(&mode), POISON);
	assert_null(framebuffer_fault(&mode));
	screen.cells = cells;
	framebuffer_set_mode(&screen, &mode);
	framebuffer_draw(&screen);
}

static int stop(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static void put_text(const char *text)
{
	for (; *text; text++)
		framebuffer_put(&screen, *text);
}

static uint32_t pixel(uint32_t x, uint32_t y)
{
	uint32_t bytes = screen.mode.bits / 8, value = 0;

	memcpy(&value, pixels + (uint64_t)y * screen.mode.pitch + x * bytes, bytes);
	return value;
}

/* The cell shows that character without a cursor. */
static void assert_cell(uint32_t row, uint32_t column, char c, uint32_t grey)
{
	const uint8_t *glyph = font_glyphs[c - FONT_FIRST];

	for (uint32_t y = 0; y < FONT_HEIGHT; y++)
		for (uint32_t x = 0; x < FONT_WIDTH; x++)
			assert_int_equal(pixel(column * FONT_WIDTH + x, row * FONT_HEIGHT + y),
					 glyph[y] & 0x80 >> x ? grey : 0);
}

static void draws_glyphs_in_each_depth(void **state)
{
	static const struct {
		uint8_t bits;
		uint32_t grey;
	} depths[] = {{32, GREY_888}, {24, GREY_888}, {16, GREY_565}};

	(void)state;
	for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++) {
		start_mode(643, 405, depths[i].bits);
		put_text("Ag\r\n~");
		assert_cell(0, 0, 'A', depths[i].grey);
		assert_cell(0, 1, 'g', depths[i].grey);
		assert_cell(0, 2, ' ', depths[i].grey);
		assert_cell(1, 0, '~', depths[i].grey);
		/* The cursor, an underline. */
		assert_int_equal(pixel(1 * FONT_WIDTH, 2 * FONT_HEIGHT - 1), depths[i].grey);
		assert_int_equal(pixel(1 * FONT_WIDTH, FONT_HEIGHT), 0);
	}
}

static void size_in_characters(void **state)
{
	(void)state;
	start_mode(647, 415, 32);
	assert_int_equal(screen.columns, 80);
	assert_int_equal(screen.rows, 25);
	start_mode(5120, 2880, 16);
	assert_int_equal(screen.columns, FRAMEBUFFER_MAX_COLUMNS);
	assert_int_equal(screen.rows, FRAMEBUFFER_MAX_ROWS);
	assert_int_equal(framebuffer_cells(&screen.mode), sizeof(cells));
}

/* Row `row` reads `text`, then blanks. */
static void assert_row(uint32_t row, const char *text)
{
	uint32_t length = (uint32_t)strlen(text);

	for (uint32_t column = 0; column < screen.columns; column++)
		if (row != screen.drawn_row || column != screen.drawn_column)
			assert_cell(row, column, column < length ? text[column] : ' ', GREY_888);
}

static void moves_as_text_mode_does(void **state)
{
	char full[81];

	(void)state;
	start_mode(640, 400, 32);
	put_text("abc\rX\tY\b\bZ\n");
	assert_row(0, "X      ZY"); /* the tab writes blanks */
	memset(full, '=', 80);
	full[80] = '\0';
	put_text(full); /* does not wrap yet */
	assert_int_equal(screen.row, 1);
	put_text("w\x01\xe9");
	assert_row(1, full);
	assert_row(2, "w?");
	put_text("\rv");
	framebuffer_clear_to_end(&screen);
	assert_row(2, "v");
	framebuffer_clear(&screen);
	for (uint32_t row = 0; row < screen.rows; row++)
		assert_row(row, "");
	put_text("top");
	assert_row(0, "top");
}

/* Text that is drawn in steps gives the same pixels as text that is drawn at once. */
static void keeps_what_it_shows(void **state)
{
	static const char characters[] = "etaoin shrdlu ETAOIN\n\n\n\r\b\t";
	uint8_t *drawn;
	size_t size;

	(void)state;
	srand(1);
	start_mode(656, 416, 32);
	size = framebuffer_size(&screen.mode);
	drawn = malloc(size);
	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < 400; i++)
			framebuffer_put(&screen,
					characters[(size_t)rand() % (sizeof(characters) - 1)]);
		memcpy(drawn, pixels, size);
		memset(pixels, POISON, size);
		framebuffer_draw(&screen);
		assert_memory_equal(drawn, pixels, size);
	}
	free(drawn);
}

/* Cells that do not change are not drawn, even when the text scrolls. */
static void draws_only_changes(void **state)
{
	(void)state;
	start_mode(640, 400, 32);
	for (uint32_t row = 0; row < 25; row++)
		put_text(row < 24 ? "same\n" : "same");
	memset(pixels, POISON, 4); /* in a cell that does not change */
	put_text("\nlast");
	assert_int_equal(pixels[0], POISON);
	assert_row(24, "last");
	put_text("\nmore");
	assert_row(23, "last");
	assert_row(24, "more");
}

static void faults(void **state)
{
	static const struct {
		const char *reason;
		size_t offset;
		uint32_t value;
		size_t size;
	} rows[] = {
#define FIELD(field) offsetof(struct boot_framebuffer, field)
		{"expected 16, 24 or 32 bits a pixel", FIELD(bits), 8, 1},
		{"expected 16, 24 or 32 bits a pixel", FIELD(bits), 15, 1},
		{"expected 16, 24 or 32 bits a pixel", FIELD(bits), 64, 1},
		{"colours lie beyond the pixel's bits", FIELD(red.position), 25, 1},
		{"colours lie beyond the pixel's bits", FIELD(green.size), 0, 1},
		{"colours lie beyond the pixel's bits", FIELD(blue.size), 255, 1},
		{"rows overlap", FIELD(pitch), 1024 * 4 - 1, 4},
		{"rows overlap", FIELD(width), UINT32_MAX, 4},
		{"expected 640x400 pixels at least", FIELD(width), 639, 4},
		{"expected 640x400 pixels at least", FIELD(height), 399, 4},
	};
	struct boot_framebuffer mode;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		mode = make_mode(1024, 768, 32);
		memcpy((uint8_t *)&mode + rows[i].offset, &rows[i].value, rows[i].size);
		assert_string_equal(framebuffer_fault(&mode), rows[i].reason);
	}
	mode = make_mode(1024, 768, 32);
	mode.base = 0;
	assert_string_equal(framebuffer_fault(&mode), "no such address");
	mode.base = UINT64_MAX - 4096;
	assert_string_equal(framebuffer_fault(&mode), "no such address");
}

static void save_and_load(void)
{
	uint8_t *picture;
	uint64_t size;

	start_mode(641, 401, 24); /* no multiple of 8 bytes */
	size = framebuffer_size(&screen.mode);
	assert_int_not_equal(size % 8, 0);
	picture = fake_memory(PICTURE, size, 0);
	for (uint64_t i = 0; i < size; i++)
		pixels[i] = (uint8_t)(i * 7 / 3);
	framebuffer_save(&screen.mode, PICTURE);
	assert_memory_equal(picture, pixels, size);
	framebuffer_blank(&screen.mode);
	for (uint64_t i = 0; i < size; i++)
		assert_int_equal(pixels[i], 0);
	framebuffer_restore(&screen.mode, PICTURE);
	assert_memory_equal(picture, pixels, size);
}

static void saves_and_loads(void **state)
{
	(void)state;
	fake_cpu_reset();
	save_and_load();
}

static void saves_by_streaming_loads(void **state)
{
	(void)state;
	fake_cpu_reset();
	fake_cpuid(CPUID_FEATURES, 0, (struct cpuid){.ecx = CPUID_1_ECX_SSE4_1});
	save_and_load();
}

#define TEST(name) cmocka_unit_test_teardown(name, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(draws_glyphs_in_each_depth),
		TEST(size_in_characters),
		TEST(moves_as_text_mode_does),
		TEST(keeps_what_it_shows),
		TEST(draws_only_changes),
		TEST(faults),
		TEST(saves_and_loads),
		TEST(saves_by_streaming_loads),
	};

	return cmocka_run_group_tests_name("framebuffer", tests, NULL, NULL);
}
