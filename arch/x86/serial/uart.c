// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/serial/uart.h"
#include "arch/x86/time/clock.h"
#include "arch/x86/cpu/io.h"

/*
 * Offsets from the port's base (PC16550D, table II). DLL and DLM are visible while LCR has DLAB
 * set.
 */
enum uart_register {
	UART_RBR = 0, /* read */
	UART_THR = 0, /* write */
	UART_DLL = 0,
	UART_IER = 1,
	UART_DLM = 1,
	UART_IIR = 2, /* read */
	UART_FCR = 2, /* write */
	UART_LCR = 3,
	UART_MCR = 4,
	UART_LSR = 5,
	UART_MSR = 6,
	UART_SCR = 7,
};

#define UART_IIR_FIFOS 0xc0 /* both bits set: the FIFOs work */
/*
 * The FIFOs are on, with receive trigger level 1. Each byte then interrupts, so that any driver
 * works.
 */
#define UART_FCR_ENABLE	  0x01
#define UART_LCR_8N1	  0x03
#define UART_LCR_DLAB	  0x80
#define UART_MCR_DTR	  0x01
#define UART_MCR_RTS	  0x02
#define UART_LSR_DATA	  0x01 /* a byte was received */
#define UART_LSR_FRAMING  0x08
#define UART_LSR_BREAK	  0x10
#define UART_LSR_THR	  0x20 /* the transmitter takes a byte */
#define UART_LSR_IDLE	  0x40 /* all has been sent */
#define UART_LSR_ABSENT	  0xff
#define UART_MSR_CTS	  0x10 /* clear to send */
#define UART_MSR_DSR	  0x20 /* data set ready */
#define UART_MSR_DCD	  0x80 /* carrier */

#define UART_CLOCK	  115200 /* 1.8432 MHz / 16: bits a second at divisor 1 */
#define UART_MAX_DIVISOR  0xffff
#define UART_SCRATCH_TEST 0x5a

/*
 * How long the transmitter may take. Its FIFO's 16 bytes need 1.4 ms at 115200 baud, and 0.5 s at
 * 300 baud. An emulated port waits for the reader at its other end.
 */
#define UART_WAIT_US 3000000

bool uart_exists(uint16_t port)
{
	uint8_t scratch;
	bool exists;

	if (port == 0 || inb(port + UART_LSR) == UART_LSR_ABSENT)
		return false;
	scratch = inb(port + UART_SCR);
	outb(port + UART_SCR, UART_SCRATCH_TEST);
	exists = inb(port + UART_SCR) == UART_SCRATCH_TEST;
	outb(port + UART_SCR, (uint8_t)~UART_SCRATCH_TEST);
	exists = exists && inb(port + UART_SCR) == (uint8_t)~UART_SCRATCH_TEST;
	outb(port + UART_SCR, scratch);
	return exists;
}

static bool uart_wait(uint16_t port, uint8_t bit)
{
	uint64_t end = clock_us() + UART_WAIT_US;

	do {
		if (inb(port + UART_LSR) & bit)
			return true;
	} while (clock_us() < end);
	return false;
}

static void uart_set_divisor(uint16_t port, uint8_t lcr, uint8_t dll, uint8_t dlm)
{
	outb(port + UART_LCR, lcr | UART_LCR_DLAB);
	outb(port + UART_DLL, dll);
	outb(port + UART_DLM, dlm);
	outb(port + UART_LCR, lcr);
}

bool uart_init(struct uart *uart, uint16_t port, uint32_t baud)
{
	uint32_t divisor = baud > 0 && baud <= UART_CLOCK ? UART_CLOCK / baud : 1;

	uart->port = 0;
	uart->stalled = false;
	uart->sends = false;
	if (!uart_exists(port))
		return false;
	if (divisor > UART_MAX_DIVISOR)
		divisor = UART_MAX_DIVISOR;

	/* A change of speed would garble bytes that a guest is still sending. */
	uart->stalled = !uart_wait(port, UART_LSR_IDLE);
	uart_set_divisor(port, UART_LCR_8N1, (uint8_t)divisor, (uint8_t)(divisor >> 8));
	outb(port + UART_IER, 0);
	outb(port + UART_FCR, UART_FCR_ENABLE);
	outb(port + UART_MCR, UART_MCR_DTR | UART_MCR_RTS);
	uart->port = port;
	return true;
}

