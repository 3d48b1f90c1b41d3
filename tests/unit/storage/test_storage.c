// SPDX-License-Identifier: GPL-2.0-only
/* Tests of what slots tell of block devices: whose they are, and who has written to them since. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "monitor/storage/storage.h"

#define ALPHA 0
#define BETA  1
#define GAMMA 2
#define DISK  0x20 /* a PCI function */
#define CARD  0x28

static struct storage storage;
static struct slot_table slots;
static struct error error;

static int start(void **state)
{
	static const char *const names[] = {"alpha", "beta", "gamma"};

	(void)state;
	memset(&storage, 0, sizeof(storage));
	memset(&slots, 0, sizeof(slots));
	slots.count = 3;
	for (uint32_t i = 0; i < 3; i++) {
		strcpy(slots.slot[i].name, names[i]);
		slots.slot[i].state = SWITCHYARD_PARKED;
	}
	error.text[0] = '\0';
	return 0;
}

/* A partition with an id, or with none (0). */
static struct switchyard_storage device(uint8_t use, uint8_t id, uint32_t disk, uint64_t start_at,
					uint64_t written)
{
	struct switchyard_storage entry = {
		.id_at = id ? 1128 : 0,
		.start = start_at,
		.sectors = 1000,
		.written = written,
		.disk = disk,
		.use = use,
	};

	memset(entry.id, id, sizeof(entry.id));
	snprintf(entry.name, sizeof(entry.name), "/dev/%u on /%u", disk, id);
	return entry;
}

static void tell(uint32_t index, const struct switchyard_storage *entries, uint32_t count)
{
	assert_true(storage_tell(&storage, index, &slots.slot[index], entries, count, &error));
}

static void tell_one(uint32_t index, struct switchyard_storage entry)
{
	tell(index, &entry, 1);
}

static void park(uint32_t index)
{
	storage_park(&storage, index, &slots.slot[index]);
}

static bool goes_on(uint32_t index)
{
	return storage_goes_on(&storage, index, &slots.slot[index], &error);
}

static bool unwritten(uint32_t index, uint64_t since, enum storage_belief belief)
{
	return storage_unwritten_since(&storage, &storage.list[index], since, belief, &error);
}

static bool is_alone(uint32_t index)
{
	return storage_is_alone(&storage, &slots, index, &error);
}

static struct switchyard_storage mounted_by_alpha(void)
{
	return device(SWITCHYARD_STORAGE_MOUNTED, 1, DISK, 0, 10);
}

static void alpha_mounts_and_parks(void)
{
	tell_one(ALPHA, mounted_by_alpha());
	park(ALPHA);
}

static void another_writes_to_it(void **state)
{
	(void)state;
	alpha_mounts_and_parks();
	assert_true(goes_on(ALPHA));
	tell_one(BETA, device(SWITCHYARD_STORAGE_WRITTEN, 1, DISK, 0, 0));
	assert_true(goes_on(ALPHA));
	tell_one(BETA, device(SWITCHYARD_STORAGE_WRITTEN, 1, DISK, 0, 1));
	assert_false(goes_on(ALPHA));
	assert_string_equal(error.text,
			    "slot alpha has /dev/32 on /1: slot beta has written to it since; what "
			    "it keeps of that in memory would destroy it");
	/* It was resumed all the same, and left again: that is over. */
	park(ALPHA);
	assert_true(goes_on(ALPHA));
	tell_one(BETA, device(SWITCHYARD_STORAGE_WRITTEN, 1, DISK, 0, 1));
	assert_true(goes_on(ALPHA));
}

