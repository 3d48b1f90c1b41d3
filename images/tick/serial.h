/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * serial.h - the first serial port, COM1: 115200 bits a second, 8N1, polled.
 */
#ifndef TICK_SERIAL_H
#define TICK_SERIAL_H

void serial_init(void);

/* Waits for room. \n is sent as \r\n. */
void serial_put(char c);

/* The next byte received, or -1. Does not wait. */
int serial_get(void);

#endif
