/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * serial.h - the first serial port, COM1: 115200 bits a second, 8N1, polled.
 */
#ifndef TICK_SERIAL_H
#define TICK_SERIAL_H

/* PC16550D data sheet, table II. */
enum {
	COM1 = 0x3f8,
	COM1_DATA = COM1,
	COM1_DIVISOR_LOW = COM1, /* while LCR_DLAB is set */
	COM1_IER = COM1 + 1,
	COM1_DIVISOR_HIGH = COM1 + 1,
	COM1_FCR = COM1 + 2,
	COM1_LCR = COM1 + 3,
	COM1_MCR = COM1 + 4,
	COM1_LSR = COM1 + 5,
	COM1_SCRATCH = COM1 + 7,
};

void serial_init(void);

/* Sends a character; waits for room. \n is sent as \r\n. */
void serial_put(char c);

/* The next byte received, or -1. Does not wait. */
int serial_get(void);

#endif
