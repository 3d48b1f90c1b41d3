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
 * What a slot had programmed, with the divisor latch. The FIFO control register is write-only. If
 * IIR says that the FIFOs are on, it is restored as "enabled", with a trigger level of one byte.
 * IIR also tells a 16550A from older UARTs.
 */
struct uart_state {
	bool present;
	uint8_t ier, iir, lcr, mcr, scr, dll, dlm;
};

struct uart {
	uint16_t port; /* I/O base, 0: no serial port */
	bool stalled;  /* it took no byte for a long time, so don't wait for each one */
	bool sends;    /* the last byte may not have left it yet */
};

/*
 * Sets 8N1 at baud (bits a second), FIFOs on, interrupts off. Bytes that are still to be sent or
 * read stay in the FIFOs. Returns false if no UART answers at port (scratch register test), or if
 * port is 0. Then uart->port is 0, and the other functions do nothing.
 */
bool uart_init(struct uart *uart, uint16_t port, uint32_t baud);

/* Sends one byte. Waits for room for a bounded time, and drops the byte if there is none. */
void uart_put(struct uart *uart, char c);

/* Returns the next byte received, or -1. Skips a BREAK, and bytes with a framing error. */
int uart_get(struct uart *uart);

/* True if a terminal or modem at the other end says by its lines that it is there. */
bool uart_answers(const struct uart *uart);

/* Waits, for a bounded time, until all bytes have been sent. */
void uart_drain(struct uart *uart);

/* True if a UART answers at port, which may be 0. Nothing changes. */
bool uart_exists(uint16_t port);

/*
 * A mirrored pair for the UART at port and what is programmed into it. state->present says if there
 * is one; without, both do nothing. Save leaves its interrupts off. now is what was saved last, if
 * nothing has changed it, or NULL.
 */
void uart_save(uint16_t port, struct uart_state *state);
void uart_restore(uint16_t port, const struct uart_state *state, const struct uart_state *now);

#endif
