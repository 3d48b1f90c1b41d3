// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes the file of a snapshot, as syctl reads it, and its record, as the monitor reads it. The input
 * is a file; of its record, the end of the input is what follows it.
 */
#include "fake/fake.h"
#include "fake/fake_record.h"
#include "fuzz.h"
#include "guest/syctl/slot_file.c"
#include "lib/units.h"
#include "monitor/file/file_restore.h"
#include "monitor/switch/kept_state.h"
#include "monitor/switch/slot_block.h"
#include "promises.h"

#define RAM_AT	   (4 * MIB)
#define RAM_SIZE   (16 * PAGE_SIZE)
#define LOW_AT	   (64 * KIB)
#define LOW_SIZE   (2 * PAGE_SIZE)
#define OTHER	   0xee /* bytes beside the slot's RAM, which nobody writes to */
#define ROOM	   8192u
#define MOST_CALLS 16u

static void fuzz_file(const uint8_t *bytes, size_t size, uint64_t more)
{
	char text[SWITCHYARD_TEXT_SIZE];
	struct slot_file file;
	uint64_t before = 0;
	const char *error = slot_file_read(bytes, size, size + more, &file, text);

	if (error) {
		promise_report(NULL, error);
		return;
	}
	promise_report(NULL, file.slot);
	promise_report(NULL, file.snapshot);
	FUZZ_CHECK(file.record_at + file.record_size <= size &&
		   file.record_size >= sizeof(struct switchyard_record));
	FUZZ_CHECK(file.sum_at + strlen(SWITCHYARD_NO_SUM) <= size);
	FUZZ_CHECK(file.piece_count >= 1 && file.piece_count <= SWITCHYARD_MAX_RANGES);
	for (uint32_t i = 0; i < file.piece_count; i++) {
		const struct slot_file_piece *piece = &file.piece[i];

		FUZZ_CHECK(piece->size && piece->size % SLOT_FILE_PAGE == 0 &&
			   piece->offset % SLOT_FILE_PAGE == 0 &&
			   piece->physical % SLOT_FILE_PAGE == 0);
		FUZZ_CHECK(piece->offset >= before && piece->offset <= file.size &&
			   piece->size <= file.size - piece->offset);
		before = piece->offset + piece->size;
	}
}

static struct monitor monitor;
static uint8_t *before_ram, *after_block;

static struct slot *make_slot(void)
{
	static struct boot_info boot;
	static struct cpu_context context;
	static uint8_t platform[64];
	struct slot *slot = &monitor.slots.slot[1];

	memset(&monitor, 0, sizeof(monitor));
	monitor.boot = &boot;
	monitor.slots.count = 2;
	memcpy(slot->name, "beta", sizeof("beta"));
	slot->state = SWITCHYARD_READY;
	slot->low = (struct region){.base = LOW_AT, .size = LOW_SIZE};
	slot->ram = (struct region){.base = RAM_AT, .size = RAM_SIZE};
	slot->block = (struct region){.base = RAM_AT + RAM_SIZE, .size = sizeof(struct slot_block)};
	fake_memory(LOW_AT, LOW_SIZE, 0);
	before_ram = fake_memory(RAM_AT - PAGE_SIZE, PAGE_SIZE, OTHER);
	fake_memory(RAM_AT, RAM_SIZE + slot->block.size, 0);
	after_block = fake_memory(RAM_AT + RAM_SIZE + slot->block.size, PAGE_SIZE, OTHER);
	fake_record_keep(1, &context, platform);
	return slot;
}

/* A record with changes, mostly with its sum. */
static void take_record(struct fuzz_input *input, struct switchyard_record *record)
{
	for (uint32_t changes = (uint32_t)fuzz_take(input, 1) % 8; changes; changes--) {
		uint32_t at = (uint32_t)(fuzz_take(input, 2) % (fake_record_size() - 4));
		uint32_t value = (uint32_t)fuzz_take(input, 4);

		memcpy((uint8_t *)record + at, &value, sizeof(value));
	}
	if (fuzz_take(input, 1) % 8)
		fake_record_sum(record);
}

static void put_pages(struct fuzz_input *input, uint32_t id)
{
	static uint8_t pages[SWITCHYARD_FILE_MOST];
	uint8_t odd = (uint8_t)fuzz_take(input, 1);
	uint64_t address =
		odd & 1 ? fuzz_take(input, 8)
			: (odd & 2 ? LOW_AT : RAM_AT) + fuzz_take(input, 1) % 32 * PAGE_SIZE;
	uint64_t size = odd & 4 ? fuzz_take(input, 3) % sizeof(pages)
				: fuzz_take(input, 1) % 20 * PAGE_SIZE;
	struct error error;

	if (file_restore_pages(&monitor, id, address, pages, size, &error) == FILE_REFUSED)
		promise_error(&error);
}

static void fuzz_record(struct fuzz_input *input)
{
	static union {
		struct switchyard_record record;
		uint8_t bytes[ROOM];
	} made;
	struct slot *slot = make_slot();
	struct error error;
	uint32_t id = 0;

	FUZZ_CHECK(fake_record_size() <= sizeof(made));
	fake_record_make(slot, &made.record);
	take_record(input, &made.record);
	if (!file_restore_begin(&monitor, &made.record, fake_record_size(), fuzz_take(input, 1) % 2,
				&id, &error))
		promise_error(&error);
	for (uint32_t calls = (uint32_t)fuzz_take(input, 1) % MOST_CALLS; calls; calls--)
		put_pages(input, id);
	if (file_restore_commit(&monitor, id, &made.record, fake_record_size(), &error) ==
	    FILE_DONE)
		FUZZ_CHECK(slot->state == SWITCHYARD_PARKED && kept_state(1)->from_file);
	else
		FUZZ_CHECK(slot->state == SWITCHYARD_READY);
	for (uint32_t i = 0; i < PAGE_SIZE; i++)
		FUZZ_CHECK(before_ram[i] == OTHER && after_block[i] == OTHER);
	fake_reset();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};
	uint64_t more = fuzz_take(&input, 2);

	fuzz_file(input.bytes, input.size, more);
	fuzz_record(&input);
	return 0;
}
