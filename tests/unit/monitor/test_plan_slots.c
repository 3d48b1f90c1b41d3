/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of the memory plan: slots' slices and ranges, and the reason for each refusal. */
#include "plan_machine.h"

/* The reason why one slot among others is refused. */
static const char *refusal(void)
{
	make_plan();
	assert_int_equal(m.reports.count, 1);
	return m.reports.text[0];
}

/* Ranges are given in order, the lowest first, from 16 MiB. A fixed kernel has its address. */
static void ranges(void **state)
{
	(void)state;
	add_slot("a", 256 * MIB, 96 * MIB);
	add_slot("b", 100 * MIB + 1, 96 * MIB);
	add_fixed("tick", 4 * MIB, 4 * MIB, 100);
	add_fixed("mem", 3 * MIB, MIB + 4096, 1000);
	make_plan();
	assert_int_equal(m.reports.count, 0);
	assert_int_equal(m.table.slot[0].ram.base, 16 * MIB);
	assert_int_equal(m.table.slot[0].ram.size, 256 * MIB);
	assert_int_equal(m.table.slot[1].ram.base, 272 * MIB);
	assert_int_equal(m.table.slot[1].ram.size, 100 * MIB + 4096);
	assert_int_equal(m.table.slot[2].ram.base, 4 * MIB);
	assert_int_equal(m.table.slot[3].ram.base, MIB);
	assert_int_equal(m.table.slot[3].ram.size, 3 * MIB);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(m.table.slot[i].low.size, (i < 2 ? 64 : 32) * KIB);
}

/* A kernel that is linked high gets RAM from 1 MiB on, if that is free and contains it. */
static void fixed_high(void **state)
{
	(void)state;
	add_fixed("a", 32 * MIB, 16 * MIB, 17 * MIB);
	make_plan();
	assert_int_equal(m.table.slot[0].ram.base, MIB);
	start(state);
	add_fixed("a", 32 * MIB, 16 * MIB, 17 * MIB + 1);
	make_plan();
	assert_int_equal(m.table.slot[0].ram.base, 16 * MIB);
	start(state);
	add_fixed("a", 32 * MIB, 16 * MIB, 17 * MIB)->block.size = PAGE_SIZE;
	make_plan();
	assert_int_equal(m.table.slot[0].ram.base, 16 * MIB);
	start(state);
	add_fixed("a", 32 * MIB, 16 * MIB, MIB);
	add_fixed("b", 2 * MIB, MIB, MIB); /* it comes later, but has no other place */
	make_plan();
	assert_int_equal(m.reports.count, 0);
	assert_int_equal(m.table.slot[0].ram.base, 16 * MIB);
	assert_int_equal(m.table.slot[1].ram.base, MIB);
}

static void slices_shrink(void **state)
{
	static const struct {
		uint32_t slots;
		uint64_t slice;
	} rows[] = {{1, 64 * KIB}, {8, 64 * KIB}, {9, 48 * KIB}, {11, 48 * KIB}, {16, 32 * KIB}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start(state);
		while (m.table.count < rows[i].slots)
			add_slot((char[]){(char)('a' + m.table.count), '\0'}, 20 * MIB, MIB);
		make_plan();
		assert_int_equal(m.reports.count, 0);
		assert_int_equal(m.table.count, rows[i].slots);
		for (uint32_t j = 0; j < m.table.count; j++)
			assert_int_equal(m.table.slot[j].low.size, rows[i].slice);
	}
}

