// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of snapshots: what they keep of a slot's memory, in a pool that is in pieces, and that
 * they give back all that they took.
 */
#include <string.h>
#include "arch/x86/memory/phys.h"
#include "cmocka.h"
#include "fake/fake.h"
#include "lib/units.h"
#include "monitor/plan/plan_regions.h"
#include "monitor/plan/pool.h"
#include "monitor/snapshot/snapshot.h"

#define LOW_AT	    (64 * KIB)
#define LOW_PAGES   8u
#define RAM_AT	    (4 * MIB)
#define RAM_PAGES   256u
#define BLOCK	    4u /* pages */
#define PAGES	    (LOW_PAGES + RAM_PAGES + BLOCK)
#define PIECE_AT    (8 * MIB)
#define PIECE_PAGES 5u
#define POOL_PAGES  400u
#define HOLES	    5u

static struct plan plan;
static struct snapshots snapshots;
static struct slot slot;
static struct error error;
static uint8_t *low, *ram, *piece;
static uint64_t pool_at;
static uint32_t seed;

static uint32_t pick(uint32_t limit)
{
	seed = seed * 1664525 + 1013904223; /* Numerical Recipes' generator */
	return (seed >> 8) % limit;
}

static void add_free(uint64_t base, uint64_t size)
{
	plan.region[plan.count++] =
		(struct plan_region){.base = base, .size = size, .type = REGION_RAM};
}

/* A pool of so many pages, in so many pieces that lie apart. It takes the last one's place. */
static void make_pool(uint32_t pages, uint32_t pieces)
{
	pool_at += 16 * MIB;
	memset(&plan, 0, sizeof(plan));
	for (uint32_t i = 0; i < pieces; i++) {
		uint64_t size = pages / pieces * PAGE_SIZE;
		uint64_t base = pool_at + i * (size + PAGE_SIZE);

		add_free(base, size);
		fake_memory(base, size, 0xee);
	}
}

static int start(void **state)
{
	(void)state;
	fake_reset();
	memset(&snapshots, 0, sizeof(snapshots));
	memset(&slot, 0, sizeof(slot));
	strcpy(slot.name, "beta");
	slot.low = (struct region){.base = LOW_AT, .size = LOW_PAGES * PAGE_SIZE};
	slot.ram = (struct region){.base = RAM_AT, .size = RAM_PAGES * PAGE_SIZE};
	slot.block = (struct region){.base = RAM_AT + slot.ram.size, .size = BLOCK * PAGE_SIZE};
	low = fake_memory(LOW_AT, slot.low.size, 0);
	ram = fake_memory(RAM_AT, slot.ram.size + slot.block.size, 0);
	seed = 1;
	pool_at = 16 * MIB;
	make_pool(POOL_PAGES, HOLES);
	return 0;
}

static uint8_t *page(uint32_t n)
{
	return n < LOW_PAGES ? low + n * PAGE_SIZE : ram + (n - LOW_PAGES) * PAGE_SIZE;
}

static uint64_t free_pool(void)
{
	uint64_t size = 0;

	for (uint32_t i = 0; i < plan.count; i++)
		if (plan.region[i].owner == OWNER_FREE)
			size += plan.region[i].size;
	return size;
}

/* Some pages are zero, all but their last byte. */
static uint32_t fill(void)
{
	uint32_t zero = 0;

	for (uint32_t n = 0; n < PAGES; n++) {
		uint32_t kind = pick(4);

		memset(page(n), kind ? (int)pick(256) : 0, PAGE_SIZE);
		if (kind == 1)
			memset(page(n), 0, PAGE_SIZE);
		if (kind == 1)
			page(n)[PAGE_SIZE - 1] = 1;
		zero += !kind || (kind > 1 && !page(n)[0]);
	}
	return zero;
}

