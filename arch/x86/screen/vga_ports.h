/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vga_ports.h - all of a VGA's registers at once: read, and written in the order that a change of
 * mode needs. vga_state.c's.
 */
#ifndef ARCH_X86_SCREEN_VGA_PORTS_H
#define ARCH_X86_SCREEN_VGA_PORTS_H

#include <stdint.h>
#include "arch/x86/cpu/io.h"
#include "arch/x86/screen/vga_state.h"

/* A register behind an index port, whose data port is the next one. */
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

/* A mirrored pair. The attribute controller takes an index next after both, as nobody can tell. */
void vga_registers_read(struct vga_registers *registers);
void vga_registers_write(const struct vga_registers *registers);

/* The index registers alone: last of all, since every other access changes them. */
void vga_indices_write(const struct vga_registers *registers);

#endif
