/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of access to PCI's configuration space in memory: where it is, and when it is not used. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "arch/x86/memory/phys.h"
#include "fake/fake.h"

/* Most tests get a fake of it from the library. This one tests the real one. */
#include "arch/x86/pci/pci_extended.c"

#define BASE	 UINT64_C(0xb0000000)
#define FIRST	 2
#define LAST	 3
#define FUNCTION PCI_ADDRESS(3, 4, 1)
#define SPACE	 (BASE + (3 << 20 | 4 << 15 | 1 << 12))
#define ID	 0x10218086u
#define REGISTER 0x160

static uint64_t mappable;
static uint32_t id;

/* pci_extended.c gets these from the machine. */
bool paging_map_registers(uint64_t address, uint64_t size)
{
	return address < mappable && size <= mappable - address;
}

uint32_t pci_read32(pci_address_t address, uint32_t offset)
{
	return address == FUNCTION && offset == PCI_ID ? id : UINT32_MAX;
}

static int start(void **state)
{
	(void)state;
	*(uint32_t *)fake_memory(SPACE, PCI_EXTENDED_SIZE, 0) = ID;
	mappable = SPACE + PCI_EXTENDED_SIZE;
	id = ID;
	pci_extended_set(BASE, FIRST, LAST);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static void a_register_is_where_the_table_says(void **state)
{
	(void)state;
	pci_extended_write32(FUNCTION, REGISTER, 0x12345678);
	assert_int_equal(*(uint32_t *)phys(SPACE + REGISTER), 0x12345678);
	pci_extended_write16(FUNCTION, REGISTER + 2, 0xabcd);
	assert_int_equal(pci_extended_read32(FUNCTION, REGISTER), 0xabcd5678);
	assert_int_equal(pci_extended_read16(FUNCTION, REGISTER + 2), 0xabcd);
	assert_int_equal(pci_extended_space(FUNCTION), SPACE);
}

/* Nothing is written, and what is read is as of a function that does not answer. */
static void is_out_of_reach(void)
{
	pci_extended_write32(FUNCTION, REGISTER, 1);
	pci_extended_write16(FUNCTION, REGISTER, 1);
	assert_int_equal(*(uint32_t *)phys(SPACE + REGISTER), 0);
	assert_int_equal(pci_extended_read32(FUNCTION, REGISTER), UINT32_MAX);
	assert_int_equal(pci_extended_read16(FUNCTION, REGISTER), UINT16_MAX);
}

static void a_machine_without_it(void **state)
{
	(void)state;
	pci_extended_set(0, 0, 0xff);
	is_out_of_reach();
}

static void buses_that_the_table_does_not_name(void **state)
{
	(void)state;
	pci_extended_set(BASE, FIRST, PCI_BUS(FUNCTION) - 1);
	is_out_of_reach();
	pci_extended_set(BASE, PCI_BUS(FUNCTION) + 1, 0xff);
	is_out_of_reach();
}

static void what_can_not_be_mapped(void **state)
{
	(void)state;
	mappable--;
	is_out_of_reach();
}

/* What a wrong table names may be memory of anybody. */
static void another_function_is_there(void **state)
{
	(void)state;
	id = ID + 1;
	is_out_of_reach();
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_register_is_where_the_table_says), TEST(a_machine_without_it),
		TEST(buses_that_the_table_does_not_name), TEST(what_can_not_be_mapped),
		TEST(another_function_is_there),
	};

	return cmocka_run_group_tests_name("pci_extended", tests, NULL, NULL);
}