/* What LZ4 can't make smaller. */
static void fill_with_noise(uint32_t first, uint32_t end)
{
	for (uint32_t n = first; n < end; n++)
		for (uint32_t i = 0; i < PAGE_SIZE; i++)
			page(n)[i] = (uint8_t)pick(256);
}

/* The slot gets RAM below 4 GiB, too, which a reader counts between the slice and the range. */
static void add_piece(void)
{
	slot.dma = (struct region){.base = PIECE_AT, .size = PIECE_PAGES * PAGE_SIZE};
	piece = fake_memory(PIECE_AT, slot.dma.size, 0);
}

static struct snapshot *take(const char *name)
{
	struct snapshot *snapshot = snapshot_new(&snapshots, &plan, &slot, name, &error);

	assert_non_null(snapshot);
	if (!snapshot_copy(snapshot, &plan, &slot, NULL, &error))
		return NULL;
	snapshot->taken = true;
	return snapshot;
}

static void what_was_there_comes_back(void **state)
{
	static uint8_t was[PAGES][PAGE_SIZE];
	uint64_t before = free_pool();

	(void)state;
	for (uint32_t round = 0; round < 20; round++) {
		struct snapshot *snapshot;
		uint32_t zero = fill();

		for (uint32_t n = 0; n < PAGES; n++)
			memcpy(was[n], page(n), PAGE_SIZE);
		snapshot = take("one");
		assert_non_null(snapshot);
		assert_int_equal(snapshot->store.zero, zero);
		assert_int_equal(snapshot->store.kept, PAGES - zero);
		assert_int_equal(snapshot->store.free, 0);
		assert_int_equal(snapshot_size(snapshot), before - free_pool());
		fill();
		for (uint32_t first = 0, part; first < PAGES; first += part) {
			part = 1 + pick(40);
			if (part > PAGES - first)
				part = PAGES - first;
			assert_true(snapshot_put_back(snapshot, first, part, &error));
		}
		for (uint32_t n = 0; n < PAGES; n++)
			assert_memory_equal(was[n], page(n), PAGE_SIZE);
		snapshot_drop(&snapshots, &plan, snapshot);
		assert_int_equal(free_pool(), before);
		assert_int_equal(plan.count, HOLES);
	}
}

static void the_piece_below_4g_comes_back(void **state)
{
	static uint8_t copy[PAGE_SIZE];
	struct snapshot *snapshot;

	(void)state;
	add_piece();
	for (uint32_t n = 0; n < PIECE_PAGES; n++)
		memset(piece + n * PAGE_SIZE, (int)n + 7, PAGE_SIZE);
	memset(ram, 3, PAGE_SIZE);
	snapshot = take("one");
	assert_int_equal(snapshot->store.kept, PIECE_PAGES + 1);
	assert_int_equal(snapshot->store.pages, PAGES + PIECE_PAGES);
	assert_int_equal(page_store_read(&snapshot->store, LOW_PAGES + 1, 1, copy), 1);
	assert_memory_equal(copy, piece + PAGE_SIZE, PAGE_SIZE);
	assert_int_equal(page_store_read(&snapshot->store, LOW_PAGES + PIECE_PAGES, 1, copy), 1);
	assert_memory_equal(copy, ram, PAGE_SIZE);
	memset(piece, 0xff, slot.dma.size);
	memset(ram, 0xff, PAGE_SIZE);
	assert_true(snapshot_put_back(snapshot, 0, PAGES + PIECE_PAGES, &error));
	for (uint32_t n = 0; n < PIECE_PAGES; n++)
		assert_int_equal(piece[(n + 1) * PAGE_SIZE - 1], n + 7);
	assert_int_equal(ram[PAGE_SIZE - 1], 3);
	slot.dma.base += LARGE_PAGE;
	assert_false(snapshot_fits(snapshot, &slot, &error));
	assert_string_equal(
		error.text,
		"slot beta has 0x5000 bytes at 0xa00000 below 4 GiB now; expected 0x5000 "
		"at 0x800000, as at the snapshot");
}

