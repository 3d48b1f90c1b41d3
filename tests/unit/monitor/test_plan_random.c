/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests plans of random machines: nothing overlaps, and each slot has what it needs. */
#include "plan_machine.h"
#include "monitor/load/guest_map.h"

static uint32_t random_state;

static uint32_t random_below(uint32_t limit)
{
	random_state = random_state * 1664525 + 1013904223; /* Numerical Recipes' generator */
	return (random_state >> 8) % limit;
}

static void random_map(void)
{
	uint64_t base = 0;

	memset(&m.boot, 0, sizeof(m.boot));
	m.boot.image = (struct region){.base = 4 * MIB, .size = MIB};
	add_region(0, EBDA, REGION_RAM);
	add_region(MIB, (uint64_t)(20 + random_below(2000)) * MIB, REGION_RAM);
	for (uint32_t i = random_below(20); i > 0; i--) {
		base = (uint64_t)random_below(6000) * MIB + random_below(3) * 1000;
		add_region(base, base + random_below(500) * MIB + 1, 1 + random_below(5));
	}
	m.boot.module_count = random_below(6);
	for (uint32_t i = 0; i < m.boot.module_count; i++) {
		m.boot.module[i].base = (uint64_t)random_below(2000) * MIB;
		m.boot.module[i].size = random_below(100 * MIB);
	}
}

