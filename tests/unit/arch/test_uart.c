/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of what comes back of a serial port, over a fake one. */
#include <stdbool.h>
#include <string.h>
#include "cmocka.h"
#include "fake/fake_ports.h"
#include "arch/x86/serial/uart.c"

#define PORT	     UART_COM1
#define TRIGGER_14   0xc0
#define LINUX_FCR    (UART_FCR_ENABLE | TRIGGER_14)
#define READABLE_IIR 0x01 /* no interrupt is pending */

static uint8_t dll, thr, ier, fcr; /* registers that share a port with another one */

uint64_t clock_us(void)
{
	static uint64_t now;

	return now++;
}

static bool latch(void)
{
	return fake_port[PORT + UART_LCR] & UART_LCR_DLAB;
}

static void written(uint16_t port)
{
	if (port == PORT + UART_DLL)
		*(latch() ? &dll : &thr) = fake_port[port];
	if (port == PORT + UART_IER && !latch())
		ier = fake_port[port];
	if (port == PORT + UART_FCR)
		fcr = fake_port[port];
}

static void read_port(uint16_t port)
{
	if (port == PORT + UART_DLL)
		fake_port[port] = latch() ? dll : 0;
	if (port == PORT + UART_IER)
		fake_port[port] = latch() ? 0 : ier;
	if (port == PORT + UART_IIR)
		fake_port[port] = READABLE_IIR | (fcr & UART_FCR_ENABLE ? UART_IIR_FIFOS : 0);
	if (port == PORT + UART_LSR)
		fake_port[port] = UART_LSR_THR | UART_LSR_IDLE;
}

static int start(void **state)
{
	(void)state;
	memset(fake_port, 0, sizeof(fake_port));
	fake_port_read = read_port;
	fake_port_written = written;
	fake_port[PORT + UART_LCR] = UART_LCR_8N1;
	fake_port[PORT + UART_MCR] = UART_MCR_DTR | UART_MCR_RTS;
	dll = 1;
	ier = 5;
	fcr = UART_FCR_ENABLE;
	return 0;
}

/* Another slot's level can't be read. With a high one, the first bytes would not interrupt. */
static void the_trigger_level_is_1_if_nothing_else_differs(void **state)
{
	struct uart_state saved = {.present = true}, now = saved;

	(void)state;
	uart_save(PORT, &saved);
	assert_int_equal(ier, 0);
	ier = 5;
	fcr = LINUX_FCR;
	uart_save(PORT, &now);
	uart_restore(PORT, &saved, &now);
	assert_int_equal(fcr, UART_FCR_ENABLE);
	assert_int_equal(ier, 5);
}

static void without_fifos_none_are_switched_on(void **state)
{
	struct uart_state saved = {.present = true};

	(void)state;
	fcr = 0;
	uart_save(PORT, &saved);
	uart_restore(PORT, &saved, &saved);
	assert_int_equal(fcr, 0);
	fcr = LINUX_FCR;
	uart_restore(PORT, &saved, NULL);
	assert_int_equal(fcr, 0);
}

static void what_differs_comes_back(void **state)
{
	struct uart_state saved = {.present = true}, now = saved;

	(void)state;
	uart_save(PORT, &saved);
	start(NULL);
	dll = 12;
	fcr = 0;
	fake_port[PORT + UART_MCR] = 0;
	uart_save(PORT, &now);
	uart_restore(PORT, &saved, &now);
	assert_int_equal(dll, 1);
	assert_int_equal(fcr, UART_FCR_ENABLE);
	assert_int_equal(fake_port[PORT + UART_MCR], UART_MCR_DTR | UART_MCR_RTS);
	assert_int_equal(fake_port[PORT + UART_LCR], UART_LCR_8N1);
	assert_int_equal(ier, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_trigger_level_is_1_if_nothing_else_differs, start),
		cmocka_unit_test_setup(without_fifos_none_are_switched_on, start),
		cmocka_unit_test_setup(what_differs_comes_back, start),
	};

	return cmocka_run_group_tests_name("uart", tests, NULL, NULL);
}
