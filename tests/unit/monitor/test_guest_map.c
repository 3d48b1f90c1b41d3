/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of the memory map that a slot gets. */
#include <cmocka.h>
#include <string.h>
#include "monitor/load/guest_map.h"
#include "lib/units.h"

static struct plan plan;
static struct region map[64];
static struct error error;

static void add(uint64_t base, uint64_t end, uint32_t type, enum plan_owner owner, uint32_t slot)
{
	plan.region[plan.count++] = (struct plan_region){
		.base = base, .size = end - base, .type = type, .owner = owner, .slot = slot};
}

static int start(void **state)
{
	(void)state;
	memset(&plan, 0, sizeof(plan));
	add(0, 0x10000, REGION_RAM, OWNER_FIRMWARE, 0);
	add(0x10000, 0x20000, REGION_RAM, OWNER_SLOT, 0);
	add(0x20000, 0x30000, REGION_RAM, OWNER_SLOT, 1);
	add(0x30000, 0x9f000, REGION_RAM, OWNER_FREE, 0);
	add(0x9f000, 0xa0000, REGION_RESERVED, OWNER_FIRMWARE, 0);
	add(MIB, 2 * MIB, REGION_RAM, OWNER_FREE, 0);
	add(2 * MIB, 8 * MIB, REGION_RAM, OWNER_SLOT, 1);
	add(8 * MIB, 10 * MIB, REGION_RAM, OWNER_SLOT, 0);
	add(10 * MIB, 12 * MIB, REGION_RAM, OWNER_STORE, 0);
	add(12 * MIB, 14 * MIB, REGION_RAM, OWNER_MONITOR, 0);
	add(14 * MIB, 15 * MIB, REGION_NVS, OWNER_FIRMWARE, 0);
	add(15 * MIB, 16 * MIB, 12, OWNER_FIRMWARE, 0);
	return 0;
}

static void assert_entry(uint32_t i, uint64_t base, uint64_t end, uint32_t type)
{
	assert_int_equal(map[i].base, base);
	assert_int_equal(map[i].base + map[i].size, end);
	assert_int_equal(map[i].type, type);
}

static void own_ram_and_all_else_reserved(void **state)
{
	const struct region tables = {.base = 13 * MIB, .size = 0x3000};

	(void)state;
	assert_int_equal(guest_map(&plan, 0, &tables, map, 64, &error), 10);
	assert_entry(0, 0, 0x10000, REGION_RESERVED);
	assert_entry(1, 0x10000, 0x20000, REGION_RAM);
	assert_entry(2, 0x20000, 0xa0000, REGION_RESERVED);
	assert_entry(3, MIB, 8 * MIB, REGION_RESERVED);
	assert_entry(4, 8 * MIB, 10 * MIB, REGION_RAM);
	assert_entry(5, 10 * MIB, 13 * MIB, REGION_RESERVED);
	assert_entry(6, 13 * MIB, 13 * MIB + 0x3000, REGION_ACPI);
	assert_entry(7, 13 * MIB + 0x3000, 14 * MIB, REGION_RESERVED);
	assert_entry(8, 14 * MIB, 15 * MIB, REGION_NVS);
	assert_entry(9, 15 * MIB, 16 * MIB, 12);
}

static void the_other_slot(void **state)
{
	const struct region tables = {.base = 12 * MIB, .size = 2 * MIB};

	(void)state;
	assert_int_equal(guest_map(&plan, 1, &tables, map, 64, &error), 9);
	assert_entry(1, 0x20000, 0x30000, REGION_RAM);
	assert_entry(3, MIB, 2 * MIB, REGION_RESERVED);
	assert_entry(4, 2 * MIB, 8 * MIB, REGION_RAM);
	assert_entry(5, 8 * MIB, 12 * MIB, REGION_RESERVED);
	assert_entry(6, 12 * MIB, 14 * MIB, REGION_ACPI);
	assert_entry(7, 14 * MIB, 15 * MIB, REGION_NVS);
}

static void no_tables(void **state)
{
	const struct region none = {0};

	(void)state;
	assert_int_equal(guest_map(&plan, 0, &none, map, 64, &error), 8);
}

static void too_many_entries(void **state)
{
	const struct region tables = {.base = 13 * MIB, .size = 0x3000};
	struct region after = map[9];

	(void)state;
	assert_int_equal(guest_map(&plan, 0, &tables, map, 10, &error), 10);
	after = map[9];
	assert_int_equal(guest_map(&plan, 0, &tables, map, 9, &error), 0);
	assert_memory_equal(&map[9], &after, sizeof(after));
	assert_string_equal(
		error.text,
		"memory map has more than 9 entries, the most that the kernel can take");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(own_ram_and_all_else_reserved, start),
		cmocka_unit_test_setup(the_other_slot, start),
		cmocka_unit_test_setup(no_tables, start),
		cmocka_unit_test_setup(too_many_entries, start),
	};

	return cmocka_run_group_tests_name("guest_map", tests, NULL, NULL);
}
