// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of slots that come and go: each bad text, numbers that stay, and random sequences after which
 * no RAM has two owners, and none is lost.
 */
#include <stdio.h>
#include "arch/x86/pci/pci.h"
#include "fake/fake.h"
#include "fake/fake_pci.h"
#include "monitor/plan/plan_regions.h"
#include "monitor/plan/pool.h"
#include "monitor/switch/kept_state.h"
#include "monitor/switch/new_slot.h"
#include "plan_machine.h"

static struct monitor monitor;
static struct plan before;
static struct error error;

static void fail_if_leaked(void)
{
	assert_int_equal(monitor.plan.count, before.count);
	for (uint32_t i = 0; i < before.count; i++) {
		assert_int_equal(monitor.plan.region[i].base, before.region[i].base);
		assert_int_equal(monitor.plan.region[i].size, before.region[i].size);
		assert_int_equal(monitor.plan.region[i].owner, before.region[i].owner);
	}
}

/* A machine with a GiB of RAM, and alpha from GRUB's lines, which runs. */
static int begin(void **state)
{
	start(state);
	memset(&monitor, 0, sizeof(monitor));
	pc_map(GIB, GIB);
	monitor.boot = &m.boot;
	add_slot("alpha", 64 * MIB, MIB);
	make_plan();
	monitor.plan = m.plan;
	monitor.slots = m.table;
	monitor.slots.slot[0].state = SWITCHYARD_RUNNING;
	monitor.slots.slot[0].kernel = (struct image){.base = m.plan.store.base, .size = MIB};
	before = monitor.plan;
	return 0;
}

static struct slot *add(const char *text)
{
	return new_slot_add(&monitor, text, &error);
}

static void added(const char *text, uint32_t number)
{
	struct slot *slot = add(text);

	assert_non_null(slot);
	assert_int_equal(slot_index(&monitor.slots, slot), number);
}

static void removed(const char *name)
{
	assert_true(new_slot_remove(&monitor, slot_find(&monitor.slots, name), &error));
	assert_null(slot_find(&monitor.slots, name));
}

static void what_a_new_slot_has(void **state)
{
	const struct slot *slot = add("slot=try mem=100M cpus=0,2 on-crash=alpha on-end=restart");

	(void)state;
	assert_string_equal(slot->name, "try");
	assert_int_equal(slot->state, SWITCHYARD_EMPTY);
	assert_int_equal(slot->type, TYPE_AUTO);
	assert_int_equal(slot_range(slot).size, 100 * MIB);
	assert_int_equal(slot->ram.base % SLOT_ALIGN, 0);
	assert_int_equal(slot->low.size, 32 * KIB);
	assert_int_equal(slot->block.size, 6 * PAGE_SIZE);
	assert_int_equal(slot->block.base, slot->ram.base + slot->ram.size);
	assert_int_equal(slot->cpus, 5);
	assert_int_equal(slot->on_crash.kind, SUCCESSOR_SLOT);
	assert_string_equal(slot->on_crash.slot, "alpha");
	assert_int_equal(slot->on_end.kind, SUCCESSOR_RESTART);
	slot = add("mem=1M@1M slot=low");
	assert_int_equal(slot->ram.base, MIB);
	assert_int_equal(slot->on_crash.kind, SUCCESSOR_MONITOR);
	assert_false(slot->efi);
	removed("try");
	removed("low");
	fail_if_leaked();
}

