// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/screen/vga_state.h"
#include "arch/x86/cpu/io.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/screen/adapter.h"
#include "arch/x86/screen/vga_ports.h"
#include "arch/x86/screen/vga_regs.h"
#include "lib/string.h"

#define FONT_MEMORY   0xa0000
#define FONT_WORDS    (VGA_FONT_BYTES / sizeof(uint64_t))
#define TEXT_MEMORY   0xb8000
#define TEXT_WORDS    (VGA_TEXT_BYTES / sizeof(uint64_t))
#define FONT_PLANE    2
#define CELLS_OF_WORD (sizeof(uint64_t) / 2)
#define BLANK_CELLS   0x0720072007200720ull /* four blanks, light grey on black */

/* FNV-1a (Fowler, Noll, Vo), by words. */
#define HASH_START 0xcbf29ce484222325ull
#define HASH_PRIME 0x100000001b3ull

/* The monitor's own mode, and what the monitor knows about the adapter. */
static struct {
	bool kept, text;
	struct vga_registers registers;
	uint64_t font[FONT_WORDS];
	uint64_t font_hash;
	/*
	 * The hash of the font that the adapter has, 0 if it is not known. Save reads the font
	 * anyway. With its hash, load knows whether it has to write 64 KiB through a narrow window.
	 */
	uint64_t adapter_hash;
	const uint64_t *restored_font; /* what vga_font_restore() was given */
	/* Of the slot whose font vga_font_save() reads; NULL: none. */
	const struct vga_registers *unkept;
	const struct vga_state *shown; /* what was restored last, with its own font */
} own;

static bool vga_answers(void)
{
	return inb(VGA_MISC_READ) != VGA_MISC_ABSENT;
}

/* A machine without a VGA at its start never gets one, so it is not asked again. */
static bool is_present(void)
{
	return own.kept && vga_answers();
}

bool vga_is_text(void)
{
	uint8_t index, misc;

	if (!is_present() || !(inb(VGA_MISC_READ) & VGA_MISC_COLOUR))
		return false;
	index = inb(VGA_GRAPHICS_INDEX);
	misc = vga_read(VGA_GRAPHICS_INDEX, GRAPHICS_MISC);
	outb(VGA_GRAPHICS_INDEX, index);
	return !(misc & MISC_GRAPHICS) && (misc & MISC_MAP) == MISC_MAP_B8000;
}

/*
 * Makes plane 2 alone visible at 0xa0000, byte by byte, for reading and writing. The other planes,
 * which hold the text, are not touched.
 */
static void open_font(void)
{
	vga_write(VGA_SEQUENCER_INDEX, SEQUENCER_MAP_MASK, 1 << FONT_PLANE);
	vga_write(VGA_SEQUENCER_INDEX, SEQUENCER_MEMORY_MODE, MEMORY_EXTENDED | MEMORY_SEQUENTIAL);
	vga_write(VGA_GRAPHICS_INDEX, GRAPHICS_ENABLE_SET_RESET, 0);
	vga_write(VGA_GRAPHICS_INDEX, GRAPHICS_ROTATE, 0);
	vga_write(VGA_GRAPHICS_INDEX, GRAPHICS_READ_MAP, FONT_PLANE);
	vga_write(VGA_GRAPHICS_INDEX, GRAPHICS_MODE, 0);
	vga_write(VGA_GRAPHICS_INDEX, GRAPHICS_MISC, MISC_MAP_A0000);
	vga_write(VGA_GRAPHICS_INDEX, GRAPHICS_BIT_MASK, BIT_MASK_ALL);
}

static void close_font(const struct vga_registers *registers)
{
	for (uint8_t i = SEQUENCER_MAP_MASK; i < VGA_SEQUENCER_COUNT; i++)
		vga_write(VGA_SEQUENCER_INDEX, i, registers->sequencer[i]);
	for (uint8_t i = 0; i < VGA_GRAPHICS_COUNT; i++)
		vga_write(VGA_GRAPHICS_INDEX, i, registers->graphics[i]);
}

