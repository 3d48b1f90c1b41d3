/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of the pieces below 4 GiB that slots above have for 32-bit devices. */
#include "plan_machine.h"
#include "monitor/load/guest_map.h"
#include "monitor/plan/plan_piece.h"
#include "monitor/plan/plan_regions.h"

static struct slot *high(const char *name, uint64_t mem)
{
	struct slot *slot = add_slot(name, mem, MIB);

	slot->has_base = true;
	slot->want_base = 4 * GIB + (m.table.count - 1) * GIB;
	return slot;
}

static struct slot *with_low(struct slot *slot, uint64_t low)
{
	slot->has_low = true;
	slot->want_low = low;
	return slot;
}

/* How many regions a slot has. */
static uint32_t regions_of(uint32_t slot)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < m.plan.count; i++)
		count += m.plan.region[i].owner == OWNER_SLOT && m.plan.region[i].slot == slot;
	return count;
}

static void assert_piece(uint32_t number, uint64_t size)
{
	const struct slot *slot = &m.table.slot[number];

	assert_int_equal(slot->dma.size, size);
	assert_int_equal(regions_of(number), size ? 3 : 2);
	if (!size)
		return;
	assert_int_equal(slot->dma.base % LARGE_PAGE, 0);
	assert_true(slot->dma.base >= 16 * MIB && slot->dma.base + size <= 4 * GIB);
}

static void assert_warns(uint32_t number, const char *text)
{
	struct error warning = {.text = ""};

	assert_int_equal(plan_piece_enough(&m.table.slot[number], &warning), !text);
	assert_string_equal(warning.text, text ? text : "");
}

/* The third and the fourth GiB of a machine with 6 GiB, of which 3 lie below. */
static void four_of_1_gib(void **state)
{
	(void)state;
	pc_map(3 * GIB, 3 * GIB);
	for (uint32_t i = 0; i < 4; i++)
		add_slot((char[]){(char)('a' + i), '\0'}, GIB, MIB);
	make_plan();
	assert_int_equal(m.reports.count, 0);
	for (uint32_t i = 0; i < 4; i++) {
		bool above = m.table.slot[i].ram.base >= 4 * GIB;

		assert_int_equal(above, i >= 2);
		assert_piece(i, above ? 80 * MIB : 0);
		assert_warns(i, NULL);
	}
}

/* The map has the piece as RAM of its slot alone. */
static void in_the_map(void **state)
{
	struct region map[32];

	(void)state;
	pc_map(GIB, 2 * GIB);
	high("a", 256 * MIB);
	high("b", 256 * MIB);
	make_plan();
	for (uint32_t i = 0; i < 2; i++) {
		const struct region *own = &m.table.slot[i].dma;
		uint32_t count = guest_map(&m.plan, i, &m.table.slot[i].block, map, 32, &m.error);
		uint64_t ram = 0;

		for (uint32_t n = 0; n < count; n++) {
			if (map[n].type != REGION_RAM || map[n].base < MIB)
				continue;
			ram += map[n].size;
			assert_true(map[n].base == own->base || map[n].base >= 4 * GIB);
		}
		assert_int_equal(ram, 80 * MIB + 256 * MIB);
	}
}

/* Slots that have to lie below 4 GiB, and those of later lines, come first. */
static void slots_come_first(void **state)
{
	(void)state;
	pc_map(GIB, 2 * GIB);
	high("a", 256 * MIB);
	add_slot("b", 500 * MIB, MIB)->needs.max_end = 4 * GIB;
	add_slot("c", 440 * MIB, MIB);
	make_plan();
	assert_int_equal(m.table.count, 3);
	assert_true(m.table.slot[1].ram.base < GIB && m.table.slot[2].ram.base < GIB);
	assert_piece(0, 48 * MIB);
	assert_warns(0, "only 48 MiB of 80 MiB below 4 GiB are left for it; in it, devices that "
			"address no more may fail, or be slow");
}

static void nothing_left(void **state)
{
	(void)state;
	pc_map(GIB, 2 * GIB);
	high("a", 256 * MIB);
	add_slot("b", 984 * MIB, MIB);
	make_plan();
	assert_int_equal(m.table.count, 2);
	assert_piece(0, 0);
	assert_warns(0, "no RAM below 4 GiB is left for it; devices that address no more, such as "
			"IDE and UHCI, will fail in it");
}

