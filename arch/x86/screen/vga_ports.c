// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/screen/vga_ports.h"
#include "arch/x86/screen/adapter.h"
#include "arch/x86/screen/vga_regs.h"
#include "lib/string.h"

static uint16_t vbe_read(uint16_t index)
{
	outw(VBE_INDEX, index);
	return inw(VBE_DATA);
}

static void vbe_write(uint16_t index, uint16_t value)
{
	outw(VBE_INDEX, index);
	outw(VBE_DATA, value);
}

static bool is_vbe(uint16_t id)
{
	return (id & VBE_ID_MASK) == VBE_ID_BOCHS;
}

static void vbe_registers_read(struct vga_registers *registers)
{
	registers->index.vbe = inw(VBE_INDEX);
	registers->vbe[VBE_ID] = vbe_read(VBE_ID);
	if (!is_vbe(registers->vbe[VBE_ID]))
		return;
	for (uint16_t i = VBE_ID + 1; i < VGA_VBE_COUNT; i++)
		registers->vbe[i] = vbe_read(i);
}

/*
 * Size and depth are set while the extensions are off. Switching them on resets the offsets, so the
 * offsets are written after that. The extensions also change VGA registers, so this runs before all
 * other writes.
 */
static void vbe_registers_write(const struct vga_registers *registers)
{
	static const uint8_t before[] = {VBE_X, VBE_Y, VBE_DEPTH};
	static const uint8_t after[] = {VBE_VIRTUAL_WIDTH, VBE_X_OFFSET, VBE_Y_OFFSET, VBE_BANK};
	uint16_t enable = registers->vbe[VBE_ENABLE];

	if (!is_vbe(registers->vbe[VBE_ID]))
		return;
	if (vbe_read(VBE_ENABLE) & VBE_ENABLED)
		vbe_write(VBE_ENABLE, 0);
	for (uint32_t i = 0; i < sizeof(before); i++)
		vbe_write(before[i], registers->vbe[before[i]]);
	if (enable & VBE_ENABLED)
		vbe_write(VBE_ENABLE, enable | VBE_KEEP_MEMORY);
	vbe_write(VBE_ENABLE, enable); /* without "keep memory", which would read back */
	for (uint32_t i = 0; i < sizeof(after); i++)
		vbe_write(after[i], registers->vbe[after[i]]);
}

/* The index of the attribute controller also says whether the screen shows, so it is written back. */
static void attributes_read(struct vga_registers *registers, uint8_t first)
{
	inb(VGA_STATUS);
	registers->attribute_index = inb(VGA_ATTRIBUTE);
	for (uint8_t i = first; i < VGA_ATTRIBUTE_COUNT; i++) {
		inb(VGA_STATUS);
		outb(VGA_ATTRIBUTE, i);
		registers->attribute[i] = inb(VGA_ATTRIBUTE_READ);
	}
	inb(VGA_STATUS);
	outb(VGA_ATTRIBUTE, registers->attribute_index);
	inb(VGA_STATUS);
}

static void attributes_write(const struct vga_registers *registers, const struct vga_registers *now)
{
	inb(VGA_STATUS);
	for (uint8_t i = 0; i < VGA_ATTRIBUTE_COUNT; i++) {
		if (now->attribute[i] == registers->attribute[i])
			continue;
		outb(VGA_ATTRIBUTE, i);
		outb(VGA_ATTRIBUTE, registers->attribute[i]);
	}
	outb(VGA_ATTRIBUTE, registers->attribute_index);
	inb(VGA_STATUS);
}

static void dac_read(struct vga_registers *registers)
{
	/* A Cirrus answers with another register at some reads. */
	registers->dac_mask = adapter_is_cirrus() ? DAC_MASK_ALL : inb(VGA_DAC_MASK);
	outb(VGA_DAC_READ_INDEX, 0);
	for (uint32_t colour = 0; colour < VGA_COLOURS; colour++)
		for (uint32_t part = 0; part < sizeof(registers->dac[colour]); part++)
			registers->dac[colour][part] = inb(VGA_DAC_DATA);
}

#define DIFFERS(a, b, part) (memcmp(&(a)->part, &(b)->part, sizeof((a)->part)) != 0)

static void dac_write(const struct vga_registers *registers, const struct vga_registers *now)
{
	if (now->dac_mask != registers->dac_mask)
		outb(VGA_DAC_MASK, registers->dac_mask);
	for (uint32_t colour = 0; colour < VGA_COLOURS; colour++) {
		if (!DIFFERS(now, registers, dac[colour]))
			continue;
		outb(VGA_DAC_WRITE_INDEX, (uint8_t)colour);
		for (uint32_t part = 0; part < sizeof(registers->dac[colour]); part++)
			outb(VGA_DAC_DATA, registers->dac[colour][part]);
	}
}

