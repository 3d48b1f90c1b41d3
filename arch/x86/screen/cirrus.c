// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/screen/cirrus.h"
#include "arch/x86/cpu/io.h"
#include "arch/x86/screen/vga_regs.h"
#include "lib/string.h"

#define SEQUENCER_UNLOCK 0x06
#define UNLOCKED	 0x12

/*
 * The mask of the DAC's colours and the hidden register share a port: after four reads, the next
 * access is to the hidden one.
 */
#define DAC_KNOCKS     4
#define DAC_KNOCKS_MAX (2 * DAC_KNOCKS + 2)

/*
 * In the order of writing. The last one decides how the CPU sees video memory, and that is worked
 * out when it is written.
 */
static const struct {
	uint16_t port;
	uint8_t index;
} place[CIRRUS_COUNT] = {
	{VGA_SEQUENCER_INDEX, 0x07}, /* pixels of more than 4 bits; their size */
	{VGA_SEQUENCER_INDEX, 0x12}, /* the hardware's cursor */
	{VGA_CRTC_INDEX, 0x1a},	     /* interlace, high bits of blanking */
	{VGA_CRTC_INDEX, 0x1b},	     /* high bits of pitch and start */
	{VGA_CRTC_INDEX, 0x1d},	     /* the start's highest bit */
	{VGA_GRAPHICS_INDEX, 0x05},  /* the VGA's mode register has a bit more: 256 colours */
	{VGA_GRAPHICS_INDEX, 0x09},  /* banks of memory, */
	{VGA_GRAPHICS_INDEX, 0x0a},  {VGA_GRAPHICS_INDEX, 0x0b}, /* and how they are used */
};

static uint8_t get(uint16_t port, uint8_t index)
{
	outb(port, index);
	return inb(port + 1);
}

static void put(uint16_t port, uint8_t index, uint8_t value)
{
	outb(port, index);
	outb(port + 1, value);
}

/*
 * How many reads there were before is not known, so it reads until something else comes than the
 * mask, which nobody changes.
 */
static uint8_t read_hidden_dac(void)
{
	uint8_t value = DAC_MASK_ALL;

	for (uint32_t i = 0; i < DAC_KNOCKS_MAX && value == DAC_MASK_ALL; i++)
		value = inb(VGA_DAC_MASK);
	return value;
}

static void write_hidden_dac(uint8_t value)
{
	read_hidden_dac();
	for (uint32_t i = 0; i < DAC_KNOCKS; i++)
		inb(VGA_DAC_MASK);
	outb(VGA_DAC_MASK, value);
}

void cirrus_read(struct cirrus_registers *registers)
{
	for (uint32_t i = 0; i < CIRRUS_COUNT; i++)
		registers->value[i] = get(place[i].port, place[i].index);
	registers->hidden_dac = read_hidden_dac();
}

void cirrus_write(const struct cirrus_registers *registers, const struct cirrus_registers *now)
{
	uint8_t lock;

	if (!memcmp(registers, now, sizeof(*registers)))
		return;
	lock = get(VGA_SEQUENCER_INDEX, SEQUENCER_UNLOCK);
	put(VGA_SEQUENCER_INDEX, SEQUENCER_UNLOCK, UNLOCKED);
	for (uint32_t i = 0; i < CIRRUS_COUNT; i++)
		put(place[i].port, place[i].index, registers->value[i]);
	put(VGA_SEQUENCER_INDEX, SEQUENCER_UNLOCK, lock);
	write_hidden_dac(registers->hidden_dac);
}