/* The slot goes on, so nothing may be lost of what others have. */
static void a_full_pool_is_one_line(void **state)
{
	static uint8_t was[RAM_PAGES * PAGE_SIZE];
	uint64_t before;
	struct snapshot *first;

	(void)state;
	fill_with_noise(0, PAGES);
	first = take("one");
	assert_non_null(first);
	before = free_pool();
	assert_null(take("two"));
	assert_memory_equal(error.text, "the pool is full after ", 23);
	snapshot_drop(&snapshots, &plan, snapshot_nth(&snapshots, 1));
	assert_int_equal(free_pool(), before);
	assert_ptr_equal(snapshot_named(&snapshots, "one", &error), first);
	memcpy(was, ram, slot.ram.size);
	memset(ram, 2, slot.ram.size);
	assert_true(snapshot_put_back(first, 0, PAGES, &error));
	assert_memory_equal(ram, was, slot.ram.size);
}

/* Half of the pages are noise, which stays as it is. */
static void a_short_pool_is_enough_for_compressed_pages(void **state)
{
	static uint8_t was[PAGES][PAGE_SIZE];
	struct snapshot *snapshot;
	uint64_t before;

	(void)state;
	make_pool(PAGES * 3 / 4, 3);
	before = free_pool();
	fill();
	fill_with_noise(PAGES / 4, PAGES * 3 / 4);
	for (uint32_t n = 0; n < PAGES; n++)
		memcpy(was[n], page(n), PAGE_SIZE);
	snapshot = take("one");
	assert_non_null(snapshot);
	assert_true(snapshot->store.packed);
	assert_int_equal(snapshot_size(snapshot), before - free_pool());
	assert_in_range(snapshot_size(snapshot), PAGES / 2 * PAGE_SIZE, PAGES * 5 / 8 * PAGE_SIZE);
	fill_with_noise(0, PAGES);
	assert_true(snapshot_put_back(snapshot, 0, PAGES, &error));
	for (uint32_t n = 0; n < PAGES; n++)
		assert_memory_equal(was[n], page(n), PAGE_SIZE);
	snapshot_drop(&snapshots, &plan, snapshot);
	assert_int_equal(free_pool(), before);
	assert_int_equal(plan.count, 3);
}

/* Another kernel may write to the pool by mistake. */
static void a_damaged_block_is_no_page(void **state)
{
	const struct snapshot *snapshot;
	const struct region *piece;

	(void)state;
	make_pool(64, 1);
	memset(low, 7, slot.low.size);
	memset(ram, 1, slot.ram.size + slot.block.size);
	snapshot = take("one");
	assert_non_null(snapshot);
	assert_true(snapshot_put_back(snapshot, 0, PAGES, &error));
	piece = &snapshot->store.piece[0];
	memset(phys(piece->base), 0xff, piece->size);
	assert_false(snapshot_put_back(snapshot, 0, PAGES, &error));
	assert_string_equal(error.text, "snapshot one is damaged: the page at 0x10000 is not LZ4");
}

/* The map of pages says how many pieces there are, so their number has a limit. */
static void a_pool_in_too_many_pieces(void **state)
{
	(void)state;
	make_pool(POOL_PAGES, SWITCHYARD_SNAPSHOT_PIECES * 2);
	fill_with_noise(0, PAGES);
	assert_null(take("one"));
	assert_memory_equal(error.text, "the pool is in too many pieces: ", 32);
}

