/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of the memory plan: the firmware's map, the monitor and the store. */
#include "plan_machine.h"

static void assert_region(uint32_t i, uint64_t base, uint64_t end, uint32_t type,
			  enum plan_owner owner)
{
	assert_true(i < m.plan.count);
	assert_int_equal(m.plan.region[i].base, base);
	assert_int_equal(m.plan.region[i].base + m.plan.region[i].size, end);
	assert_int_equal(m.plan.region[i].type, type);
	assert_int_equal(m.plan.region[i].owner, owner);
}

static void firmware_map(void **state)
{
	(void)state;
	assert_true(plan_init(&m.plan, &m.boot, 0x9f000, &m.error));
	assert_int_equal(m.plan.count, 8);
	assert_region(0, 0, 0x10000, REGION_RAM, OWNER_FIRMWARE);
	assert_region(1, 0x10000, 0x9f000, REGION_RAM, OWNER_FREE);
	assert_region(2, 0x9f000, EBDA, REGION_RAM, OWNER_FIRMWARE);
	assert_region(3, EBDA, 0xa0000, REGION_RESERVED, OWNER_FIRMWARE);
	assert_region(4, 0xf0000, MIB, REGION_RESERVED, OWNER_FIRMWARE);
	assert_region(5, MIB, GIB - 128 * KIB, REGION_RAM, OWNER_FREE);
	assert_region(6, GIB - 128 * KIB, GIB, REGION_RESERVED, OWNER_FIRMWARE);
	assert_region(7, 0xfffc0000, 4 * GIB, REGION_RESERVED, OWNER_FIRMWARE);
}

/* An EBDA that the map does not show. */
static void ebda_is_firmwares(void **state)
{
	(void)state;
	m.boot.region_count = 0;
	add_region(0, 0xa0000, REGION_RAM);
	assert_true(plan_init(&m.plan, &m.boot, 0x80400, &m.error));
	assert_int_equal(m.plan.count, 3);
	assert_region(1, 0x10000, 0x80000, REGION_RAM, OWNER_FREE);
	assert_region(2, 0x80000, 0xa0000, REGION_RAM, OWNER_FIRMWARE);
}

static void overlaps_unsorted_and_odd_pages(void **state)
{
	(void)state;
	m.boot.region_count = 0;
	add_region(8 * MIB, 12 * MIB, REGION_RESERVED);
	add_region(9 * MIB, 9 * MIB, REGION_UNUSABLE);
	add_region(11 * MIB + 1, 16 * MIB + 5, REGION_RAM);
	add_region(2 * MIB + 1, 9 * MIB, REGION_RAM);
	add_region(14 * MIB, 15 * MIB, REGION_ACPI);
	add_region(15 * MIB - 1, 15 * MIB + 1, REGION_NVS);
	add_region(20 * MIB, 21 * MIB, 12);
	m.boot.region[m.boot.region_count++] =
		(struct region){.base = UINT64_MAX - 10, .size = 100, .type = REGION_RESERVED};
	assert_true(plan_init(&m.plan, &m.boot, EBDA, &m.error));
	assert_region(0, 2 * MIB + 1, 2 * MIB + 4096, REGION_RAM, OWNER_FIRMWARE);
	assert_region(1, 2 * MIB + 4096, 8 * MIB, REGION_RAM, OWNER_FREE);
	assert_region(2, 8 * MIB, 12 * MIB, REGION_RESERVED, OWNER_FIRMWARE);
	assert_region(3, 12 * MIB, 14 * MIB, REGION_RAM, OWNER_FREE);
	assert_region(4, 14 * MIB, 15 * MIB - 1, REGION_ACPI, OWNER_FIRMWARE);
	assert_region(5, 15 * MIB - 1, 15 * MIB + 1, REGION_NVS, OWNER_FIRMWARE);
	assert_region(6, 15 * MIB + 1, 15 * MIB + 4096, REGION_RAM, OWNER_FIRMWARE);
	assert_region(7, 15 * MIB + 4096, 16 * MIB, REGION_RAM, OWNER_FREE);
	assert_region(8, 16 * MIB, 16 * MIB + 5, REGION_RAM, OWNER_FIRMWARE);
	assert_region(9, 20 * MIB, 21 * MIB, 12, OWNER_FIRMWARE);
	assert_region(10, UINT64_MAX - 10, UINT64_MAX, REGION_RESERVED, OWNER_FIRMWARE);
	assert_int_equal(m.plan.count, 11);
}

