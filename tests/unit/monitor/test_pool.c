// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the pool: random sequences beside a simple model, and images that slots share. */
#include "plan_machine.h"
#include "monitor/plan/plan_regions.h"
#include "monitor/plan/pool.h"

#define PIECES 60
#define PAGES  2048 /* of the model's RAM */
#define START  (32 * MIB)

static uint32_t seed;

static uint32_t pick(uint32_t limit)
{
	seed = seed * 1664525 + 1013904223; /* Numerical Recipes' generator */
	return (seed >> 8) % limit;
}

/* RAM with a hole that another owner has. */
static void make_pool(void)
{
	memset(&m.plan, 0, sizeof(m.plan));
	m.plan.count = 3;
	m.plan.region[0] = (struct plan_region){.base = START,
						.size = PAGES / 4 * PAGE_SIZE,
						.type = REGION_RAM};
	m.plan.region[1] = (struct plan_region){.base = START + PAGES / 4 * PAGE_SIZE,
						.size = PAGES / 4 * PAGE_SIZE,
						.type = REGION_RAM,
						.owner = OWNER_SLOT};
	m.plan.region[2] = (struct plan_region){.base = START + PAGES / 2 * PAGE_SIZE,
						.size = PAGES / 2 * PAGE_SIZE,
						.type = REGION_RAM};
}

/* The model: who has each page; 0: nobody. */
static uint8_t owner[PAGES];

static void mark(uint64_t base, uint64_t size, uint8_t from, uint8_t to)
{
	for (uint64_t page = (base - START) / PAGE_SIZE;
	     page < (base - START + page_up(size)) / PAGE_SIZE; page++) {
		assert_int_equal(owner[page], from);
		owner[page] = to;
	}
}

static uint64_t largest_in_model(void)
{
	uint64_t run = 0, largest = 0;

	for (uint32_t page = 0; page < PAGES; page++) {
		run = owner[page] ? 0 : run + PAGE_SIZE;
		largest = run > largest ? run : largest;
	}
	return largest;
}

static void random_sequences(void **state)
{
	struct region piece[PIECES] = {0};
	uint32_t taken = 0, refused = 0;

	(void)state;
	make_pool();
	memset(owner, 0, sizeof(owner));
	memset(owner + PAGES / 4, 0xff, PAGES / 4);
	for (uint32_t round = 0; round < 20000; round++) {
		uint32_t i = pick(PIECES);
		uint8_t name = (uint8_t)(i + 1);

		if (piece[i].size) {
			pool_give(&m.plan, piece[i].base, piece[i].size);
			mark(piece[i].base, piece[i].size, name, 0);
			piece[i].size = 0;
		} else {
			uint64_t size = pick(100) * PAGE_SIZE + 1 + pick(2 * PAGE_SIZE);
			bool fits = size <= largest_in_model();

			assert_int_equal(pool_take(&m.plan, size, &piece[i].base, &m.error), fits);
			if (fits) {
				piece[i].size = size;
				mark(piece[i].base, size, 0, name);
			}
			taken += fits;
			refused += !fits;
		}
		assert_int_equal(pool_largest(&m.plan), largest_in_model());
	}
	assert_true(taken > 1000 && refused > 100);
	for (uint32_t i = 0; i < PIECES; i++)
		if (piece[i].size)
			pool_give(&m.plan, piece[i].base, piece[i].size);
	assert_int_equal(m.plan.count, 3); /* all free pieces have joined again */
	assert_int_equal(m.plan.region[2].size, PAGES / 2 * PAGE_SIZE);
}

static void refusals(void **state)
{
	uint64_t base;

	(void)state;
	make_pool();
	assert_false(pool_take(&m.plan, PAGES * PAGE_SIZE, &base, &m.error));
	assert_string_equal(m.error.text,
			    "no room: wanted 8 MiB in one piece; the largest free piece has 4 MiB");
	assert_false(pool_take(&m.plan, UINT64_MAX, &base, &m.error));
	assert_false(pool_take(&m.plan, 0, &base, &m.error));
	m.plan.count = PLAN_MAX_REGIONS;
	for (uint32_t i = 3; i < PLAN_MAX_REGIONS; i++)
		m.plan.region[i] = (struct plan_region){.base = GIB + i * MIB,
							.size = PAGE_SIZE,
							.owner = OWNER_SLOT};
	assert_false(pool_take(&m.plan, PAGE_SIZE, &base, &m.error));
	assert_string_equal(m.error.text, "memory is in too many pieces; 192 is the most");
	assert_false(pool_can_drop(&m.plan, 0, &m.error));
	assert_true(pool_take(&m.plan, PAGES / 2 * PAGE_SIZE, &base, &m.error));
	pool_give(&m.plan, base, PAGES / 2 * PAGE_SIZE);
	assert_true(plan_is_free(&m.plan, base, PAGES / 2 * PAGE_SIZE));
}

/* An image that two slots share is freed with the last of them. GRUB's store is cut. */
static void shared_images(void **state)
{
	struct slot gone;

	(void)state;
	start(NULL);
	make_pool();
	m.plan.region[2].owner = OWNER_STORE;
	add_slot("a", MIB, MIB);
	add_slot("b", MIB, MIB);
	m.table.slot[0].kernel =
		(struct image){.base = m.plan.region[2].base, .size = 3 * PAGE_SIZE};
	m.table.slot[0].initrd = (struct image){.base = m.plan.region[2].base + 4 * PAGE_SIZE,
						.size = PAGE_SIZE - 1};
	m.table.slot[1].kernel = m.table.slot[0].kernel;
	gone = m.table.slot[0];
	m.table.slot[0].kernel.size = m.table.slot[0].initrd.size = 0;
	pool_drop_images(&m.plan, &m.table, &gone);
	assert_true(plan_is_free(&m.plan, gone.initrd.base, PAGE_SIZE));
	assert_false(plan_is_free(&m.plan, gone.initrd.base, PAGE_SIZE + 1));
	assert_false(plan_is_free(&m.plan, gone.kernel.base, PAGE_SIZE));
	gone = m.table.slot[1];
	m.table.slot[1].kernel.size = 0;
	pool_drop_images(&m.plan, &m.table, &gone);
	assert_true(plan_is_free(&m.plan, gone.kernel.base, 3 * PAGE_SIZE));
	assert_false(plan_is_free(&m.plan, gone.kernel.base, 3 * PAGE_SIZE + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_sequences),
		cmocka_unit_test(refusals),
		cmocka_unit_test(shared_images),
	};

	return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