static void another_file_system_is_made_on_it(void **state)
{
	struct switchyard_storage before = mounted_by_alpha(),
				  made = device(SWITCHYARD_STORAGE_MOUNTED, 2, DISK, 0, 100);

	(void)state;
	alpha_mounts_and_parks();
	tell_one(BETA, made);
	assert_true(goes_on(ALPHA)); /* it may be another disk behind that function */
	before.unit = SWITCHYARD_STORAGE_ONLY_UNIT;
	tell_one(ALPHA, before);
	park(ALPHA);
	made.written++;
	tell_one(BETA, made);
	assert_true(goes_on(ALPHA));
	made.unit = before.unit;
	made.written++;
	tell_one(BETA, made);
	assert_false(goes_on(ALPHA));
	assert_false(is_alone(BETA));
	/* Elsewhere on the disk, or behind another function. */
	tell(BETA, NULL, 0);
	park(ALPHA);
	made.start += made.sectors;
	tell_one(BETA, made);
	made.disk = CARD;
	made.start = 0;
	tell_one(BETA, made);
	assert_true(goes_on(ALPHA));
}

static void one_function_has_two_disks(void **state)
{
	struct switchyard_storage mine = mounted_by_alpha(),
				  other = device(SWITCHYARD_STORAGE_MOUNTED, 2, DISK, 0, 100);

	(void)state;
	mine.unit = 0x1234;
	other.unit = 0x1235;
	tell_one(ALPHA, mine);
	park(ALPHA);
	tell_one(BETA, other);
	assert_true(goes_on(ALPHA));
	assert_true(is_alone(BETA));
	/* An older driver knows only that the function has one disk. */
	other.unit = SWITCHYARD_STORAGE_ONLY_UNIT;
	other.written++;
	tell_one(BETA, other);
	assert_false(goes_on(ALPHA));
	assert_false(is_alone(BETA));
}

/* Without ids, they have one size and one place. */
static void two_raw_disks_are_written(void **state)
{
	struct switchyard_storage mine = mounted_by_alpha(),
				  raw = device(SWITCHYARD_STORAGE_WRITTEN, 0, DISK, 0, 1);

	(void)state;
	mine.unit = 0x1234;
	tell_one(ALPHA, mine);
	park(ALPHA);
	raw.unit = 0x1235;
	tell_one(GAMMA, raw);
	assert_true(goes_on(ALPHA));
	raw.unit = mine.unit;
	tell_one(GAMMA, raw);
	assert_false(goes_on(ALPHA));
	/* The write to the other disk does not take the place of that one. */
	raw.unit = 0x1235;
	tell_one(GAMMA, raw);
	assert_false(goes_on(ALPHA));
	park(ALPHA);
	raw.written++;
	tell_one(GAMMA, raw);
	assert_true(goes_on(ALPHA));
	/* One that can't be told from others may be any of them. */
	raw.unit = SWITCHYARD_STORAGE_NO_UNIT;
	tell_one(GAMMA, raw);
	assert_false(goes_on(ALPHA));
}

static void another_disk_is_written(void **state)
{
	struct switchyard_storage whole = device(SWITCHYARD_STORAGE_WRITTEN, 0, DISK, 0, 1);

	(void)state;
	alpha_mounts_and_parks();
	tell_one(BETA, device(SWITCHYARD_STORAGE_MOUNTED, 2, DISK, 0, 9));
	tell_one(BETA, device(SWITCHYARD_STORAGE_WRITTEN, 2, DISK, 0, 99));
	assert_true(goes_on(ALPHA));
	tell_one(GAMMA, device(SWITCHYARD_STORAGE_WRITTEN, 0, CARD, 0, 9));
	tell_one(GAMMA, device(SWITCHYARD_STORAGE_WRITTEN, 0, DISK, 1000, 9));
	assert_true(goes_on(ALPHA));
	/* The disk that it is a part of. */
	whole.sectors = 1 << 20;
	tell_one(GAMMA, whole);
	assert_false(goes_on(ALPHA));
}

static void a_device_is_known_by_its_id(void **state)
{
	struct switchyard_storage larger = device(SWITCHYARD_STORAGE_SWAP, 1, CARD, 0, 5);

	(void)state;
	alpha_mounts_and_parks();
	larger.sectors++;
	tell_one(BETA, larger);
	assert_true(is_alone(BETA));
	/* It is in another place now. */
	tell_one(BETA, device(SWITCHYARD_STORAGE_SWAP, 1, CARD, 2048, 5));
	assert_false(is_alone(BETA));
	assert_string_equal(error.text, "slot beta uses /dev/40 on /1, which slot alpha has as "
					"/dev/32 on /1");
	assert_false(goes_on(ALPHA));
}

