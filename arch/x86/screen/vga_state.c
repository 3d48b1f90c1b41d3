// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/screen/vga_state.h"
#include "arch/x86/cpu/io.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/screen/vga_ports.h"
#include "arch/x86/screen/vga_regs.h"
#include "lib/string.h"

#define FONT_MEMORY 0xa0000
#define FONT_WORDS  (VGA_FONT_BYTES / sizeof(uint64_t))
#define TEXT_MEMORY 0xb8000
#define TEXT_WORDS  (VGA_TEXT_BYTES / sizeof(uint64_t))
#define FONT_PLANE  2
#define BLANK_CELLS 0x0720072007200720ull /* four blanks, light grey on black */

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
} own;

static bool is_present(void)
{
	return inb(VGA_MISC_READ) != VGA_MISC_ABSENT;
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

/* Returns the font's hash. Copies the font to font, which may be NULL. */
static uint64_t save_font(const struct vga_registers *registers, uint64_t *font)
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
	own.adapter_hash = hash;
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

void vga_save(struct vga_state *state)
{
	volatile uint64_t *from = phys(TEXT_MEMORY);

	state->present = is_present();
	state->text = vga_is_text();
	if (!state->present)
		return;
	vga_registers_read(&state->registers);
	own.adapter_hash = 0;
	if (!state->text)
		return;
	for (uint32_t i = 0; i < TEXT_WORDS; i++)
		state->contents[i] = from[i];
	state->font_hash = save_font(&state->registers, NULL);
	vga_indices_write(&state->registers);
}

bool vga_font_differs(const struct vga_state *state)
{
	return state->present && state->text && state->font_hash != own.font_hash;
}

void vga_font_save(void *font)
{
	struct vga_registers registers;

	vga_registers_read(&registers);
	save_font(&registers, font);
	vga_indices_write(&registers);
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

/* Memory is written after the mode, because the mode decides where the memory is visible. */
void vga_restore(const struct vga_state *state)
{
	volatile uint64_t *to = phys(TEXT_MEMORY);

	if (!state->present || !is_present())
		return;
	vga_registers_write(&state->registers);
	if (state->text) {
		load_font_of(state);
		for (uint32_t i = 0; i < TEXT_WORDS; i++)
			to[i] = state->contents[i];
	}
	vga_indices_write(&state->registers);
}

void vga_keep(void)
{
	own.kept = is_present();
	own.text = vga_is_text();
	if (!own.kept)
		return;
	vga_registers_read(&own.registers);
	if (own.text)
		own.font_hash = save_font(&own.registers, own.font);
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
	struct vga_registers registers = own.registers;
	bool text = vga_is_text();

	if (!own.kept || !is_present())
		return;
	if (text && own.text)
		keep_places(&registers);
	vga_registers_write(&registers);
	if (!own.text)
		return;
	load_font(&registers, own.font, own.font_hash);
	for (uint32_t i = 0; i < TEXT_WORDS && !text; i++)
		to[i] = BLANK_CELLS;
}
