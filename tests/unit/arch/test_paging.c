// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_paging.c - tests memory types of the monitor's mappings: RAM stays write-back, and devices
 * are not cached, wherever they lie. It tests with 1 GiB pages and without.
 */
#include <stdint.h>

uint64_t read_cr4(void);

#include "arch/x86/memory/paging.c"
#include "cmocka.h"
#include "fake/fake.h"
#include "fake/fake_cpu.h"

#define RAM_END	  (6 * GIB)
#define IN_RAM	  (5 * GIB + 3 * LARGE_PAGE) /* a BAR in the same GiB as RAM */
#define ABOVE_RAM (40 * GIB + 5 * LARGE_PAGE)
#define TYPE_BITS (PAGE_PCD | PAGE_PWT)

uint64_t read_cr4(void)
{
	return 0;
}

void phys_set_end(uint64_t end)
{
	(void)end;
}

static uint64_t room[68][ENTRIES] __attribute__((aligned(PAGE_SIZE)));

static void build(bool gib_pages)
{
	fake_cpu_reset();
	if (gib_pages)
		fake_cpuid(0x80000001, 0, (struct cpuid){.edx = CPUID_80000001_EDX_1G_PAGES});
	assert_true(paging_room(RAM_END) <= sizeof(room));
	paging_init(RAM_END, room, paging_room(RAM_END));
}

/* Finds the entry that maps the address, as the CPU does; 0: none. */
static uint64_t entry_of(uint64_t address)
{
	uint64_t entry = tables.pdpt[address / GIB];

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

/* The range is mapped at each switch, but the TLB is flushed only once. */
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
	assert_false(paging_map_registers(PAGING_COMMON_LIMIT - 8, 16));
	for (unsigned int gib_pages = 0; gib_pages < 2; gib_pages++) {
		build(gib_pages);
		for (uint64_t gib = 30; gib < 30 + DEVICE_DIRECTORIES; gib++)
			assert_true(paging_map_registers(gib * GIB, 16));
		assert_false(paging_map_registers(29 * GIB, 16));
	}
}

/* Before there is a plan, the image's own directories map 4 GiB. */
static void test_no_room(void **unused)
{
	uint64_t address;

	(void)unused;
	fake_cpu_reset();
	paging_init(0, NULL, 0);
	assert_true(paging_check(&address));
	assert_int_equal(tables.end, 4 * GIB);
	assert_false(paging_map_registers(ABOVE_RAM, 16));
}

/* All that a CPU without 1 GiB pages can map, and devices in it. */
static void test_most_ram(void **unused)
{
	uint64_t address;

	(void)unused;
	fake_cpu_reset();
	assert_int_equal(paging_limit(), PAGING_COMMON_LIMIT);
	assert_int_equal(paging_room(PAGING_COMMON_LIMIT), sizeof(room));
	paging_init(PAGING_COMMON_LIMIT, room, sizeof(room));
	assert_true(paging_check(&address));
	assert_int_equal(tables.end, 64 * GIB);
	assert_true(paging_map_registers(PAGING_COMMON_LIMIT - 16, 16));
	assert_true(paging_check(&address));
	assert_int_equal(tables.directories, 64);
}

static void test_check(void **unused)
{
	uint64_t address;

	(void)unused;
	build(true);
	assert_true(paging_map_registers(IN_RAM, 16));
	tables.own[0][7] ^= LARGE_PAGE;
	assert_false(paging_check(&address));
	assert_int_equal(address, IN_RAM / GIB * GIB + 7 * LARGE_PAGE);
}

/* A guest's two tables are equal to the monitor's. Bits that the CPU sets do not matter. */
static void test_copy(void **unused)
{
	uint64_t *pml4 = (void *)fake_memory(5 * PAGE_SIZE, 2 * PAGE_SIZE, 0xee);
	uint64_t *pdpt = pml4 + ENTRIES;

	(void)unused;
	build(true);
	assert_true(paging_map_registers(ABOVE_RAM, 16));
	tables.pdpt[1] |= PAGE_MARKS;
	paging_copy(5 * PAGE_SIZE, 6 * PAGE_SIZE);
	assert_int_equal(pml4[0], 6 * PAGE_SIZE | PAGE_PRESENT | PAGE_WRITE);
	assert_int_equal(pml4[1], 0);
	assert_memory_equal(pdpt, tables.pdpt, PAGE_SIZE);
	pml4[0] |= PAGE_MARKS;
	pdpt[0] |= PAGE_MARKS;
	assert_true(paging_is_copy(5 * PAGE_SIZE, 6 * PAGE_SIZE));
	pdpt[ENTRIES - 1] ^= PAGE_PRESENT;
	assert_false(paging_is_copy(5 * PAGE_SIZE, 6 * PAGE_SIZE));
	pdpt[ENTRIES - 1] ^= PAGE_PRESENT;
	pml4[0] ^= PAGE_SIZE;
	assert_false(paging_is_copy(5 * PAGE_SIZE, 6 * PAGE_SIZE));
	pml4[0] ^= PAGE_SIZE;
	pml4[ENTRIES - 1] = PAGE_PRESENT;
	assert_false(paging_is_copy(5 * PAGE_SIZE, 6 * PAGE_SIZE));
	fake_reset();
}

/* A copy stays one if device memory is mapped meanwhile, in RAM's GiBs or above. */
static void test_copy_of_before(void **unused)
{
	const uint64_t at[] = {IN_RAM, ABOVE_RAM};

	(void)unused;
	for (unsigned int gib_pages = 0; gib_pages < 2; gib_pages++) {
		fake_memory(5 * PAGE_SIZE, 2 * PAGE_SIZE, 0xee);
		build(gib_pages);
		paging_copy(5 * PAGE_SIZE, 6 * PAGE_SIZE);
		for (unsigned int i = 0; i < 2; i++) {
			assert_true(paging_map_registers(at[i], 16));
			assert_true(paging_is_copy(5 * PAGE_SIZE, 6 * PAGE_SIZE));
		}
		fake_reset();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),	       cmocka_unit_test(test_mapping_again),
		cmocka_unit_test(test_limits),	       cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_check),	       cmocka_unit_test(test_copy),
		cmocka_unit_test(test_copy_of_before), cmocka_unit_test(test_most_ram),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