/* Reads the font, which may be NULL, and returns its hash. */
static uint64_t read_font(const struct vga_registers *registers, uint64_t *font)
{
	volatile uint64_t *from = phys(FONT_MEMORY);
	uint64_t hash = HASH_START;

	open_font();
	for (uint32_t i = 0; i < FONT_WORDS; i++) {
		uint64_t word = from[i];

		if (font)
			font[i] = word;
		hash = (hash ^ word) * HASH_PRIME;
	}
	close_font(registers);
	return hash;
}

static void load_font(const struct vga_registers *registers, const uint64_t *font, uint64_t hash)
{
	volatile uint64_t *to = phys(FONT_MEMORY);

	if (hash == own.adapter_hash)
		return;
	open_font();
	for (uint32_t i = 0; i < FONT_WORDS; i++)
		to[i] = font[i];
	close_font(registers);
	own.adapter_hash = hash;
}

static bool shows_text(const struct vga_registers *registers)
{
	uint8_t misc = registers->graphics[GRAPHICS_MISC];

	return registers->misc & VGA_MISC_COLOUR && !(misc & MISC_GRAPHICS) &&
	       (misc & MISC_MAP) == MISC_MAP_B8000;
}

/* The page that is shown, in words. All of the text memory if it is larger, or if it is split. */
static void find_page(const struct vga_registers *registers, struct vga_state *state)
{
	const uint8_t *crtc = registers->crtc;
	uint32_t overflow = crtc[CRTC_OVERFLOW];
	uint32_t lines = crtc[CRTC_DISPLAY_LINES] | (overflow & OVERFLOW_LINES_8) << 7 |
			 (overflow & OVERFLOW_LINES_9) << 3;
	uint32_t compare = crtc[CRTC_LINE_COMPARE] | (overflow & OVERFLOW_COMPARE_8) << 4 |
			   (crtc[CRTC_MAX_SCAN_LINE] & (uint32_t)SCAN_LINE_COMPARE_9) << 3;
	uint32_t rows = lines / ((crtc[CRTC_MAX_SCAN_LINE] & SCAN_LINE_MASK) + 1u) + 1;
	uint32_t start = (uint32_t)crtc[CRTC_START_HIGH] << 8 | crtc[CRTC_START_LOW];
	uint32_t cells = rows * crtc[CRTC_PITCH] * 2;
	uint32_t end = (start + cells + CELLS_OF_WORD - 1) / CELLS_OF_WORD;

	state->first_word = start / CELLS_OF_WORD;
	state->words = end - state->first_word;
	state->first_word %= TEXT_WORDS;
	if (state->words > TEXT_WORDS || compare < lines) {
		state->first_word = 0;
		state->words = TEXT_WORDS;
	}
}

static void save_text(struct vga_state *state, uint32_t spared)
{
	volatile uint64_t *from = phys(TEXT_MEMORY);

	state->first_word = 0;
	state->words = spared & VGA_SPARE_TEXT ? 0 : TEXT_WORDS;
	if (spared & VGA_SPARE_HIDDEN && state->words)
		find_page(&state->registers, state);
	for (uint32_t i = 0; i < state->words; i++) {
		uint32_t word = (state->first_word + i) % TEXT_WORDS;

		state->contents[word] = from[word];
	}
}

/*
 * True if a slot has the fonts and colours that vga_restore() gave it, so that they are in its
 * state. It says so, but it may not have got them, or its memory was another slot's since.
 */
static bool has_what_it_got(const struct vga_state *state, uint32_t spared)
{
	return spared & VGA_SPARE_SAME_FONTS && own.shown == state && state->present && state->text;
}

void vga_save(struct vga_state *state, uint32_t spared)
{
	bool own_fonts = spared & VGA_SPARE_FONTS && own.text;
	bool known = own_fonts || has_what_it_got(state, spared);

	own.shown = NULL;
	own.unkept = NULL;
	state->present = is_present();
	state->text = false;
	if (!state->present)
		return;
	if (own_fonts)
		vga_colours_copy(&state->registers, &own.registers);
	vga_registers_read(&state->registers, !known);
	state->text = shows_text(&state->registers);
	own.adapter_hash = 0; /* a graphics mode may have used the memory of the font */
	if (!state->text)
		return;
	save_text(state, spared);
	if (own_fonts)
		state->font_hash = own.font_hash;
	if (!known) {
		state->font_hash = read_font(&state->registers, NULL);
		own.unkept = &state->registers;
	}
	own.adapter_hash = state->font_hash;
}

