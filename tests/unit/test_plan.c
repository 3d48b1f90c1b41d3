/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory plan: the firmware's map, the monitor, the store, slots and their refusals. */
#include <cmocka.h>
#include <string.h>
#include "monitor/plan.h"
#include "reports.h"

#define KIB  UINT64_C(1024)
#define MIB  UINT64_C(0x100000)
#define GIB  UINT64_C(0x40000000)
#define EBDA UINT64_C(0x9fc00)

static struct boot_info boot;
static struct plan plan;
static struct slot_table table;
static struct reports reports;
static struct error error;

static void add_region(uint64_t base, uint64_t end, uint32_t type)
{
	boot.region[boot.region_count++] =
		(struct region){.base = base, .size = end - base, .type = type};
}

/* QEMU's map, with RAM below 4 GiB up to `low_end`, and `high` bytes above. */
static void pc_map(uint64_t low_end, uint64_t high)
{
	memset(&boot, 0, sizeof(boot));
	add_region(0, EBDA, REGION_RAM);
	add_region(EBDA, 0xa0000, REGION_RESERVED);
	add_region(0xf0000, MIB, REGION_RESERVED);
	add_region(MIB, low_end - 128 * KIB, REGION_RAM);
	add_region(low_end - 128 * KIB, low_end, REGION_RESERVED);
	add_region(0xfffc0000, 4 * GIB, REGION_RESERVED);
	if (high)
		add_region(4 * GIB, 4 * GIB + high, REGION_RAM);
	boot.image = (struct region){.base = 2 * MIB, .size = MIB};
}

/* A relocatable Linux of `need` bytes. */
static struct slot *add_slot(const char *name, uint64_t mem, uint64_t need)
{
	struct slot *slot = &table.slot[table.count++];

	memset(slot, 0, sizeof(*slot));
	strcpy(slot->name, name);
	slot->want_size = mem;
	slot->kernel.size = 8 * MIB + 1;
	slot->needs = (struct needs){.size = need, .min_base = 16 * MIB, .max_end = 1ull << 52};
	return slot;
}

static struct slot *add_fixed(const char *name, uint64_t mem, uint64_t base, uint64_t size)
{
	struct slot *slot = add_slot(name, mem, size);

	slot->needs = (struct needs){
		.fixed = true, .base = base, .size = size, .min_base = base, .max_end = 4 * GIB};
	return slot;
}

static int start(void **state)
{
	(void)state;
	memset(&plan, 0xee, sizeof(plan));
	memset(&table, 0, sizeof(table));
	memset(&reports, 0, sizeof(reports));
	pc_map(GIB, 0);
	return 0;
}

static void make_plan(void)
{
	assert_true(plan_init(&plan, &boot, EBDA, &error));
	assert_true(plan_monitor(&plan, &boot, 2 * MIB, &error));
	assert_true(plan_store(&plan, &boot, &table, &error));
	plan_slots(&plan, &table, keep_report, &reports);
}

/* One slot that can't be had, among others: its reason. */
static const char *refusal(void)
{
	make_plan();
	assert_int_equal(reports.count, 1);
	return reports.text[0];
}

static void assert_region(uint32_t i, uint64_t base, uint64_t end, uint32_t type,
			  enum plan_owner owner)
{
	assert_true(i < plan.count);
	assert_int_equal(plan.region[i].base, base);
	assert_int_equal(plan.region[i].base + plan.region[i].size, end);
	assert_int_equal(plan.region[i].type, type);
	assert_int_equal(plan.region[i].owner, owner);
}

static void firmware_map(void **state)
{
	(void)state;
	assert_true(plan_init(&plan, &boot, 0x9f000, &error));
	assert_int_equal(plan.count, 8);
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
	boot.region_count = 0;
	add_region(0, 0xa0000, REGION_RAM);
	assert_true(plan_init(&plan, &boot, 0x80400, &error));
	assert_int_equal(plan.count, 3);
	assert_region(1, 0x10000, 0x80000, REGION_RAM, OWNER_FREE);
	assert_region(2, 0x80000, 0xa0000, REGION_RAM, OWNER_FIRMWARE);
}

