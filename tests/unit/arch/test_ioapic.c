// SPDX-License-Identifier: GPL-2.0-only
/* Tests which pins of the IO-APICs are raised when a slot comes back from a quick switch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "arch/x86/interrupt/ioapic.h"

#define TO(cpu)	    ((uint64_t)(cpu) << 56)
#define LOGICAL	    0x800u
#define LOWEST	    0x100u
#define SMI	    0x200u
#define NMI	    0x400u
#define EXTINT	    0x700u
#define ACTIVE_LOW  0x2000u
#define MOST_RAISED 8

static struct {
	uint32_t address, data;
} raised[MOST_RAISED];
static uint32_t count;

static void raise(uint32_t address, uint32_t data)
{
	assert_true(count < MOST_RAISED);
	raised[count].address = address;
	raised[count++].data = data;
}

static void assert_raised(uint32_t number, uint32_t address, uint32_t data)
{
	assert_int_equal(raised[number].address, address);
	assert_int_equal(raised[number].data, data);
}

static void edges_that_are_unmasked(void **state)
{
	/* The second IO-APIC's pins follow. What lies behind them is not looked at. */
	static const struct ioapics ioapics = {.count = 2, .ioapic = {{.pins = 6}, {.pins = 3}}};
	static const struct ioapic_state had = {
		.rte = {EXTINT, TO(3) | 0x31, RTE_MASKED | 0x32, RTE_LEVEL | 0x33,
			TO(0xff) | ACTIVE_LOW | LOGICAL | LOWEST | 0x34, NMI, SMI,
			TO(1) | LOGICAL | 0x41, RTE_MASKED | RTE_LEVEL | 0x42, 0x43}};

	(void)state;
	count = 0;
	ioapic_raise_edges(&ioapics, &had, raise);
	assert_int_equal(count, 3);
	assert_raised(0, 0xfee03000, 0x31);
	assert_raised(1, 0xfeeff004, LOWEST | 0x34);
	assert_raised(2, 0xfee01004, 0x41);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edges_that_are_unmasked),
	};

	return cmocka_run_group_tests_name("ioapic", tests, NULL, NULL);
}