bool vga_font_differs(const struct vga_state *state)
{
	return own.kept && state->present && state->text && state->font_hash != own.font_hash;
}

void vga_font_save(void *font)
{
	if (own.unkept)
		read_font(own.unkept, font);
	own.unkept = NULL;
}

void vga_font_restore(const void *font)
{
	own.restored_font = font;
}

static void load_font_of(const struct vga_state *state)
{
	if (vga_font_differs(state) && own.restored_font)
		load_font(&state->registers, own.restored_font, state->font_hash);
	else if (own.text)
		load_font(&state->registers, own.font, own.font_hash);
}

static bool has_word(const struct vga_state *state, uint32_t word)
{
	return (word + TEXT_WORDS - state->first_word) % TEXT_WORDS < state->words;
}

/* True if the text memory of both is seen in the same way. */
static bool same_view(const struct vga_state *a, const struct vga_state *b)
{
	return a->text && b->text &&
	       !memcmp(a->registers.sequencer, b->registers.sequencer, VGA_SEQUENCER_COUNT) &&
	       !memcmp(a->registers.graphics, b->registers.graphics, VGA_GRAPHICS_COUNT);
}

static void load_text(const struct vga_state *state, const struct vga_state *now)
{
	volatile uint64_t *to = phys(TEXT_MEMORY);

	if (now && !same_view(state, now))
		now = NULL;
	for (uint32_t i = 0; i < state->words; i++) {
		uint32_t word = (state->first_word + i) % TEXT_WORDS;

		if (!now || !has_word(now, word) || now->contents[word] != state->contents[word])
			to[word] = state->contents[word];
	}
}

/* Memory is written after the mode, because the mode decides where the memory is visible. */
void vga_restore(const struct vga_state *state, const struct vga_state *now)
{
	struct vga_registers registers = {0};

	own.shown = vga_font_differs(state) && !own.restored_font ? NULL : state;
	adapter_take_back();
	if (!state->present || !is_present())
		return;
	if (!now)
		vga_registers_read(&registers, true);
	vga_registers_write(&state->registers, now ? &now->registers : &registers);
	if (state->text) {
		load_font_of(state);
		load_text(state, now);
	}
	vga_indices_write(&state->registers);
}

uint32_t vga_state_size(void)
{
	return own.kept ? sizeof(struct vga_state) : 0;
}

void vga_keep(void)
{
	own.kept = vga_answers();
	own.text = vga_is_text();
	if (!own.kept)
		return;
	vga_registers_read(&own.registers, true);
	if (own.text)
		own.font_hash = own.adapter_hash = read_font(&own.registers, own.font);
	vga_indices_write(&own.registers);
}

void vga_keep_more(void)
{
	if (own.kept && adapter_is_cirrus()) {
		vga_registers_read(&own.registers, true);
		vga_indices_write(&own.registers);
	}
}

/* Keeps the start of the page that is shown, and the cursor, if the mode was a text mode before. */
static void keep_places(struct vga_registers *registers)
{
	for (uint8_t i = CRTC_START_HIGH; i <= CRTC_CURSOR_LOW; i++)
		registers->crtc[i] = vga_read(VGA_CRTC_INDEX, i);
}

void vga_take_back(void)
{
	volatile uint64_t *to = phys(TEXT_MEMORY);
	struct vga_registers registers = own.registers, now = {0};
	bool text;

	own.shown = NULL;
	adapter_take_back();
	text = vga_is_text();
	if (!is_present())
		return;
	if (text && own.text)
		keep_places(&registers);
	vga_registers_read(&now, true);
	vga_registers_write(&registers, &now);
	if (own.text)
		load_font(&registers, own.font, own.font_hash);
	for (uint32_t i = 0; i < TEXT_WORDS && own.text && !text; i++)
		to[i] = BLANK_CELLS;
	vga_indices_write(&registers);
}