static void overlaps_unsorted_and_odd_pages(void **state)
{
	(void)state;
	boot.region_count = 0;
	add_region(8 * MIB, 12 * MIB, REGION_RESERVED);
	add_region(9 * MIB, 9 * MIB, REGION_UNUSABLE);
	add_region(11 * MIB + 1, 16 * MIB + 5, REGION_RAM);
	add_region(2 * MIB + 1, 9 * MIB, REGION_RAM);
	add_region(14 * MIB, 15 * MIB, REGION_ACPI);
	add_region(15 * MIB - 1, 15 * MIB + 1, REGION_NVS);
	add_region(20 * MIB, 21 * MIB, 12);
	boot.region[boot.region_count++] =
		(struct region){.base = UINT64_MAX - 10, .size = 100, .type = REGION_RESERVED};
	assert_true(plan_init(&plan, &boot, EBDA, &error));
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
	assert_int_equal(plan.count, 11);
}

static void maps_that_are_no_use(void **state)
{
	(void)state;
	boot.region_count = 0;
	assert_false(plan_init(&plan, &boot, EBDA, &error));
	assert_string_equal(error.text, "firmware's memory map shows no free RAM in 0 entries");
	for (uint32_t i = 0; i < BOOT_MAX_REGIONS; i++)
		add_region(i * MIB + 1, i * MIB + MIB / 2 + 1, REGION_RAM);
	assert_false(plan_init(&plan, &boot, EBDA, &error));
	assert_string_equal(error.text, "firmware's memory map is in more than 192 pieces");
}

static void the_monitor_goes_high(void **state)
{
	(void)state;
	/* The two highest places are taken by modules, one of them by its last byte only. */
	boot.module_count = 2;
	boot.module[0] = (struct boot_module){.base = GIB - 3 * MIB, .size = 4096};
	boot.module[1] = (struct boot_module){.base = GIB - 8 * MIB, .size = 2 * MIB + 1};
	assert_true(plan_init(&plan, &boot, EBDA, &error));
	assert_true(plan_monitor(&plan, &boot, 3 * MIB - 1, &error));
	assert_int_equal(plan.monitor.base, GIB - 12 * MIB);
	assert_int_equal(plan.monitor.size, 3 * MIB);
	assert_int_equal(plan.monitor_low.base, 0x9e000);
	assert_int_equal(plan.monitor_low.size, 4096);
}

static void the_monitor_stays_below_4g(void **state)
{
	(void)state;
	pc_map(3 * GIB, 3 * GIB);
	make_plan();
	assert_int_equal(plan.monitor.base, 3 * GIB - 4 * MIB);
}

static void no_room_for_the_monitor(void **state)
{
	(void)state;
	pc_map(20 * MIB, GIB);
	assert_true(plan_init(&plan, &boot, EBDA, &error));
	assert_false(plan_monitor(&plan, &boot, 8 * MIB, &error));
	assert_string_equal(
		error.text,
		"no room for the monitor: wanted 8 MiB in one piece between 16 MiB and 4 "
		"GiB, beside the modules; the largest piece is 3968 KiB");
	pc_map(GIB, 0);
	assert_true(plan_init(&plan, &boot, 0x10000, &error));
	assert_false(plan_monitor(&plan, &boot, 8 * MIB, &error));
}

static void the_store_goes_above_4g(void **state)
{
	(void)state;
	pc_map(3 * GIB, GIB);
	add_slot("a", 64 * MIB, MIB)->initrd.size = 4097;
	add_slot("b", 64 * MIB, MIB);
	make_plan();
	assert_int_equal(plan.store.size, 16 * MIB + 2 * 4096 + 8192);
	assert_int_equal(plan.store.base + plan.store.size, 5 * GIB);
}

static void the_store_leaves_asked_ranges(void **state)
{
	struct slot *slot = add_slot("a", 512 * MIB, MIB);

	(void)state;
	pc_map(2 * GIB, GIB);
	slot->has_base = true;
	slot->want_base = 4 * GIB + 512 * MIB;
	make_plan();
	assert_int_equal(reports.count, 0);
	assert_int_equal(plan.store.base + plan.store.size, 4 * GIB + 512 * MIB);
	assert_int_equal(table.slot[0].ram.base, slot->want_base);
}