static void only_what_is_in_use_collides(void **state)
{
	(void)state;
	alpha_mounts_and_parks();
	tell_one(BETA, device(SWITCHYARD_STORAGE_WRITTEN, 1, DISK, 0, 0));
	assert_true(is_alone(BETA));
	tell_one(BETA, device(SWITCHYARD_STORAGE_MEMBER, 1, DISK, 0, 0));
	assert_false(is_alone(BETA));
	slots.slot[ALPHA].state = SWITCHYARD_CRASHED;
	assert_true(is_alone(BETA));
}

/* For a snapshot, its own slot counts as well. */
static void the_slot_itself_writes(void **state)
{
	uint64_t since;

	(void)state;
	alpha_mounts_and_parks();
	since = storage_now(&storage);
	assert_true(unwritten(ALPHA, since, STORAGE_POSSIBLE));
	tell_one(ALPHA, device(SWITCHYARD_STORAGE_MOUNTED, 1, DISK, 0, 11));
	assert_false(unwritten(ALPHA, since, STORAGE_POSSIBLE));
	assert_string_equal(error.text, "/dev/32 on /1: slot alpha has written to it since");
	assert_true(unwritten(ALPHA, storage_now(&storage), STORAGE_POSSIBLE));
}

static void who_does_not_tell_may_have_written(void **state)
{
	uint64_t since;

	(void)state;
	alpha_mounts_and_parks();
	since = storage_now(&storage);
	park(BETA);
	assert_true(unwritten(ALPHA, since, STORAGE_KNOWN));
	assert_false(unwritten(ALPHA, since, STORAGE_POSSIBLE));
	assert_string_equal(error.text, "/dev/32 on /1: slot beta may have written to it since");
	/* Who has nothing in use has nothing to lose. */
	assert_true(unwritten(GAMMA, 0, STORAGE_POSSIBLE));
	since = storage_now(&storage);
	tell(BETA, NULL, 0);
	park(BETA);
	assert_true(unwritten(ALPHA, since, STORAGE_POSSIBLE));
	storage_interrupt(&storage, BETA, &slots.slot[BETA]);
	assert_false(unwritten(ALPHA, since, STORAGE_POSSIBLE));
}

static void ends(void **state)
{
	uint64_t since;

	(void)state;
	alpha_mounts_and_parks();
	since = storage_now(&storage);
	tell(BETA, NULL, 0);
	storage_end(&storage, BETA, &slots.slot[BETA], false);
	assert_true(unwritten(ALPHA, since, STORAGE_POSSIBLE));
	assert_false(storage.list[BETA].told);
	/* It ended with the file system mounted: nobody knows what it wrote last. */
	tell_one(BETA, device(SWITCHYARD_STORAGE_MOUNTED, 1, DISK, 0, 0));
	assert_true(unwritten(ALPHA, since, STORAGE_POSSIBLE));
	storage_end(&storage, BETA, &slots.slot[BETA], false);
	assert_false(unwritten(ALPHA, since, STORAGE_KNOWN));
	since = storage_now(&storage);
	tell(BETA, NULL, 0);
	storage_end(&storage, BETA, &slots.slot[BETA], true);
	assert_true(unwritten(ALPHA, since, STORAGE_KNOWN));
	assert_false(unwritten(ALPHA, since, STORAGE_POSSIBLE));
	since = storage_now(&storage);
	storage_end(&storage, GAMMA, &slots.slot[GAMMA], false); /* it never told */
	assert_false(unwritten(ALPHA, since, STORAGE_POSSIBLE));
}

static void a_device_that_is_gone_counts(void **state)
{
	(void)state;
	tell_one(BETA, device(SWITCHYARD_STORAGE_MOUNTED, 1, DISK, 0, 10));
	alpha_mounts_and_parks();
	assert_true(goes_on(ALPHA));
	tell(BETA, NULL, 0);
	assert_false(goes_on(ALPHA));
}