/* The registers of which there is a set behind an index, the attribute controller's apart. */
static void indexed_read(struct vga_registers *registers)
{
	for (uint8_t i = 0; i < VGA_SEQUENCER_COUNT; i++)
		registers->sequencer[i] = vga_read(VGA_SEQUENCER_INDEX, i);
	for (uint8_t i = 0; i < VGA_CRTC_COUNT; i++)
		registers->crtc[i] = vga_read(VGA_CRTC_INDEX, i);
	for (uint8_t i = 0; i < VGA_GRAPHICS_COUNT; i++)
		registers->graphics[i] = vga_read(VGA_GRAPHICS_INDEX, i);
}

void vga_registers_read(struct vga_registers *registers, bool colours)
{
	registers->index.sequencer = inb(VGA_SEQUENCER_INDEX);
	registers->index.crtc = inb(VGA_CRTC_INDEX);
	registers->index.graphics = inb(VGA_GRAPHICS_INDEX);
	vbe_registers_read(registers);
	registers->misc = inb(VGA_MISC_READ);
	indexed_read(registers);
	attributes_read(registers, colours ? 0 : VGA_ATTRIBUTE_PALETTE);
	if (colours)
		dac_read(registers);
	if (adapter_is_cirrus())
		cirrus_read(&registers->cirrus);
}

void vga_colours_copy(struct vga_registers *to, const struct vga_registers *from)
{
	memcpy(to->attribute, from->attribute, VGA_ATTRIBUTE_PALETTE);
	memcpy(to->dac, from->dac, sizeof(to->dac));
	to->dac_mask = from->dac_mask;
}

/*
 * The sequencer must stand still while the clock and the memory mode change. Otherwise the video
 * memory is lost.
 */
static void sequencer_write(const struct vga_registers *registers)
{
	vga_write(VGA_SEQUENCER_INDEX, SEQUENCER_RESET, RESET_SYNCHRONOUS);
	outb(VGA_MISC_WRITE, registers->misc);
	for (uint8_t i = SEQUENCER_CLOCKING; i < VGA_SEQUENCER_COUNT; i++)
		vga_write(VGA_SEQUENCER_INDEX, i, registers->sequencer[i]);
	vga_write(VGA_SEQUENCER_INDEX, SEQUENCER_RESET, registers->sequencer[SEQUENCER_RESET]);
}

/* The first registers can be written only while a bit of another one is 0. */
static void crtc_write(const struct vga_registers *registers, const struct vga_registers *now)
{
	uint8_t retrace_end = now->crtc[CRTC_RETRACE_END];

	if (memcmp(now->crtc, registers->crtc, CRTC_PROTECTED)) {
		retrace_end &= (uint8_t)~RETRACE_END_PROTECT;
		vga_write(VGA_CRTC_INDEX, CRTC_RETRACE_END, retrace_end);
	}
	for (uint8_t i = 0; i < VGA_CRTC_COUNT; i++)
		if (i != CRTC_RETRACE_END && now->crtc[i] != registers->crtc[i])
			vga_write(VGA_CRTC_INDEX, i, registers->crtc[i]);
	if (retrace_end != registers->crtc[CRTC_RETRACE_END])
		vga_write(VGA_CRTC_INDEX, CRTC_RETRACE_END, registers->crtc[CRTC_RETRACE_END]);
}

/* A change of mode is visible on the screen, and each access to a port takes long. */
void vga_registers_write(const struct vga_registers *registers, const struct vga_registers *now)
{
	struct vga_registers changed = {0};

	if (DIFFERS(now, registers, vbe)) {
		vbe_registers_write(registers);
		vga_registers_read(&changed, true); /* the extensions change the others, too */
		now = &changed;
	}
	if (now->misc != registers->misc || DIFFERS(now, registers, sequencer))
		sequencer_write(registers);
	if (DIFFERS(now, registers, crtc))
		crtc_write(registers, now);
	for (uint8_t i = 0; i < VGA_GRAPHICS_COUNT; i++)
		if (now->graphics[i] != registers->graphics[i])
			vga_write(VGA_GRAPHICS_INDEX, i, registers->graphics[i]);
	if (DIFFERS(now, registers, attribute) ||
	    now->attribute_index != registers->attribute_index)
		attributes_write(registers, now);
	dac_write(registers, now);
	if (adapter_is_cirrus())
		cirrus_write(&registers->cirrus, &now->cirrus);
}

void vga_indices_write(const struct vga_registers *registers)
{
	outb(VGA_SEQUENCER_INDEX, registers->index.sequencer);
	outb(VGA_CRTC_INDEX, registers->index.crtc);
	outb(VGA_GRAPHICS_INDEX, registers->index.graphics);
	outw(VBE_INDEX, registers->index.vbe);
}