static void no_room_for_the_store(void **state)
{
	(void)state;
	add_slot("a", 64 * MIB, MIB)->initrd.size = 2 * GIB;
	assert_true(plan_init(&plan, &boot, EBDA, &error));
	assert_false(plan_store(&plan, &boot, &table, &error));
	assert_string_equal(
		error.text,
		"no room for the images of 1 slots: wanted 2105348 KiB in one piece above "
		"16 MiB, beside the modules; the largest piece is 1032064 KiB");
}

static void no_images_need_no_store(void **state)
{
	(void)state;
	make_plan();
	assert_int_equal(plan.store.size, 0);
}

/* In order, lowest first, from 16 MiB; a fixed kernel has its address. */
static void ranges(void **state)
{
	(void)state;
	add_slot("a", 256 * MIB, 96 * MIB);
	add_slot("b", 100 * MIB + 1, 96 * MIB);
	add_fixed("tick", 4 * MIB, 4 * MIB, 100);
	add_fixed("mem", 3 * MIB, MIB + 4096, 1000);
	make_plan();
	assert_int_equal(reports.count, 0);
	assert_int_equal(table.slot[0].ram.base, 16 * MIB);
	assert_int_equal(table.slot[0].ram.size, 256 * MIB);
	assert_int_equal(table.slot[1].ram.base, 272 * MIB);
	assert_int_equal(table.slot[1].ram.size, 100 * MIB + 4096);
	assert_int_equal(table.slot[2].ram.base, 4 * MIB);
	assert_int_equal(table.slot[3].ram.base, MIB);
	assert_int_equal(table.slot[3].ram.size, 3 * MIB);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(table.slot[i].low.size, 64 * KIB);
}

static void slices_shrink(void **state)
{
	static const struct {
		uint32_t slots;
		uint64_t slice;
	} rows[] = {{1, 64 * KIB}, {8, 64 * KIB}, {9, 48 * KIB}, {11, 48 * KIB}, {16, 32 * KIB}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start(state);
		while (table.count < rows[i].slots)
			add_slot((char[]){(char)('a' + table.count), '\0'}, 20 * MIB, MIB);
		make_plan();
		assert_int_equal(reports.count, 0);
		assert_int_equal(table.count, rows[i].slots);
		for (uint32_t j = 0; j < table.count; j++)
			assert_int_equal(table.slot[j].low.size, rows[i].slice);
	}
}

static void no_slice_left(void **state)
{
	(void)state;
	add_slot("a", 20 * MIB, MIB);
	add_slot("b", 20 * MIB, MIB);
	assert_true(plan_init(&plan, &boot, 0x10000 + 60 * KIB, &error));
	plan_slots(&plan, &table, keep_report, &reports);
	assert_int_equal(table.count, 1);
	assert_string_equal(reports.text[0], "slot b: no room below 1 MiB: wanted 32 KiB in one "
					     "piece, 28 KiB left");
}

static void above_4g_when_low_is_short(void **state)
{
	(void)state;
	pc_map(GIB, 2 * GIB);
	add_slot("a", 700 * MIB, MIB);
	add_slot("b", 700 * MIB, MIB);
	add_slot("c", 700 * MIB, MIB)->needs.max_end = 4 * GIB;
	make_plan();
	assert_int_equal(reports.count, 0);
	assert_int_equal(table.slot[0].ram.base, 4 * GIB);
	assert_int_equal(table.slot[1].ram.base, 4 * GIB + 700 * MIB);
	assert_int_equal(table.slot[2].ram.base, 16 * MIB);
}

static void below_16m_as_a_last_resort(void **state)
{
	(void)state;
	pc_map(24 * MIB, 0);
	add_slot("a", 8 * MIB, MIB)->needs.min_base = 0;
	table.slot[0].kernel.size = 4096;
	make_plan();
	assert_int_equal(reports.count, 0);
	assert_int_equal(table.slot[0].ram.base, 2 * MIB);
}