static void random_slots(void)
{
	m.table.count = 0;
	for (uint32_t i = random_below(SWITCHYARD_MAX_SLOTS + 1); i > 0; i--) {
		uint64_t mem = (uint64_t)(1 + random_below(300)) * MIB + random_below(2) * 5000;
		struct slot *slot = add_slot((char[]){(char)('a' + i), '\0'}, mem, MIB);

		slot->kernel.size = random_below(20 * MIB);
		slot->block.size = random_below(9) * PAGE_SIZE;
		if (random_below(4) == 0)
			slot->needs = (struct needs){.fixed = true,
						     .base = random_below(64) * MIB,
						     .size = random_below(4 * MIB),
						     .max_end = 4 * GIB};
		else if (random_below(4) == 0)
			slot->needs.max_end = 4 * GIB;
		slot->has_base = random_below(4) == 0;
		slot->want_base = random_below(3000) * 2 * MIB;
		slot->has_low = random_below(4) == 0;
		slot->want_low = (uint64_t)random_below(300) * MIB + random_below(2) * 5000;
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

	for (uint32_t i = 0; i < m.boot.region_count; i++)
		assert_true(m.boot.region[i].type == REGION_RAM ||
			    !meets(&m.boot.region[i], base, size));
	for (uint32_t round = 0; round < m.boot.region_count; round++)
		for (uint32_t i = 0; i < m.boot.region_count; i++)
			if (m.boot.region[i].base <= covered &&
			    m.boot.region[i].base + m.boot.region[i].size > covered)
				covered = m.boot.region[i].base + m.boot.region[i].size;
	assert_true(covered >= base + size);
}

static void check_regions(void)
{
	for (uint32_t i = 0; i < m.plan.count; i++) {
		const struct plan_region *region = &m.plan.region[i];

		assert_true(region->size > 0);
		if (i)
			assert_true(m.plan.region[i - 1].base + m.plan.region[i - 1].size <=
				    region->base);
		if (region->owner != OWNER_FIRMWARE)
			assert_is_ram(region->base, region->size);
	}
}

static void check_slot_owns(uint32_t slot, const struct region *range)
{
	bool found = false;

	for (uint32_t i = 0; i < m.plan.count; i++)
		if (m.plan.region[i].owner == OWNER_SLOT && m.plan.region[i].slot == slot &&
		    m.plan.region[i].base == range->base && m.plan.region[i].size == range->size)
			found = true;
	assert_true(found);
}

/* Only a slot above 4 GiB has one, and it is as large as the slot asks for. Returns its size. */
static uint64_t check_piece(uint32_t i)
{
	const struct slot *slot = &m.table.slot[i];

	if (slot->ram.base < 4 * GIB)
		assert_int_equal(slot->dma.size, 0);
	else if (slot->has_low)
		assert_int_equal(slot->dma.size, page_up(slot->want_low));
	if (!slot->dma.size)
		return 0;
	check_slot_owns(i, &slot->dma);
	assert_true(slot->dma.base >= 16 * MIB);
	assert_true(slot->dma.base + slot->dma.size <= 4 * GIB);
	return slot->dma.size;
}

static void check_slot(uint32_t i)
{
	const struct slot *slot = &m.table.slot[i];
	const struct region range = slot_range(slot);
	uint64_t first = slot->needs.fixed ? slot->needs.base : slot->needs.min_base;

	check_slot_owns(i, &slot->low);
	check_slot_owns(i, &range);
	assert_int_equal(slot->block.base, slot->ram.base + slot->ram.size);
	assert_int_equal(slot->block.base + slot->block.size, range.base + range.size);
	assert_true(slot->ram.base % SLOT_ALIGN == 0 || slot->ram.base == MIB);
	assert_true(range.size >= slot->want_size);
	assert_true(slot->low.base >= 0x10000 && slot->low.base + slot->low.size <= EBDA);
	assert_true(range.base + range.size <= slot->needs.max_end);
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
	uint32_t placed = 0, refused = 0, whole = 0, pieces = 0;

	(void)state;
	for (uint32_t seed = 0; seed < 3000; seed++) {
		uint32_t wanted;

		random_state = seed;
		random_map();
		random_slots();
		memset(&m.reports, 0, sizeof(m.reports));
		assert_true(plan_init(&m.plan, &m.boot, EBDA, &m.error));
		check_regions();
		if (!plan_monitor(&m.plan, &m.boot, 3 * MIB, &m.error) ||
		    !plan_store(&m.plan, &m.boot, &m.table, &m.error))
			continue;
		for (uint32_t i = 0; i < m.boot.module_count; i++) {
			assert_false(meets(&m.plan.monitor, m.boot.module[i].base,
					   m.boot.module[i].size));
			assert_false(
				meets(&m.plan.store, m.boot.module[i].base, m.boot.module[i].size));
		}
		assert_false(meets(&m.plan.monitor, m.boot.image.base, m.boot.image.size));
		assert_false(meets(&m.plan.store, m.boot.image.base, m.boot.image.size));
		wanted = m.table.count;
		plan_slots(&m.plan, &m.table, keep_report, &m.reports);
		assert_int_equal(m.table.count + m.reports.count, wanted);
		check_regions();
		for (uint32_t i = 0; i < m.table.count; i++) {
			check_slot(i);
			pieces += check_piece(i) > 0;
		}
		placed += m.table.count;
		refused += m.reports.count;
		whole++;
	}
	/* The generator gives both kinds of cases. */
	assert_true(whole > 1000 && placed > 1000 && refused > 1000 && pieces > 100);
}

/* The pinned slot's map, with other slots before and behind it, and a monitor of that size. */
static uint32_t map_of_pinned(uint32_t before, uint32_t behind, uint64_t monitor,
			      struct region *map, uint32_t max)
{
	uint32_t pinned = 0;

	memset(&m.table, 0, sizeof(m.table));
	for (uint32_t i = 0; i < before + behind + 1; i++) {
		bool own = i == before;
		struct slot *slot = add_slot((char[]){(char)('a' + i), '\0'},
					     own ? 256 * MIB : (1 + random_below(30)) * MIB, MIB);

		slot->kernel.size = random_below(20 * MIB);
		slot->block.size = 4 * PAGE_SIZE;
		slot->has_base = own || random_below(2);
		slot->want_base = own ? GIB : (100 + 17 * i + i % 16) * 16 * MIB;
	}
	pc_map(3 * GIB, 2 * GIB);
	assert_true(plan_init(&m.plan, &m.boot, EBDA, &m.error));
	assert_true(plan_monitor(&m.plan, &m.boot, monitor, &m.error));
	assert_true(plan_store(&m.plan, &m.boot, &m.table, &m.error));
	assert_true(plan_kept(&m.plan, &m.table, (before + behind + 1) * 50 * KIB, &m.error));
	plan_slots(&m.plan, &m.table, keep_report, &m.reports);
	while (pinned < m.table.count && m.table.slot[pinned].ram.base != GIB)
		pinned++;
	assert_true(pinned < m.table.count);
	return guest_map(&m.plan, pinned, &m.table.slot[pinned].block, map, max, &m.error);
}

/* A slot that says where it lies has the same map, whatever other slots there are. */
static void other_slots_move_nothing(void **state)
{
	struct region alone[32], map[32];
	uint32_t count;

	(void)state;
	random_state = 1;
	count = map_of_pinned(0, 0, MIB, alone, 32);
	assert_true(count > 4);
	for (uint32_t round = 0; round < 500; round++) {
		uint32_t before = random_below(8), behind = random_below(8);
		uint64_t monitor = (1 + random_below(9)) * MIB;

		memset(&m.reports, 0, sizeof(m.reports));
		assert_int_equal(map_of_pinned(before, behind, monitor, map, 32), count);
		for (uint32_t i = 0; i < count; i++) {
			assert_int_equal(map[i].base, alone[i].base);
			assert_int_equal(map[i].size, alone[i].size);
			assert_int_equal(map[i].type, alone[i].type);
		}
	}
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_overlaps),
		TEST(other_slots_move_nothing),
	};

	return cmocka_run_group_tests_name("plan_random", tests, NULL, NULL);
}