static void no_slice_left(void **state)
{
	(void)state;
	add_slot("a", 20 * MIB, MIB);
	add_slot("b", 20 * MIB, MIB);
	assert_true(plan_init(&m.plan, &m.boot, 0x10000 + 60 * KIB, &m.error));
	plan_slots(&m.plan, &m.table, keep_report, &m.reports);
	assert_int_equal(m.table.count, 1);
	assert_string_equal(m.reports.text[0], "slot b: no room below 1 MiB: wanted 32 KiB in one "
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
	assert_int_equal(m.reports.count, 0);
	assert_int_equal(m.table.slot[0].ram.base, 4 * GIB);
	assert_int_equal(m.table.slot[1].ram.base, 4 * GIB + 700 * MIB);
	assert_int_equal(m.table.slot[2].ram.base, 16 * MIB);
}

static void below_16m_as_a_last_resort(void **state)
{
	(void)state;
	pc_map(24 * MIB, 0);
	add_slot("a", 8 * MIB, MIB)->needs.min_base = 0;
	m.table.slot[0].kernel.size = 4096;
	make_plan();
	assert_int_equal(m.reports.count, 0);
	assert_int_equal(m.table.slot[0].ram.base, 2 * MIB);
}

static void two_kernels_at_one_address(void **state)
{
	(void)state;
	add_fixed("a", 4 * MIB, MIB, 64 * MIB / 64);
	add_fixed("b", 4 * MIB, MIB, 0x6b000);
	assert_string_equal(refusal(),
			    "slot b: kernel is linked to 0x100000-0x16b000, which slot a "
			    "has; only one such kernel can be resident");
	assert_int_equal(m.table.count, 1);
}

static void the_first_refused_the_second_stays(void **state)
{
	(void)state;
	add_slot("a", 8 * GIB, MIB);
	add_slot("b", 64 * MIB, MIB);
	make_plan();
	assert_int_equal(m.table.count, 1);
	assert_string_equal(m.table.slot[0].name, "b");
	for (uint32_t i = 0; i < m.plan.count; i++)
		if (m.plan.region[i].owner == OWNER_SLOT)
			assert_int_equal(m.plan.region[i].slot, 0);
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
	assert_int_equal(m.reports.count, 0);
	assert_int_equal(m.table.slot[0].ram.base, 4 * GIB);
	assert_int_equal(m.table.slot[1].ram.base, MIB);
}

static void refusal_asked_of_firmware(void **state)
{
	(void)state;
	ask("a", 64 * MIB, GIB - 64 * MIB);
	make_plan();
	assert_string_equal(m.reports.text[0],
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

/* A slot's block is the end of its range. The range must have room for it. */
static void blocks(void **state)
{
	(void)state;
	add_slot("a", 64 * MIB, 32 * MIB)->block.size = 16 * KIB;
	add_fixed("b", 2 * MIB, 4 * MIB, 2 * MIB - 16 * KIB)->block.size = 16 * KIB;
	add_fixed("c", 2 * MIB, 8 * MIB, 2 * MIB - 16 * KIB + 1)->block.size = 16 * KIB;
	add_slot("d", 8 * MIB, 8 * MIB - 4 * KIB)->block.size = 16 * KIB;
	make_plan();
	assert_int_equal(m.table.count, 2);
	assert_int_equal(m.table.slot[0].ram.size, 64 * MIB - 16 * KIB);
	assert_int_equal(m.table.slot[0].block.base, 80 * MIB - 16 * KIB);
	assert_int_equal(slot_range(&m.table.slot[0]).size, 64 * MIB);
	assert_int_equal(m.table.slot[1].block.base, 6 * MIB - 16 * KIB);
	assert_string_equal(m.reports.text[0], "slot c: kernel needs 3 MiB, mem=2 MiB; raise mem=");
	assert_string_equal(m.reports.text[1], "slot d: kernel needs 9 MiB, mem=8 MiB; raise mem=");
}

/* The range's base gives the slice's place. If it is not free, the next free one is used. */
static void slices_of_pinned_slots(void **state)
{
	(void)state;
	pc_map(GIB, GIB);
	ask("a", 16 * MIB, 4 * GIB);
	ask("b", 16 * MIB, 256 * MIB);
	ask("c", 16 * MIB, 512 * MIB);
	ask("d", 16 * MIB, (16 + 17) * 16 * MIB);
	add_slot("e", 16 * MIB, MIB);
	make_plan();
	assert_int_equal(m.reports.count, 0);
	assert_int_equal(m.table.slot[0].low.base, 64 * KIB + 256 % 17 * 32 * KIB);
	assert_int_equal(m.table.slot[1].low.base, 64 * KIB + 16 * 32 * KIB);
	assert_int_equal(m.table.slot[2].low.base, 64 * KIB + 32 % 17 * 32 * KIB);
	assert_int_equal(m.table.slot[3].low.base, 64 * KIB);
	assert_int_equal(m.table.slot[4].low.size, 64 * KIB);
}

/* The range begins below min_base. The kernel lies at min_base, and its needs count from there. */
static void asked_below_the_kernels_lowest(void **state)
{
	(void)state;
	ask("a", 16 * MIB, 2 * MIB)->needs.size = 2 * MIB + 1;
	assert_string_equal(refusal(), "slot a: kernel needs 17 MiB, mem=16 MiB; raise mem=");
}

/* The place is as high as possible below 4 GiB, and avoids ranges that slots ask for. */
static void kept_state(void **state)
{
	struct slot *slot = add_slot("a", 64 * MIB, 32 * MIB);
	uint64_t end;

	(void)state;
	pc_map(GIB, 2 * GIB);
	slot->has_base = true;
	slot->want_base = 944 * MIB;
	assert_true(plan_init(&m.plan, &m.boot, EBDA, &m.error));
	assert_true(plan_kept(&m.plan, &m.table, 100 * KIB + 1, &m.error));
	end = m.plan.kept.base + m.plan.kept.size;
	assert_int_equal(m.plan.kept.size, 104 * KIB);
	assert_true(end <= slot->want_base || m.plan.kept.base >= slot->want_base + 64 * MIB);
	assert_true(end <= GIB && m.plan.kept.base >= 512 * MIB);
	plan_slots(&m.plan, &m.table, keep_report, &m.reports);
	assert_int_equal(slot->ram.base, slot->want_base);

	assert_false(plan_kept(&m.plan, &m.table, 2 * GIB, &m.error));
	assert_non_null(strstr(m.error.text,
			       "wanted 2 GiB in one piece between 16 MiB and 4 GiB for "
			       "the CPUs and devices of 1 slots; the largest piece "));
}

/* The place is as high as possible. If there is none, nothing is taken. */
static void pictures(void **state)
{
	(void)state;
	add_slot("a", 256 * MIB, 96 * MIB);
	add_slot("b", 256 * MIB, 96 * MIB);
	make_plan();
	assert_true(plan_pictures(&m.plan, 2, 4 * MIB, &m.error));
	assert_int_equal(m.plan.pictures.size, 8 * MIB);
	assert_true(m.plan.pictures.base >= m.table.slot[1].ram.base + 256 * MIB);
	for (uint32_t i = 0; i < m.plan.count; i++)
		if (m.plan.region[i].owner == OWNER_PICTURES)
			assert_int_equal(m.plan.region[i].base, m.plan.pictures.base);

	start(state);
	add_slot("a", 900 * MIB, 96 * MIB);
	make_plan();
	assert_false(plan_pictures(&m.plan, 2, 100 * MIB, &m.error));
	assert_int_equal(m.plan.pictures.size, 0);
	assert_non_null(strstr(m.error.text, "wanted 200 MiB in one piece above 16 MiB for the "
					     "pictures of 2 slots; the largest piece has "));
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ranges),
		TEST(fixed_high),
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
		TEST(blocks),
		TEST(slices_of_pinned_slots),
		TEST(kept_state),
		TEST(pictures),
	};

	return cmocka_run_group_tests_name("plan_slots", tests, NULL, NULL);
}
