/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vga_ports.h - reads all of a VGA's registers at once, and writes them in the order that a change
 * of mode needs. Only vga_state.c uses it.
 */
#ifndef ARCH_X86_SCREEN_VGA_PORTS_H
#define ARCH_X86_SCREEN_VGA_PORTS_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/cpu/io.h"
#include "arch/x86/screen/vga_state.h"

/* Reads a register behind an index port. The data port is the next one. */
static inline uint8_t vga_read(uint16_t port, uint8_t index)
{
	outb(port, index);
	return inb(port + 1);
}

static inline void vga_write(uint16_t port, uint8_t index, uint8_t value)
{
	outb(port, index);
	outb(port + 1, value);
}

/*
 * A mirrored pair. After both, the attribute controller takes an index next. Nothing tells whether
 * it took an index or data before. Read leaves palette and colours as they are in registers, if
 * colours is false. Write writes what differs from now, which the adapter has. Both change the index
 * registers.
 */
void vga_registers_read(struct vga_registers *registers, bool colours);
void vga_registers_write(const struct vga_registers *registers, const struct vga_registers *now);

/* Copies palette and colours. */
void vga_colours_copy(struct vga_registers *to, const struct vga_registers *from);

/* Writes the index registers alone. It is called last, because every other access changes them. */
void vga_indices_write(const struct vga_registers *registers);

#endif
