// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * items_uart.c - COM1 to COM4. PC16550D data sheet, table II.
 *
 * Nothing is sent between filling and reading, so the line may have any speed and format.
 * Interrupts of these ports are masked at the 8259.
 */
#include "../tick/serial.h"
#include "access.h"
#include "item.h"

enum {
	COM2 = 0x2f8,
	COM3 = 0x3e8,
	COM4 = 0x2e8,
	DLL = 0,
	IER = 1,
	DLM = 1,
	IIR = 2,
	FCR = 2,
	LCR = 3,
	MCR = 4,
	SCR = 7,
};

#define LCR_DLAB     0x80
#define LCR_VARY     0x5f /* length, stop bits, parity, break */
#define IER_VARY     0x0f
#define MCR_VARY     0x0f /* all but loop-back */
#define IIR_FIFOS    0xc0
#define FCR_ENABLE   0x01
#define SCRATCH_TEST 0x5a

/* The halves of the divisor are visible while LCR has DLAB set. */
static uint64_t divisor_get(uint32_t port)
{
	uint16_t lcr = (uint16_t)((port & ~7u) + LCR);
	uint8_t was = inb(lcr);
	uint64_t value;

	outb(lcr, was | LCR_DLAB);
	value = inb((uint16_t)port);
	outb(lcr, was);
	return value;
}

static void divisor_set(uint32_t port, uint64_t value)
{
	uint16_t lcr = (uint16_t)((port & ~7u) + LCR);
	uint8_t was = inb(lcr);

	outb(lcr, was | LCR_DLAB);
	outb((uint16_t)port, (uint8_t)value);
	outb(lcr, was);
}

/* IIR tells if the FIFOs are on. */
static uint64_t fifo_get(uint32_t port)
{
	return (inb((uint16_t)port) & IIR_FIFOS) == IIR_FIFOS;
}

static void fifo_set(uint32_t port, uint64_t value)
{
	outb((uint16_t)port, value ? FCR_ENABLE : 0);
}

static bool exists(uint16_t com)
{
	outb(com + SCR, SCRATCH_TEST);
	return inb(com + SCR) == SCRATCH_TEST;
}

static bool has_com1(void)
{
	return exists(COM1);
}

static bool has_com2(void)
{
	return exists(COM2);
}

static bool has_com3(void)
{
	return exists(COM3);
}

static bool has_com4(void)
{
	return exists(COM4);
}

#define PORT(title, port, bits) \
	.name = title, .get = port_get, .set = port_set, .which = port, .vary = bits
#define DIVISOR(title, port) \
	.name = title, .get = divisor_get, .set = divisor_set, .which = port, .vary = 0xff
#define FIFO(title, port) .name = title, .get = fifo_get, .set = fifo_set, .which = port, .vary = 1
/* The FIFOs come first, because switching them changes what IER may raise. */
#define UART(name, com)                                      \
	static const struct item name[] = {                  \
		{FIFO(#name "-fifo", (com) + FCR)},          \
		{PORT(#name "-lcr", (com) + LCR, LCR_VARY)}, \
		{PORT(#name "-mcr", (com) + MCR, MCR_VARY)}, \
		{DIVISOR(#name "-divisor", (com))},          \
		{DIVISOR(#name "-divisor", (com) + DLM)},    \
		{PORT(#name "-ier", (com) + IER, IER_VARY)}, \
		{PORT(#name "-scratch", (com) + SCR, 0xff)}, \
	}

UART(com1, COM1);
UART(com2, COM2);
UART(com3, COM3);
UART(com4, COM4);

const struct group groups_uart[] = {
	{GROUP("com1", has_com1, com1)},
	{GROUP("com2", has_com2, com2)},
	{GROUP("com3", has_com3, com3)},
	{GROUP("com4", has_com4, com4)},
	{0},
};