static void two_kernels_at_one_address(void **state)
{
	(void)state;
	add_fixed("a", 4 * MIB, MIB, 64 * MIB / 64);
	add_fixed("b", 4 * MIB, MIB, 0x6b000);
	assert_string_equal(refusal(),
			    "slot b: kernel is linked to 0x100000-0x16b000, which slot a "
			    "has; only one such kernel can be resident");
	assert_int_equal(table.count, 1);
}

static void the_first_refused_the_second_stays(void **state)
{
	(void)state;
	add_slot("a", 8 * GIB, MIB);
	add_slot("b", 64 * MIB, MIB);
	make_plan();
	assert_int_equal(table.count, 1);
	assert_string_equal(table.slot[0].name, "b");
	for (uint32_t i = 0; i < plan.count; i++)
		if (plan.region[i].owner == OWNER_SLOT)
			assert_int_equal(plan.region[i].slot, 0);
}

static void refusal_mem_too_small(void **state)
{
	(void)state;
	add_slot("beta", 64 * MIB, 95 * MIB + 1);
	assert_string_equal(refusal(), "slot beta: kernel needs 96 MiB, mem=64 MiB; raise mem=");
}

static void refusal_fixed_too_small(void **state)
{
	(void)state;
	add_fixed("m", 2 * MIB, 3 * MIB, MIB + 1);
	assert_string_equal(refusal(), "slot m: kernel needs 3 MiB, mem=2 MiB; raise mem=");
}

static void refusal_no_room(void **state)
{
	(void)state;
	add_slot("a", 600 * MIB, MIB);
	add_slot("b", 500 * MIB, MIB)->needs.max_end = 4 * GIB;
	assert_string_equal(
		refusal(), "slot a: no room: wanted 600 MiB in one piece, 487 MiB left; lower mem= "
			   "or drop a slot");
}

static void refusal_below_4g(void **state)
{
	(void)state;
	pc_map(GIB, 4 * GIB);
	add_slot("a", 2 * GIB, MIB)->needs.max_end = 4 * GIB;
	assert_string_equal(refusal(),
			    "slot a: no room: wanted 2 GiB in one piece below 4 GiB, 1004 "
			    "MiB left; lower mem= or drop a slot");
}

static void refusal_below_1m(void **state)
{
	(void)state;
	add_fixed("a", 2 * MIB, 0x7c00, 512);
	assert_string_equal(
		refusal(),
		"slot a: kernel is linked to 0x7c00, below 1 MiB; expected 1 MiB or above");
}

static struct slot *ask(const char *name, uint64_t mem, uint64_t base)
{
	struct slot *slot = add_slot(name, mem, MIB);

	slot->has_base = true;
	slot->want_base = base;
	return slot;
}

static void asked_base(void **state)
{
	(void)state;
	pc_map(GIB, GIB);
	ask("a", 64 * MIB, 4 * GIB);
	ask("b", 64 * MIB, MIB);
	make_plan();
	assert_int_equal(reports.count, 0);
	assert_int_equal(table.slot[0].ram.base, 4 * GIB);
	assert_int_equal(table.slot[1].ram.base, MIB);
}

static void refusal_asked_of_firmware(void **state)
{
	(void)state;
	ask("a", 64 * MIB, GIB - 64 * MIB);
	make_plan();
	assert_string_equal(reports.text[0],
			    "slot a: mem= asks for 0x3c000000-0x40000000, but the monitor has "
			    "0x3fc00000-0x3fe00000; change mem=");
}

static void refusal_asked_of_a_gap(void **state)
{
	(void)state;
	ask("a", 64 * MIB, 8 * GIB);
	assert_string_equal(refusal(), "slot a: mem= asks for 0x200000000-0x204000000, but not all "
				       "of that is RAM");
}

static void refusal_asked_of_a_slot(void **state)
{
	(void)state;
	ask("a", 64 * MIB, 64 * MIB);
	ask("b", 64 * MIB, 96 * MIB);
	assert_string_equal(refusal(), "slot b: mem= asks for 0x6000000-0xa000000, but slot a has "
				       "0x4000000-0x8000000; change mem=");
}