/* Two sticks of one model, which have no serial numbers: making a file system writes as much to each. */
static void alike_disks_are_written_alike(void **state)
{
	struct switchyard_storage stick = device(SWITCHYARD_STORAGE_WRITTEN, 0, DISK, 0, 100);
	const struct switchyard_storage two[] = {stick, stick};

	(void)state;
	tell_one(BETA, stick);
	alpha_mounts_and_parks();
	tell_one(BETA, stick);
	assert_true(goes_on(ALPHA));
	tell(BETA, two, 2);
	assert_false(goes_on(ALPHA));
	park(ALPHA);
	tell(BETA, two, 2);
	assert_true(goes_on(ALPHA));
	/* One is gone. */
	tell_one(BETA, stick);
	assert_false(goes_on(ALPHA));
	/* One that is mounted, and was not written, is no change of the other one. */
	park(ALPHA);
	stick.use = SWITCHYARD_STORAGE_MOUNTED;
	stick.written = 0;
	tell(BETA, (const struct switchyard_storage[]){two[0], stick}, 2);
	assert_true(goes_on(ALPHA));
}

static void more_than_can_be_told(void **state)
{
	struct switchyard_storage more = {.use = SWITCHYARD_STORAGE_MORE};

	(void)state;
	tell_one(ALPHA, more);
	park(ALPHA);
	assert_string_equal(storage_first_use(&storage, ALPHA), "a block device");
	tell_one(BETA, device(SWITCHYARD_STORAGE_WRITTEN, 0, CARD, 0, 1));
	assert_false(goes_on(ALPHA));
	assert_string_equal(error.text,
			    "slot alpha has a block device: slot beta has written to it "
			    "since; what it keeps of that in memory would destroy it");
	alpha_mounts_and_parks();
	more.use = SWITCHYARD_STORAGE_MORE_WRITTEN;
	more.written = 1;
	tell_one(BETA, more);
	assert_null(storage_first_use(&storage, BETA));
	assert_true(unwritten(ALPHA, storage.list[ALPHA].left, STORAGE_KNOWN));
	assert_false(unwritten(ALPHA, storage.list[ALPHA].left, STORAGE_POSSIBLE));
}

/* Nothing is forgotten, but time is: whoever asks for an older one gets no. */
static void many_devices_are_written(void **state)
{
	uint64_t since;

	(void)state;
	tell_one(ALPHA, device(SWITCHYARD_STORAGE_MOUNTED, 250, CARD, 0, 0));
	park(ALPHA);
	since = storage_now(&storage);
	for (uint8_t i = 0; i < STORAGE_WRITES; i++) {
		storage_begin(&storage, BETA);
		tell_one(BETA, device(SWITCHYARD_STORAGE_WRITTEN, (uint8_t)(i + 1), DISK, 0, 1));
	}
	assert_true(unwritten(ALPHA, since, STORAGE_POSSIBLE));
	storage_begin(&storage, BETA);
	tell_one(BETA, device(SWITCHYARD_STORAGE_WRITTEN, 251, DISK, 0, 1));
	assert_int_equal(storage.write_count, STORAGE_WRITES);
	assert_false(unwritten(ALPHA, since, STORAGE_POSSIBLE));
	assert_true(unwritten(ALPHA, since + 1, STORAGE_POSSIBLE));
}

static void what_is_refused(void **state)
{
	struct switchyard_storage entries[SWITCHYARD_STORAGE_LIMIT + 1] = {{.use = 1}};
	struct switchyard_storage odd = device(0, 1, DISK, 0, 0);

	(void)state;
	alpha_mounts_and_parks();
	assert_false(storage_tell(&storage, ALPHA, &slots.slot[ALPHA], entries,
				  SWITCHYARD_STORAGE_LIMIT + 1, &error));
	assert_string_equal(error.text, "17 block devices; 16 are the most");
	assert_false(storage_tell(&storage, ALPHA, &slots.slot[ALPHA], &odd, 1, &error));
	assert_string_equal(error.text, "use 0 of a block device; expected 1 to 6");
	odd.use = SWITCHYARD_STORAGE_MORE + 1;
	assert_false(storage_tell(&storage, ALPHA, &slots.slot[ALPHA], &odd, 1, &error));
	odd.use = SWITCHYARD_STORAGE_SWAP;
	odd.sectors = UINT64_MAX;
	assert_false(storage_tell(&storage, ALPHA, &slots.slot[ALPHA], &odd, 1, &error));
	odd.sectors = 1;
	odd.start = UINT64_MAX;
	assert_false(storage_tell(&storage, ALPHA, &slots.slot[ALPHA], &odd, 1, &error));
	/* What was told before is kept. */
	assert_string_equal(storage_first_use(&storage, ALPHA), "/dev/32 on /1");
}

