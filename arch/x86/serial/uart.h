/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * uart.h - the 16550A serial port, polled.
 * Registers: National Semiconductor PC16550D data sheet, table II.
 */
#ifndef ARCH_X86_SERIAL_UART_H
#define ARCH_X86_SERIAL_UART_H

#include <stdbool.h>
#include <stdint.h>

#define UART_COM1 0x3f8
#define UART_COM2 0x2f8
#define UART_COM3 0x3e8
#define UART_COM4 0x2e8

/*
 * What a slot had programmed; divisor latch included. The FIFO control register is write-only:
 * it is put back as "enabled", with a trigger level of one byte, where IIR says that the FIFOs are
 * on, which tells a 16550A from older UARTs, too.
 */
struct uart_state {
	bool present;
	uint8_t ier, iir, lcr, mcr, scr, dll, dlm;
};

struct uart {
	uint16_t port; /* I/O base, 0: no serial port */
	bool stalled;  /* it took no byte for a long time: don't wait for each one again */
};

/*
 * Sets 8N1 at baud (bits a second), FIFOs on, interrupts off; what is still to be sent or read
 * stays in the FIFOs. False if no UART answers at port (scratch register test), or port is 0: then
 * uart->port is 0 and the other functions do nothing.
 */
bool uart_init(struct uart *uart, uint16_t port, uint32_t baud);

/* Sends one byte, waiting (bounded) for room; drops it if there is none. */
void uart_put(struct uart *uart, char c);

/* The next byte received, or -1. A BREAK and bytes with a framing error are passed over. */
int uart_get(struct uart *uart);

/* Waits (bounded) until all that was put has left the wire. */
void uart_drain(struct uart *uart);

/*
 * A mirrored pair: what the UART at port is programmed to. Save leaves its interrupts off. Works on
 * a port without UART, too: present is false.
 */
void uart_save(uint16_t port, struct uart_state *state);
void uart_restore(uint16_t port, const struct uart_state *state);

#endif