static void bad_texts(void **state)
{
	static const char *const texts[][2] = {
		{"", "no slot=; expected slot=NAME"},
		{"slot=try", "no mem=; expected mem=SIZE"},
		{"mem=1M", "no slot=; expected slot=NAME"},
		{"slot=alpha mem=1M", "slot alpha is there already"},
		{"slot= mem=1M", "bad name \"\"; expected a-z, 0-9, then also dot, _ and -"},
		{"slot=Try mem=1M", "bad name \"Try\"; expected a-z, 0-9, then also dot, _ and -"},
		{"slot=.try mem=1M",
		 "bad name \".try\"; expected a-z, 0-9, then also dot, _ and -"},
		{"slot=t\x01y mem=1M",
		 "bad name \"t?y\"; expected a-z, 0-9, then also dot, _ and -"},
		{"slot=a-name-that-is-too-long mem=1M",
		 "name \"a-name-that-is-too-long\" has 23 characters; expected at most 16"},
		{"slot=try mem=", "bad size \"\"; expected a number with K, M or G"},
		{"slot=try mem=0", "bad size \"0\"; expected more than 0 and at most 2^52"},
		{"slot=try mem=1023K", "a size of 1023 KiB; expected 1 MiB at least"},
		{"slot=try mem=3G",
		 "no room: wanted 3 GiB in one piece, 1015 MiB left; lower mem= or drop a slot"},
		{"slot=try mem=18446744073709551615",
		 "bad size \"18446744073709551615\"; expected more than 0 and at most 2^52"},
		{"slot=try mem=16M@17M", "bad base \"17M\"; expected a multiple of 2M, or 1M"},
		{"slot=try mem=16M@18M",
		 "mem= asks for 0x1200000-0x2200000, but slot alpha has 0x1000000-0x5000000; "
		 "change mem="},
		{"slot=try mem=16M@9G",
		 "mem= asks for 0x240000000-0x241000000, but not all of that is RAM"},
		{"slot=try mem=1M cpus=1",
		 "bad CPUs \"1\"; expected CPU 0 among them: every slot runs on it"},
		{"slot=try mem=1M cpus=0-64",
		 "bad CPUs \"0-64\"; expected a list of 0 to 63, as in 0,2-3"},
		{"slot=try mem=1M type=linux",
		 "unknown option \"type=linux\"; expected mem=, low=, cpus=, devices=, on-end=, on-crash=, "
		 "efi= or switch="},
		{"slot=try mem=1M -- quiet",
		 "unknown option \"--\"; expected mem=, low=, cpus=, devices=, on-end=, on-crash=, efi= or switch="},
		{"slot=try mem=1M mem=2M", "option mem= given twice; expected once"},
		{"slot=try mem=1M on-crash=!",
		 "bad successor \"!\"; expected monitor, restart or a slot's name"},
		{"slot=try mem=1M devices=00:1.0",
		 "bad device \"00:1.0\"; expected an address in PCI domain 0, as in 00:10.0, or "
		 "VENDOR:DEVICE, as in 1af4:1001"},
		{"slot=try mem=1M efi=yes", "bad efi \"yes\"; expected on or off"},
	};
	const struct slot_table slots = monitor.slots;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_null(add(texts[i][0]));
		assert_string_equal(error.text, texts[i][1]);
		assert_memory_equal(&monitor.slots, &slots, sizeof(slots));
		fail_if_leaked();
	}
}

/* It gets none of the RAM that it asked for, and the other slot keeps the function. */
static void a_function_of_another_slot(void **state)
{
	(void)state;
	fake_pci_reset();
	fake_pci_add(-1, 16, 0, 0x10011af4, 0x01000000, 0);
	pci_init();
	added("slot=one mem=1M devices=00:10.0", 1);
	before = monitor.plan;
	assert_null(add("slot=two mem=1M devices=1af4:1001"));
	assert_string_equal(error.text, "devices= names 0000:00:10.0, as that of slot one does; "
					"expected each function in one slot's");
	assert_int_equal(monitor.slots.count, 2);
	fail_if_leaked();
	removed("one");
	added("slot=two mem=1M devices=1af4:1001", 1);
	fake_pci_reset();
	pci_init();
}

/* Holes are filled from below. Numbers of others stay. */
static void numbers_stay(void **state)
{
	(void)state;
	added("slot=a mem=1M", 1);
	added("slot=b mem=1M", 2);
	added("slot=c mem=1M", 3);
	removed("a");
	assert_int_equal(monitor.slots.count, 4);
	assert_int_equal(slot_used(&monitor.slots), 3);
	assert_string_equal(slot_nth(&monitor.slots, 0)->name, "alpha");
	assert_string_equal(slot_nth(&monitor.slots, 1)->name, "b");
	assert_string_equal(slot_nth(&monitor.slots, 2)->name, "c");
	assert_null(slot_find(&monitor.slots, ""));
	added("slot=d mem=1M", 1);
	added("slot=e mem=1M", 4);
	removed("e");
	removed("b");
	removed("c");
	assert_int_equal(monitor.slots.count, 2);
	removed("d");
	fail_if_leaked();
}