static void a_name_is_made_readable(void **state)
{
	struct switchyard_storage odd = device(SWITCHYARD_STORAGE_SWAP, 1, DISK, 0, 0);

	(void)state;
	memset(odd.name, 0x1b, sizeof(odd.name));
	tell_one(ALPHA, odd);
	assert_int_equal(strlen(storage_first_use(&storage, ALPHA)), sizeof(odd.name) - 1);
	assert_int_equal(strspn(storage_first_use(&storage, ALPHA), "?"), sizeof(odd.name) - 1);
}

static void others_are_listed(void **state)
{
	const struct switchyard_storage two[] = {device(SWITCHYARD_STORAGE_WRITTEN, 3, CARD, 0, 9),
						 device(SWITCHYARD_STORAGE_SWAP, 4, CARD, 0, 9)};
	struct switchyard_storage to[3];

	(void)state;
	tell_one(ALPHA, mounted_by_alpha());
	tell(BETA, two, 2);
	tell_one(GAMMA, device(SWITCHYARD_STORAGE_MOUNTED, 5, DISK, 0, 0));
	slots.slot[GAMMA].state = SWITCHYARD_RUNNING;
	memset(to, 0, sizeof(to));
	assert_int_equal(storage_copy(&storage, &slots, NULL, GAMMA, to, 3), 2);
	assert_int_equal(to[0].slot, ALPHA + 1);
	assert_string_equal(to[0].name, "/dev/32 on /1");
	assert_int_equal(to[1].slot, BETA + 1);
	assert_int_equal(to[1].use, SWITCHYARD_STORAGE_SWAP);
	assert_int_equal(to[2].use, 0);
	memset(to, 0, sizeof(to));
	assert_int_equal(storage_copy(&storage, &slots, NULL, GAMMA, to, 1), 2);
	assert_int_equal(to[1].use, 0);
	assert_int_equal(storage_copy(&storage, &slots, &slots.slot[GAMMA], GAMMA, to, 3), 1);
	assert_int_equal(to[0].slot, GAMMA + 1);
	slots.slot[BETA].state = SWITCHYARD_CRASHED;
	assert_int_equal(storage_copy(&storage, &slots, NULL, GAMMA, to, 3), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(another_writes_to_it, start),
		cmocka_unit_test_setup(another_file_system_is_made_on_it, start),
		cmocka_unit_test_setup(one_function_has_two_disks, start),
		cmocka_unit_test_setup(two_raw_disks_are_written, start),
		cmocka_unit_test_setup(another_disk_is_written, start),
		cmocka_unit_test_setup(a_device_is_known_by_its_id, start),
		cmocka_unit_test_setup(only_what_is_in_use_collides, start),
		cmocka_unit_test_setup(the_slot_itself_writes, start),
		cmocka_unit_test_setup(who_does_not_tell_may_have_written, start),
		cmocka_unit_test_setup(ends, start),
		cmocka_unit_test_setup(a_device_that_is_gone_counts, start),
		cmocka_unit_test_setup(alike_disks_are_written_alike, start),
		cmocka_unit_test_setup(more_than_can_be_told, start),
		cmocka_unit_test_setup(many_devices_are_written, start),
		cmocka_unit_test_setup(what_is_refused, start),
		cmocka_unit_test_setup(a_name_is_made_readable, start),
		cmocka_unit_test_setup(others_are_listed, start),
	};

	return cmocka_run_group_tests_name("storage", tests, NULL, NULL);
}
