// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "serial.h"
#include "instructions.h"

#define FCR_ENABLE     0x01
#define LCR_8N1	       0x03
#define LCR_DLAB       0x80
#define MCR_DTR_RTS    0x03
#define LSR_RECEIVED   0x01
#define LSR_THR_EMPTY  0x20
#define LSR_ABSENT     0xff
#define DIVISOR_115200 1

void serial_init(void)
{
	outb(COM1_IER, 0);
	outb(COM1_LCR, LCR_8N1 | LCR_DLAB);
	outb(COM1_DIVISOR_LOW, DIVISOR_115200);
	outb(COM1_DIVISOR_HIGH, 0);
	outb(COM1_LCR, LCR_8N1);
	outb(COM1_FCR, FCR_ENABLE);
	outb(COM1_MCR, MCR_DTR_RTS);
}

static void send(char c)
{
	while (!(inb(COM1_LSR) & LSR_THR_EMPTY)) /* also set if there is no port */
		;
	outb(COM1_DATA, (uint8_t)c);
}

void serial_put(char c)
{
	if (c == '\n')
		send('\r');
	send(c);
}

int serial_get(void)
{
	uint8_t status = inb(COM1_LSR);

	if (status == LSR_ABSENT || !(status & LSR_RECEIVED))
		return -1;
	return inb(COM1_DATA);
}