static void refusal_asked_too_high(void **state)
{
	(void)state;
	pc_map(GIB, GIB);
	ask("a", 64 * MIB, 4 * GIB)->needs.max_end = 4 * GIB;
	assert_string_equal(refusal(), "slot a: range 0x100000000-0x104000000 is too high; this "
				       "kernel can use RAM up to 0x100000000");
}

static void refusal_asked_elsewhere(void **state)
{
	struct slot *slot = add_fixed("a", 64 * MIB, MIB, MIB);

	(void)state;
	slot->has_base = true;
	slot->want_base = 64 * MIB;
	assert_string_equal(refusal(), "slot a: kernel is linked to 0x100000, outside of mem='s "
				       "range 0x4000000-0x8000000");
}

/* A range from below min_base: the kernel goes to min_base, and what it needs counts from there. */
static void asked_below_the_kernels_lowest(void **state)
{
	(void)state;
	ask("a", 16 * MIB, 2 * MIB)->needs.size = 2 * MIB + 1;
	assert_string_equal(refusal(), "slot a: kernel needs 17 MiB, mem=16 MiB; raise mem=");
}

static uint32_t random_state;

static uint32_t random_below(uint32_t limit)
{
	random_state = random_state * 1664525 + 1013904223; /* Numerical Recipes' generator */
	return (random_state >> 8) % limit;
}

static void random_map(void)
{
	uint64_t base = 0;

	memset(&boot, 0, sizeof(boot));
	boot.image = (struct region){.base = 4 * MIB, .size = MIB};
	add_region(0, EBDA, REGION_RAM);
	add_region(MIB, (uint64_t)(20 + random_below(2000)) * MIB, REGION_RAM);
	for (uint32_t i = random_below(20); i > 0; i--) {
		base = (uint64_t)random_below(6000) * MIB + random_below(3) * 1000;
		add_region(base, base + random_below(500) * MIB + 1, 1 + random_below(5));
	}
	boot.module_count = random_below(6);
	for (uint32_t i = 0; i < boot.module_count; i++) {
		boot.module[i].base = (uint64_t)random_below(2000) * MIB;
		boot.module[i].size = random_below(100 * MIB);
	}
}

static void random_slots(void)
{
	table.count = 0;
	for (uint32_t i = random_below(SWITCHYARD_MAX_SLOTS + 1); i > 0; i--) {
		uint64_t mem = (uint64_t)(1 + random_below(300)) * MIB + random_below(2) * 5000;
		struct slot *slot = add_slot((char[]){(char)('a' + i), '\0'}, mem, MIB);

		slot->kernel.size = random_below(20 * MIB);
		if (random_below(4) == 0)
			slot->needs = (struct needs){.fixed = true,
						     .base = random_below(64) * MIB,
						     .size = random_below(4 * MIB),
						     .max_end = 4 * GIB};
		else if (random_below(4) == 0)
			slot->needs.max_end = 4 * GIB;
		slot->has_base = random_below(4) == 0;
		slot->want_base = random_below(3000) * 2 * MIB;
	}
}

static bool meets(const struct region *a, uint64_t base, uint64_t size)
{
	return a->size && size && a->base < base + size && base < a->base + a->size;
}

/* The firmware says of [base, base + size) that it is RAM, and nothing else. */
static void assert_is_ram(uint64_t base, uint64_t size)
{
	uint64_t covered = base;

	for (uint32_t i = 0; i < boot.region_count; i++)
		assert_true(boot.region[i].type == REGION_RAM ||
			    !meets(&boot.region[i], base, size));
	for (uint32_t round = 0; round < boot.region_count; round++)
		for (uint32_t i = 0; i < boot.region_count; i++)
			if (boot.region[i].base <= covered &&
			    boot.region[i].base + boot.region[i].size > covered)
				covered = boot.region[i].base + boot.region[i].size;
	assert_true(covered >= base + size);
}

