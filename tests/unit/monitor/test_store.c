// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the store of pristine images: who gets a place, what is copied, and which changes are
 * found.
 */
#include <string.h>
#include "cmocka.h"
#include "fake/fake.h"
#include "lib/units.h"
#include "monitor/plan/store.h"
#include "reports.h"

#define STORE_AT  (64 * MIB)
#define FILE_AT	  (1 * GIB)
#define INITRD_AT (16 * GIB)

static struct boot_info boot;
static struct plan plan;
static struct slot_table table;
static struct reports reports;

/* The arguments of the last call of show(), and the number of calls. */
static struct {
	uint32_t calls;
	uint64_t done, total;
} shown;

static void show(void *context, uint64_t done, uint64_t total)
{
	(void)context;
	assert_true(done > shown.done && done <= total);
	shown.calls++;
	shown.done = done;
	shown.total = total;
}

static int start(void **state)
{
	(void)state;
	memset(&boot, 0, sizeof(boot));
	memset(&plan, 0, sizeof(plan));
	memset(&table, 0, sizeof(table));
	memset(&reports, 0, sizeof(reports));
	memset(&shown, 0, sizeof(shown));
	return 0;
}

static int stop(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static struct slot *add_slot(const char *name, uint64_t kernel, uint64_t initrd)
{
	struct slot *slot = &table.slot[table.count++];

	strcpy(slot->name, name);
	slot->kernel = (struct image){.base = FILE_AT * table.count, .size = kernel};
	slot->initrd = (struct image){.base = INITRD_AT * table.count, .size = initrd};
	return slot;
}

static void largest_gives_way(void **state)
{
	(void)state;
	plan.count = 1;
	plan.region[0] =
		(struct plan_region){.base = STORE_AT, .size = 4 * MIB, .type = REGION_RAM};
	add_slot("small", MIB, 0);
	add_slot("large", 2 * MIB, 3 * MIB - 1);
	add_slot("other", MIB, MIB);
	for (uint32_t i = 0; i < table.count * SLOT_IMAGES; i++) {
		struct image *image = slot_image(&table.slot[i / SLOT_IMAGES], i % SLOT_IMAGES);

		if (image->size)
			fake_memory(image->base, image->size, (uint8_t)i);
	}
	store_place(&plan, &boot, &table, keep_report, &reports);
	assert_int_equal(table.count, 2);
	assert_string_equal(table.slot[0].name, "small");
	assert_string_equal(table.slot[1].name, "other");
	assert_int_equal(plan.store.size, 3 * MIB);
	assert_int_equal(reports.count, 1);
	assert_string_equal(
		reports.text[0],
		"slot large: no place for its files of 5 MiB: wanted 8 MiB in one piece above 16 "
		"MiB for the files of 3 slots, beside where the loader put them; the largest "
		"piece, some of it theirs, has 4 MiB");
}

static void copies_and_checks(void **state)
{
	struct region store = {.base = STORE_AT, .size = 5 * MIB + PAGE_SIZE};
	uint8_t *file = fake_memory(FILE_AT, 5 * MIB, 0x11);
	uint8_t *initrd = fake_memory(INITRD_AT, 3, 0x22);
	uint8_t *kept = fake_memory(STORE_AT, 8 * MIB, 0);
	struct slot *slot = add_slot("a", 5 * MIB, 3);
	struct error error;

	(void)state;
	store_fill(&store, &table, show, NULL);
	assert_int_equal(shown.calls, 3);
	assert_int_equal(shown.done, 5 * MIB + PAGE_SIZE);
	assert_int_equal(shown.total, 5 * MIB + PAGE_SIZE);
	assert_int_equal(slot->kernel.base, STORE_AT);
	assert_int_equal(slot->initrd.base, STORE_AT + 5 * MIB);
	memset(file, 0, 5 * MIB); /* nobody needs it now */
	memset(initrd, 0, 3);
	assert_true(store_check(slot, &error));

	kept[5 * MIB + 2] ^= 1;
	assert_false(store_check(slot, &error));
	assert_string_equal(error.text,
			    "slot a: its initrd changed in memory, at 0x4500000 to 0x4500002");
	kept[0] ^= 1;
	assert_false(store_check(slot, &error));
	assert_string_equal(error.text, "slot a: its kernel image changed in memory, at 0x4000000 "
					"to 0x44fffff");
}

/* Two slots with one initrd cost one. A file of the same size with other contents is kept. */
static void same_files_are_kept_once(void **state)
{
	struct slot *a, *b;
	struct error error;

	(void)state;
	plan.count = 1;
	plan.region[0] =
		(struct plan_region){.base = STORE_AT, .size = 8 * MIB, .type = REGION_RAM};
	fake_memory(STORE_AT, 8 * MIB, 0);
	a = add_slot("a", MIB, 2 * MIB);
	b = add_slot("b", MIB, 2 * MIB);
	fake_memory(a->kernel.base, MIB, 0x11);
	fake_memory(b->kernel.base, MIB, 0x11)[MIB - 1] = 0x12;
	fake_memory(a->initrd.base, 2 * MIB, 0x22);
	fake_memory(b->initrd.base, 2 * MIB, 0x22);
	store_place(&plan, &boot, &table, keep_report, &reports);
	assert_int_equal(plan.store.size, 4 * MIB);
	store_fill(&plan.store, &table, show, NULL);
	assert_int_equal(shown.done, 4 * MIB);
	assert_int_equal(a->initrd.base, b->initrd.base);
	assert_int_equal(a->initrd.sum, b->initrd.sum);
	assert_int_not_equal(a->kernel.base, b->kernel.base);
	assert_true(store_check(a, &error) && store_check(b, &error));
}

static void nothing_to_keep(void **state)
{
	struct region store = {0};

	(void)state;
	store_place(&plan, &boot, &table, keep_report, &reports);
	store_fill(&store, &table, show, NULL);
	assert_int_equal(reports.count, 0);
	assert_int_equal(shown.calls, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(largest_gives_way, start, stop),
		cmocka_unit_test_setup_teardown(copies_and_checks, start, stop),
		cmocka_unit_test_setup_teardown(same_files_are_kept_once, start, stop),
		cmocka_unit_test_setup_teardown(nothing_to_keep, start, stop),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