/* RAM below 1 MiB ends before the table's rows do if the slices are large. */
static void what_runs_out(void **state)
{
	char text[32];

	(void)state;
	for (uint32_t i = 1; i < SWITCHYARD_MAX_SLOTS; i++) {
		snprintf(text, sizeof(text), "slot=s%u mem=1M", i);
		added(text, i);
	}
	assert_null(add("slot=more mem=1M"));
	assert_string_equal(error.text, "no room for another slot; 16 is the most");
	for (uint32_t i = 1; i < SWITCHYARD_MAX_SLOTS; i++) {
		snprintf(text, sizeof(text), "s%u", i);
		removed(text);
	}
	fail_if_leaked();
	assert_true(plan_claim(&monitor.plan, 0x20000, 0x9f000 - 0x20000, OWNER_FIRMWARE, 0));
	before = monitor.plan;
	assert_null(add("slot=more mem=1M"));
	assert_string_equal(error.text,
			    "no room below 1 MiB: wanted 32 KiB in one piece, 0 bytes left");
	fail_if_leaked();
}

/* If what is kept of it has no place, the slot goes back whole. */
static void no_room_for_what_is_kept(void **state)
{
	(void)state;
	while (pool_largest(&monitor.plan)) {
		uint64_t base, size = pool_largest(&monitor.plan);

		assert_true(pool_take(&monitor.plan, size, &base, &error));
	}
	pool_give(&monitor.plan, 5 * GIB - 16 * MIB, 16 * MIB); /* above 4 GiB */
	before = monitor.plan;
	assert_null(add("slot=try mem=4M"));
	assert_string_equal(error.text, "this fake has no room");
	assert_int_equal(monitor.slots.count, 1);
	fail_if_leaked();
	assert_true(plan_release(&monitor.plan, GIB / 2, MIB, OWNER_STORE));
	assert_non_null(add("slot=try mem=4M"));
}

static void who_can_be_removed(void **state)
{
	struct slot *alpha = &monitor.slots.slot[0];
	static const enum switchyard_state no[] = {SWITCHYARD_RUNNING, SWITCHYARD_PARKED,
						   SWITCHYARD_CRASHED, SWITCHYARD_INTERRUPTED};

	(void)state;
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		alpha->state = no[i];
		assert_false(new_slot_remove(&monitor, alpha, &error));
		assert_string_equal(alpha->name, "alpha");
		fail_if_leaked();
	}
	/* A slot of GRUB's lines, whose kernel has ended: its range and its images are free. */
	alpha->state = SWITCHYARD_READY;
	monitor.devices_running = true;
	monitor.current = 0;
	removed("alpha");
	assert_false(monitor.devices_running);
	assert_int_equal(monitor.current, NO_SLOT);
	assert_int_equal(monitor.slots.count, 0);
	assert_true(plan_is_free(&monitor.plan, 16 * MIB, 64 * MIB));
	assert_true(plan_is_free(&monitor.plan, m.plan.store.base, MIB));
	added("slot=alpha mem=1M", 0);
}

static void no_room_in_the_plan(void **state)
{
	(void)state;
	added("slot=try mem=1M", 1);
	for (uint32_t i = monitor.plan.count; i < PLAN_MAX_REGIONS - 10; i++)
		monitor.plan.region[i] = (struct plan_region){.base = (100 + i) * GIB,
							      .size = PAGE_SIZE,
							      .owner = OWNER_FIRMWARE};
	monitor.plan.count = PLAN_MAX_REGIONS - 10;
	assert_false(new_slot_remove(&monitor, &monitor.slots.slot[1], &error));
	assert_string_equal(error.text, "memory is in 182 pieces; 168 is the most");
	/* What is added leaves room to give every slot back. */
	monitor.plan.count = PLAN_MAX_REGIONS - 31;
	assert_null(add("slot=more mem=1M"));
	assert_string_equal(error.text, "memory is in 161 pieces; 158 is the most");
	assert_true(new_slot_remove(&monitor, &monitor.slots.slot[1], &error));
}

/* Images that are being loaded by the slot, or for it, are forgotten. */
static void jobs_end_with_a_slot(void **state)
{
	const struct new_image_file file = {.kind = SWITCHYARD_FILE_KERNEL, .size = MIB};

	(void)state;
	fake_memory(GIB - 64 * MIB, 64 * MIB, 0);
	fake_memory(4 * GIB, GIB, 0);
	monitor.current = 0;
	added("slot=a mem=1M", 1);
	added("slot=b mem=1M", 2);
	assert_true(new_image_begin(&monitor, &monitor.slots.slot[1], &error));
	assert_true(new_image_file(&monitor, &file, &error));
	removed("b");
	assert_int_not_equal(monitor.new_images.job[0], 0);
	removed("a");
	assert_int_equal(monitor.new_images.job[0], 0);
	fail_if_leaked();
	fake_reset();
}