static void as_asked(void **state)
{
	(void)state;
	pc_map(GIB, 4 * GIB);
	with_low(high("a", 256 * MIB), 300 * MIB + 1);
	with_low(high("b", 256 * MIB), 0);
	with_low(add_slot("c", 256 * MIB, MIB), 64 * MIB)->needs.max_end = 4 * GIB;
	make_plan();
	assert_int_equal(m.reports.count, 0);
	assert_piece(0, 300 * MIB + PAGE_SIZE);
	assert_piece(1, 0);
	assert_piece(2, 0);
	assert_warns(0, NULL);
	assert_warns(1, NULL);
	assert_warns(2, "low= has no use: all of its memory lies below 4 GiB");
}

/* What a line asks for comes before what others get without asking. */
static void asked_comes_first(void **state)
{
	(void)state;
	pc_map(GIB, 4 * GIB);
	high("a", 256 * MIB);
	with_low(high("b", 256 * MIB), 1000 * MIB);
	make_plan();
	assert_piece(1, 1000 * MIB);
	assert_piece(0, 0);
}

/* The slot that asks for too much is refused. It leaves nothing behind, and the others stay. */
static void too_much(void **state)
{
	(void)state;
	pc_map(GIB, 4 * GIB);
	with_low(high("a", 256 * MIB), 900 * MIB);
	high("b", 256 * MIB);
	with_low(high("c", 256 * MIB), 900 * MIB);
	make_plan();
	assert_int_equal(m.reports.count, 1);
	assert_string_equal(
		m.reports.text[0],
		"slot c: no room: low= wants 900 MiB in one piece below 4 GiB; free are "
		"104 MiB at 0x1000000, 1 MiB at 0x3fe00000; lower low= or drop a slot");
	assert_int_equal(m.table.count, 2);
	assert_string_equal(m.table.slot[1].name, "b");
	assert_piece(0, 900 * MIB);
	assert_piece(1, 80 * MIB);
	assert_true(plan_is_free(&m.plan, 6 * GIB, 256 * MIB));
}

/* There is enough RAM, but not in one piece. */
static void in_pieces(void **state)
{
	(void)state;
	pc_map(GIB, 2 * GIB);
	add_slot("a", 2560 * MIB, MIB);
	make_plan();
	assert_string_equal(
		m.reports.text[0],
		"slot a: no room: wanted 2.5 GiB in one piece; free are 2039 MiB at "
		"0x100000000, 1004 MiB at 0x1000000, 1 MiB at 0x3fe00000; lower mem= or "
		"drop a slot");
}

/* Three at most, the largest first, the lower one first if they are as large. */
static void what_is_listed(void **state)
{
	const struct plan_search below_1m = {.align = PAGE_SIZE, .limit = MIB};
	const struct plan_search nowhere = {.align = PAGE_SIZE};
	char text[PLAN_LIST_TEXT];

	(void)state;
	assert_true(plan_init(&m.plan, &m.boot, EBDA, &m.error));
	for (uint32_t i = 0; i < 4; i++)
		assert_true(plan_claim(&m.plan, (68 + 108 * i) * KIB, (104 - 4 * (i == 2)) * KIB,
				       OWNER_STORE, 0));
	assert_true(plan_claim(&m.plan, 496 * KIB, 140 * KIB, OWNER_STORE, 0));
	assert_string_equal(plan_list(&m.plan, &below_1m, text),
			    "8 KiB at 0x60000, 4 KiB at 0x10000, 4 KiB at 0x2b000");
	assert_int_equal(plan_sum(&m.plan, &below_1m), 20 * KIB);
	assert_string_equal(plan_list(&m.plan, &nowhere, text), "none");
}

/* A slot that comes later gets one out of the pool, and gives it back. */
static void added(void **state)
{
	struct plan before;
	struct slot *slot;

	(void)state;
	pc_map(GIB, 2 * GIB);
	add_slot("a", 256 * MIB, MIB);
	make_plan();
	before = m.plan;
	slot = high("b", 256 * MIB);
	assert_true(plan_add_slot(&m.plan, &m.table, slot, &m.error));
	assert_piece(1, 80 * MIB);
	plan_drop_slot(&m.plan, slot);
	assert_memory_equal(&m.plan.region, &before.region, before.count * sizeof(*before.region));
	assert_int_equal(m.plan.count, before.count);
	with_low(slot, 3 * GIB);
	assert_false(plan_add_slot(&m.plan, &m.table, slot, &m.error));
	assert_non_null(strstr(m.error.text, "low= wants 3 GiB in one piece below 4 GiB"));
	assert_int_equal(m.plan.count, before.count);
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(four_of_1_gib), TEST(in_the_map), TEST(slots_come_first),
		TEST(nothing_left),  TEST(as_asked),   TEST(asked_comes_first),
		TEST(too_much),	     TEST(in_pieces),  TEST(what_is_listed),
		TEST(added),
	};

	return cmocka_run_group_tests_name("plan_piece", tests, NULL, NULL);
}
