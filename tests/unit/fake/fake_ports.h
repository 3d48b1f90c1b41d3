/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_ports.h - fake I/O ports for tests of a device's file. Such a test includes this header, then
 * the file. The header takes the place of arch/x86/cpu/io.h, whose instructions a program on the host
 * can't execute.
 *
 * A port holds what is written to it. A test may watch accesses of one byte.
 */
#ifndef TESTS_FAKE_PORTS_H
#define TESTS_FAKE_PORTS_H
#define ARCH_X86_CPU_IO_H

#include <stdint.h>

#define FAKE_PORTS 0x10000

static uint8_t fake_port[FAKE_PORTS];
static uint32_t fake_port_writes;
/* NULL, or called before a byte is read and after one is written. */
static void (*fake_port_read)(uint16_t port);
static void (*fake_port_written)(uint16_t port);

static inline uint8_t inb(uint16_t port)
{
	if (fake_port_read)
		fake_port_read(port);
	return fake_port[port];
}

static inline void outb(uint16_t port, uint8_t value)
{
	fake_port[port] = value;
	fake_port_writes++;
	if (fake_port_written)
		fake_port_written(port);
}

static inline uint16_t inw(uint16_t port)
{
	return (uint16_t)(fake_port[port] | fake_port[port + 1] << 8);
}

static inline void outw(uint16_t port, uint16_t value)
{
	fake_port[port] = (uint8_t)value;
	fake_port[port + 1] = (uint8_t)(value >> 8);
	fake_port_writes++;
}

#endif