static void check_regions(void)
{
	for (uint32_t i = 0; i < plan.count; i++) {
		const struct plan_region *region = &plan.region[i];

		assert_true(region->size > 0);
		if (i)
			assert_true(plan.region[i - 1].base + plan.region[i - 1].size <=
				    region->base);
		if (region->owner != OWNER_FIRMWARE)
			assert_is_ram(region->base, region->size);
	}
}

static void check_slot_owns(uint32_t slot, const struct region *range)
{
	bool found = false;

	for (uint32_t i = 0; i < plan.count; i++)
		if (plan.region[i].owner == OWNER_SLOT && plan.region[i].slot == slot &&
		    plan.region[i].base == range->base && plan.region[i].size == range->size)
			found = true;
	assert_true(found);
}

static void check_slot(uint32_t i)
{
	const struct slot *slot = &table.slot[i];
	uint64_t first = slot->needs.fixed ? slot->needs.base : slot->needs.min_base;

	check_slot_owns(i, &slot->low);
	check_slot_owns(i, &slot->ram);
	assert_true(slot->ram.base % PLAN_ALIGN == 0 || slot->ram.base == MIB);
	assert_true(slot->ram.size >= slot->want_size);
	assert_true(slot->low.base >= 0x10000 && slot->low.base + slot->low.size <= EBDA);
	assert_true(slot->ram.base + slot->ram.size <= slot->needs.max_end);
	if (slot->needs.fixed)
		assert_true(first >= slot->ram.base);
	else if (first < slot->ram.base)
		first = slot->ram.base;
	assert_true(first + slot->needs.size <= slot->ram.base + slot->ram.size);
	if (slot->has_base)
		assert_int_equal(slot->ram.base, slot->want_base);
}

/* Regions don't overlap, what is given away is RAM, and each slot has what it needs. */
static void nothing_overlaps(void **state)
{
	uint32_t placed = 0, refused = 0, whole = 0;

	(void)state;
	for (uint32_t seed = 0; seed < 3000; seed++) {
		uint32_t wanted;

		random_state = seed;
		random_map();
		random_slots();
		memset(&reports, 0, sizeof(reports));
		assert_true(plan_init(&plan, &boot, EBDA, &error));
		check_regions();
		if (!plan_monitor(&plan, &boot, 3 * MIB, &error) ||
		    !plan_store(&plan, &boot, &table, &error))
			continue;
		for (uint32_t i = 0; i < boot.module_count; i++) {
			assert_false(
				meets(&plan.monitor, boot.module[i].base, boot.module[i].size));
			assert_false(meets(&plan.store, boot.module[i].base, boot.module[i].size));
		}
		assert_false(meets(&plan.monitor, boot.image.base, boot.image.size));
		assert_false(meets(&plan.store, boot.image.base, boot.image.size));
		wanted = table.count;
		plan_slots(&plan, &table, keep_report, &reports);
		assert_int_equal(table.count + reports.count, wanted);
		check_regions();
		for (uint32_t i = 0; i < table.count; i++)
			check_slot(i);
		placed += table.count;
		refused += reports.count;
		whole++;
	}
	/* The generator gives both kinds of cases. */
	assert_true(whole > 1000 && placed > 1000 && refused > 1000);
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
		TEST(the_store_goes_above_4g),
		TEST(the_store_leaves_asked_ranges),
		TEST(no_room_for_the_store),
		TEST(no_images_need_no_store),
		TEST(ranges),
		TEST(slices_shrink),
		TEST(no_slice_left),
		TEST(above_4g_when_low_is_short),
		TEST(below_16m_as_a_last_resort),
		TEST(two_kernels_at_one_address),
		TEST(the_first_refused_the_second_stays),
		TEST(refusal_mem_too_small),
		TEST(refusal_fixed_too_small),
		TEST(refusal_no_room),
		TEST(refusal_below_4g),
		TEST(refusal_below_1m),
		TEST(asked_base),
		TEST(refusal_asked_of_firmware),
		TEST(refusal_asked_of_a_gap),
		TEST(refusal_asked_of_a_slot),
		TEST(refusal_asked_too_high),
		TEST(refusal_asked_elsewhere),
		TEST(asked_below_the_kernels_lowest),
		TEST(nothing_overlaps),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