static void maps_that_are_no_use(void **state)
{
	(void)state;
	m.boot.region_count = 0;
	assert_false(plan_init(&m.plan, &m.boot, EBDA, &m.error));
	assert_string_equal(m.error.text, "firmware's memory map shows no free RAM in 0 entries");
	for (uint32_t i = 0; i < BOOT_MAX_REGIONS; i++)
		add_region(i * MIB + 1, i * MIB + MIB / 2 + 1, REGION_RAM);
	assert_false(plan_init(&m.plan, &m.boot, EBDA, &m.error));
	assert_string_equal(m.error.text, "firmware's memory map is in more than 192 pieces");
}

static void the_monitor_goes_high(void **state)
{
	(void)state;
	/* Modules lie in the two highest places, one of them only with its last byte. */
	m.boot.module_count = 2;
	m.boot.module[0] = (struct boot_module){.base = GIB - 3 * MIB, .size = 4096};
	m.boot.module[1] = (struct boot_module){.base = GIB - 8 * MIB, .size = 2 * MIB + 1};
	assert_true(plan_init(&m.plan, &m.boot, EBDA, &m.error));
	assert_true(plan_monitor(&m.plan, &m.boot, 3 * MIB - 1, &m.error));
	assert_int_equal(m.plan.monitor.base, GIB - 12 * MIB);
	assert_int_equal(m.plan.monitor.size, 3 * MIB);
}

static void the_monitor_stays_below_4g(void **state)
{
	(void)state;
	pc_map(3 * GIB, 3 * GIB);
	make_plan();
	assert_int_equal(m.plan.monitor.base, 3 * GIB - 4 * MIB);
}

static void no_room_for_the_monitor(void **state)
{
	(void)state;
	pc_map(20 * MIB, GIB);
	assert_true(plan_init(&m.plan, &m.boot, EBDA, &m.error));
	assert_false(plan_monitor(&m.plan, &m.boot, 8 * MIB, &m.error));
	assert_string_equal(
		m.error.text,
		"no room for the monitor: wanted 8 MiB in one piece between 16 MiB and 4 "
		"GiB, beside the modules; the largest piece is 3968 KiB");
}

/* The monitor starts even if all RAM below 1 MiB is firmware's. */
static void no_low_memory(void **state)
{
	(void)state;
	assert_true(plan_init(&m.plan, &m.boot, 0x10000, &m.error));
	assert_true(plan_monitor(&m.plan, &m.boot, 8 * MIB, &m.error));
}

static void the_store_goes_above_4g(void **state)
{
	(void)state;
	pc_map(3 * GIB, GIB);
	add_slot("a", 64 * MIB, MIB)->initrd.size = 4097;
	add_slot("b", 64 * MIB, MIB);
	make_plan();
	assert_int_equal(m.plan.store.size, 16 * MIB + 2 * 4096 + 8192);
	assert_int_equal(m.plan.store.base + m.plan.store.size, 5 * GIB);
}

static void the_store_leaves_asked_ranges(void **state)
{
	struct slot *slot = add_slot("a", 512 * MIB, MIB);

	(void)state;
	pc_map(2 * GIB, GIB);
	slot->has_base = true;
	slot->want_base = 4 * GIB + 512 * MIB;
	make_plan();
	assert_int_equal(m.reports.count, 0);
	assert_int_equal(m.plan.store.base + m.plan.store.size, 4 * GIB + 512 * MIB);
	assert_int_equal(m.table.slot[0].ram.base, slot->want_base);
}

static void no_room_for_the_store(void **state)
{
	(void)state;
	add_slot("a", 64 * MIB, MIB)->initrd.size = 2 * GIB;
	assert_true(plan_init(&m.plan, &m.boot, EBDA, &m.error));
	assert_false(plan_store(&m.plan, &m.boot, &m.table, &m.error));
	assert_string_equal(
		m.error.text,
		"wanted 2105348 KiB in one piece above 16 MiB for the files of 1 slots, beside "
		"where the loader put them; the largest piece, some of it theirs, has 1032064 KiB");
}

static void no_images_need_no_store(void **state)
{
	(void)state;
	make_plan();
	assert_int_equal(m.plan.store.size, 0);
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(firmware_map),
		TEST(ebda_is_firmwares),
		TEST(overlaps_unsorted_and_odd_pages),
		TEST(maps_that_are_no_use),
		TEST(the_monitor_goes_high),
		TEST(the_monitor_stays_below_4g),
		TEST(no_room_for_the_monitor),
		TEST(no_low_memory),
		TEST(the_store_goes_above_4g),
		TEST(the_store_leaves_asked_ranges),
		TEST(no_room_for_the_store),
		TEST(no_images_need_no_store),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
