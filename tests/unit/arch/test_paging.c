// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_paging.c - memory types of what the monitor maps: RAM stays write-back, devices are not
 * cached, wherever they lie; with 1 GiB pages and without.
 */
#include <stdint.h>

uint64_t read_cr4(void);

#include "arch/x86/memory/paging.c"
#include "cmocka.h"
#include "fake/fake_cpu.h"

#define RAM_END	  (6 * GIB)
#define IN_RAM	  (5 * GIB + 3 * LARGE_PAGE) /* a BAR in the same GiB as RAM */
#define ABOVE_RAM (40 * GIB + 5 * LARGE_PAGE)
#define TYPE_BITS (PAGE_PCD | PAGE_PWT)

static struct paging_tables built;

uint64_t read_cr4(void)
{
	return 0;
}

void phys_set_end(uint64_t end)
{
	(void)end;
}

static void build(bool gib_pages)
{
	fake_cpu_reset();
	if (gib_pages)
		fake_cpuid(0x80000001, 0, (struct cpuid){.edx = CPUID_80000001_EDX_1G_PAGES});
	paging_init(RAM_END, &built);
}

/* The entry that maps the address, as the CPU finds it; 0: none does. */
static uint64_t entry_of(uint64_t address)
{
	uint64_t entry = ((uint64_t *)built.pdpt)[address / GIB];

	if (!entry || (entry & PAGE_LARGE))
		return entry;
	return ((uint64_t *)(entry & PAGE_ADDRESS))[address % GIB / LARGE_PAGE];
}

static void assert_type(uint64_t address, uint64_t type)
{
	assert_true(entry_of(address) & PAGE_PRESENT);
	assert_int_equal(entry_of(address) & TYPE_BITS, type);
}

static void check_types(bool gib_pages)
{
	uint64_t address;

	build(gib_pages);
	assert_true(paging_map_registers(ABOVE_RAM + LARGE_PAGE - 16, 32));
	assert_true(paging_map_framebuffer(IN_RAM, 16));
	assert_type(ABOVE_RAM, PAGE_PCD | PAGE_PWT);
	assert_type(ABOVE_RAM + LARGE_PAGE, PAGE_PCD | PAGE_PWT);
	assert_type(ABOVE_RAM + 2 * LARGE_PAGE, 0);
	assert_type(IN_RAM, PAGE_PCD);
	assert_type(IN_RAM - 1, 0);
	assert_type(IN_RAM + LARGE_PAGE, 0);
	assert_type(4 * GIB, 0);
	assert_true(paging_check(&address));
	assert_int_equal(fake_cpu.event[fake_cpu.event_count - 1].kind, FAKE_WRITE_CR3);
}

static void test_types(void **unused)
{
	(void)unused;
	check_types(true);
	check_types(false);
}

/* It is mapped at each switch, and the TLB is flushed once. */
static void test_mapping_again(void **unused)
{
	uint32_t events;

	(void)unused;
	build(true);
	assert_true(paging_map_registers(ABOVE_RAM, 16));
	events = fake_cpu.event_count;
	assert_true(paging_map_registers(ABOVE_RAM, 16));
	assert_int_equal(fake_cpu.event_count, events);
}

static void test_limits(void **unused)
{
	(void)unused;
	build(false);
	assert_false(paging_map_registers(PAGING_MAX_DIRECTORIES * GIB - 8, 16));
	build(true);
	for (uint64_t gib = 100; gib < 100 + PAGING_MAX_DIRECTORIES; gib++)
		assert_true(paging_map_registers(gib * GIB, 16));
	assert_false(paging_map_registers(99 * GIB, 16));
}

static void test_check(void **unused)
{
	uint64_t address;

	(void)unused;
	build(true);
	assert_true(paging_map_registers(IN_RAM, 16));
	tables.directory[0][7] ^= LARGE_PAGE;
	assert_false(paging_check(&address));
	assert_int_equal(address, IN_RAM / GIB * GIB + 7 * LARGE_PAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_mapping_again),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