static uint32_t seed;

static uint32_t pick(uint32_t limit)
{
	seed = seed * 1664525 + 1013904223; /* Numerical Recipes' generator */
	return (seed >> 8) % limit;
}

/* Gives a slot an image of its own, or that of another slot. */
static void load(struct slot *slot)
{
	const struct slot *other = &monitor.slots.slot[pick(monitor.slots.count)];
	struct slot gone = *slot;

	slot->kernel = (struct image){.size = 1 + pick(MIB)};
	if (pick(3) == 0 && other->kernel.size)
		slot->kernel = other->kernel;
	else if (!pool_take(&monitor.plan, slot->kernel.size, &slot->kernel.base, &error))
		slot->kernel.size = 0;
	slot->kernel.string_base = 0;
	if (slot->kernel.size && pick(2) &&
	    !pool_take(&monitor.plan, PAGE_SIZE, &slot->kernel.string_base, &error))
		slot->kernel.string_base = 0;
	slot->state = slot->kernel.size ? SWITCHYARD_READY : SWITCHYARD_EMPTY;
	pool_drop_images(&monitor.plan, &monitor.slots, &gone);
}

static bool owns(uint32_t slot, const struct region *range)
{
	for (uint32_t i = 0; i < monitor.plan.count; i++) {
		const struct plan_region *region = &monitor.plan.region[i];

		if (region->owner == OWNER_SLOT && region->slot == slot &&
		    region->base == range->base && region->size == range->size)
			return true;
	}
	return false;
}

static void check(void)
{
	uint32_t ranges = 0;

	for (uint32_t i = 0; i < monitor.plan.count; i++) {
		const struct plan_region *region = &monitor.plan.region[i];

		ranges += region->owner == OWNER_SLOT;
		if (i)
			assert_true(region[-1].base + region[-1].size <= region->base);
	}
	for (uint32_t i = 0; i < monitor.slots.count; i++) {
		const struct slot *slot = &monitor.slots.slot[i];
		struct region range = slot_range(slot);

		if (!slot_is_used(slot))
			continue;
		assert_true(owns(i, &range) && owns(i, &slot->low));
		ranges -= 2;
		if (!slot->dma.size)
			continue;
		assert_true(owns(i, &slot->dma) && range.base >= BELOW_4G);
		ranges--;
	}
	assert_int_equal(ranges, 0);
}

static void one_step(uint32_t *adds, uint32_t *removes)
{
	struct slot *slot = &monitor.slots.slot[1 + pick(SWITCHYARD_MAX_SLOTS - 1)];
	char text[80];

	if (!slot_is_used(slot)) {
		snprintf(text, sizeof(text), "slot=s%u mem=%uK%s", pick(30), 1024 + pick(300000),
			 pick(4)   ? ""
			 : pick(2) ? "@512M"
				   : "@1M");
		*adds += add(text) != NULL;
	} else if (pick(3)) {
		load(slot);
	} else {
		*removes += new_slot_remove(&monitor, slot, &error);
	}
	check();
}

/* Once with a text screen, and once with a framebuffer, of which each slot has a picture. */
static void random_sequences(void **state)
{
	uint32_t adds = 0, removes = 0;

	for (uint32_t round = 0; round < 40; round++) {
		begin(state);
		m.boot.screen = round % 2 ? SCREEN_FRAMEBUFFER : SCREEN_TEXT;
		m.boot.framebuffer = (struct boot_framebuffer){.pitch = 4096, .height = 768};
		seed = round;
		for (uint32_t step = 0; step < 400; step++)
			one_step(&adds, &removes);
		for (uint32_t i = 1; i < SWITCHYARD_MAX_SLOTS; i++)
			if (slot_is_used(&monitor.slots.slot[i]))
				assert_true(
					new_slot_remove(&monitor, &monitor.slots.slot[i], &error));
		assert_int_equal(monitor.slots.count, 1);
		fail_if_leaked();
	}
	assert_true(adds > 1000 && removes > 1000);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_a_new_slot_has),
		TEST(bad_texts),
		TEST(a_function_of_another_slot),
		TEST(numbers_stay),
		TEST(what_runs_out),
		TEST(no_room_for_what_is_kept),
		TEST(who_can_be_removed),
		TEST(no_room_in_the_plan),
		TEST(jobs_end_with_a_slot),
		TEST(random_sequences),
	};

	return cmocka_run_group_tests_name("new_slot", tests, NULL, NULL);
}