void uart_put(struct uart *uart, char c)
{
	if (uart->port == 0)
		return;
	/*
	 * If the port has stalled (perhaps the terminal is stopped), look only once for each byte.
	 */
	if (uart->stalled && !(inb(uart->port + UART_LSR) & UART_LSR_THR))
		return;
	uart->stalled = !uart_wait(uart->port, UART_LSR_THR);
	if (!uart->stalled)
		outb(uart->port + UART_THR, (uint8_t)c);
	uart->sends = true;
}

int uart_get(struct uart *uart)
{
	uint8_t status;

	if (uart->port == 0)
		return -1;
	while ((status = inb(uart->port + UART_LSR)) & UART_LSR_DATA) {
		uint8_t byte = inb(uart->port + UART_RBR);

		if (status == UART_LSR_ABSENT)
			return -1;
		if (!(status & (UART_LSR_BREAK | UART_LSR_FRAMING)))
			return byte;
	}
	return -1;
}

bool uart_answers(const struct uart *uart)
{
	return uart->port != 0 &&
	       inb(uart->port + UART_MSR) & (UART_MSR_CTS | UART_MSR_DSR | UART_MSR_DCD);
}

void uart_drain(struct uart *uart)
{
	if (uart->port != 0 && uart->sends && !uart->stalled)
		uart->stalled = !uart_wait(uart->port, UART_LSR_IDLE);
	uart->sends = uart->stalled;
}

void uart_save(uint16_t port, struct uart_state *state)
{
	if (!state->present)
		return;

	state->lcr = inb(port + UART_LCR);
	outb(port + UART_LCR, state->lcr | UART_LCR_DLAB);
	state->dll = inb(port + UART_DLL);
	state->dlm = inb(port + UART_DLM);
	outb(port + UART_LCR, state->lcr & (uint8_t)~UART_LCR_DLAB);
	state->ier = inb(port + UART_IER);
	state->iir = inb(port + UART_IIR);
	state->mcr = inb(port + UART_MCR);
	state->scr = inb(port + UART_SCR);
	if (state->ier)
		outb(port + UART_IER, 0);
	if (state->lcr & UART_LCR_DLAB)
		outb(port + UART_LCR, state->lcr);
}

static bool fifos_on(const struct uart_state *state)
{
	return (state->iir & UART_IIR_FIFOS) == UART_IIR_FIFOS;
}

/* True if nothing but the interrupts differs. */
static bool is_set_up(const struct uart_state *state, const struct uart_state *now)
{
	return now->present && now->lcr == state->lcr && now->dll == state->dll &&
	       now->dlm == state->dlm && fifos_on(now) == fifos_on(state) &&
	       now->scr == state->scr && now->mcr == state->mcr && !(state->lcr & UART_LCR_DLAB);
}

void uart_restore(uint16_t port, const struct uart_state *state, const struct uart_state *now)
{
	bool fifos = fifos_on(state);

	if (!state->present)
		return;
	if (now && is_set_up(state, now)) {
		if (fifos) /* the trigger level can't be read */
			outb(port + UART_FCR, UART_FCR_ENABLE);
		if (state->ier)
			outb(port + UART_IER, state->ier);
		return;
	}
	/* The last bytes must leave at the speed that they were sent with. */
	uart_wait(port, UART_LSR_IDLE);
	uart_set_divisor(port, state->lcr & (uint8_t)~UART_LCR_DLAB, state->dll, state->dlm);
	outb(port + UART_FCR, fifos ? UART_FCR_ENABLE : 0);
	outb(port + UART_SCR, state->scr);
	outb(port + UART_MCR, state->mcr);
	/*
	 * Reading IIR while saving cleared a pending "transmitter empty" interrupt. Going from 0 to
	 * the saved value raises it again, because its enable bit rises while THR is empty.
	 */
	outb(port + UART_IER, 0);
	outb(port + UART_IER, state->ier);
	outb(port + UART_LCR, state->lcr);
}