static void names_are_unique(void **state)
{
	struct snapshot *one = take("one"), *two;

	(void)state;
	assert_null(snapshot_new(&snapshots, &plan, &slot, "one", &error));
	assert_string_equal(error.text,
			    "there is a snapshot \"one\" already; \"drop one\" forgets it");
	two = take("two");
	assert_int_not_equal(one->id, two->id);
	assert_ptr_equal(snapshot_with_id(&snapshots, two->id, &error), two);
	snapshot_drop(&snapshots, &plan, one);
	assert_null(snapshot_named(&snapshots, "one", &error));
	assert_string_equal(error.text, "no snapshot \"one\"; \"snapshots\" lists them");
	assert_null(snapshot_with_id(&snapshots, 77, &error));
	assert_string_equal(error.text, "no snapshot has the number 77; it may have been dropped");
}

/* Whoever prepares one and never takes it must not keep others from their names. */
static void what_is_only_prepared_is_forgotten(void **state)
{
	uint64_t before = free_pool();
	const struct snapshot *first = snapshot_new(&snapshots, &plan, &slot, "one", &error);
	struct slot other = {.name = "alpha"};
	uint64_t id = first->id;

	(void)state;
	assert_null(snapshot_named(&snapshots, "one", &error));
	assert_ptr_equal(snapshot_prepared(&snapshots, &slot, id), first);
	assert_null(snapshot_prepared(&snapshots, &other, id));
	first = snapshot_new(&snapshots, &plan, &slot, "one", &error);
	assert_non_null(first);
	assert_null(snapshot_prepared(&snapshots, &slot, id));
	assert_int_equal(before - free_pool(), page_up(sizeof(struct snapshot)));
	/* Nor may it keep other slots from them. */
	id = first->id;
	first = snapshot_new(&snapshots, &plan, &other, "one", &error);
	assert_non_null(first);
	assert_null(snapshot_prepared(&snapshots, &slot, id));
	assert_int_equal(before - free_pool(), page_up(sizeof(struct snapshot)));
}

static void there_is_a_limit(void **state)
{
	char name[] = "a";

	(void)state;
	memset(low, 0, slot.low.size);
	for (uint32_t i = 0; i < SNAPSHOT_MAX; i++, name[0]++)
		assert_non_null(take(name));
	assert_null(snapshot_new(&snapshots, &plan, &slot, name, &error));
	assert_string_equal(error.text,
			    "there are 16 snapshots, which is the most; \"drop NAME\" forgets one");
}

/* A slot of that name that lies elsewhere must not be written to. */
static void only_the_same_place_will_do(void **state)
{
	const struct snapshot *snapshot = take("one");
	struct slot now = slot;

	(void)state;
	assert_true(snapshot_fits(snapshot, &now, &error));
	now.ram.base += LARGE_PAGE;
	assert_false(snapshot_fits(snapshot, &now, &error));
	assert_string_equal(error.text, "slot beta has 0x600000 to 0x703fff now; expected 0x400000 "
					"to 0x503fff, as at the snapshot");
	now = slot;
	now.low.base += PAGE_SIZE;
	assert_false(snapshot_fits(snapshot, &now, &error));
	assert_string_equal(error.text,
			    "slot beta has 0x11000 to 0x18fff below 1 MiB now; expected 0x10000 to "
			    "0x17fff, as at the snapshot");
	now = slot;
	now.cpus = 2;
	assert_false(snapshot_fits(snapshot, &now, &error));
	assert_string_equal(error.text, "slot beta has other CPUs now than at the snapshot");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_was_there_comes_back, start),
		cmocka_unit_test_setup(the_piece_below_4g_comes_back, start),
		cmocka_unit_test_setup(a_full_pool_is_one_line, start),
		cmocka_unit_test_setup(a_short_pool_is_enough_for_compressed_pages, start),
		cmocka_unit_test_setup(a_damaged_block_is_no_page, start),
		cmocka_unit_test_setup(a_pool_in_too_many_pieces, start),
		cmocka_unit_test_setup(names_are_unique, start),
		cmocka_unit_test_setup(what_is_only_prepared_is_forgotten, start),
		cmocka_unit_test_setup(there_is_a_limit, start),
		cmocka_unit_test_setup(only_the_same_place_will_do, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
