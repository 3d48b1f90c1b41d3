// SPDX-License-Identifier: GPL-2.0-only
/* Fuzzes what a guest passes to the monitor: requests, crash messages, and page tables. */
#include "arch/x86/memory/page_walk.h"
#include "arch/x86/memory/phys.h"
#include "fake/fake.h"
#include "fuzz.h"
#include "monitor/switch/request.h"
#include "lib/units.h"

#define MEMORY_AT    UINT64_C(0x200000)
#define MEMORY_SIZE  UINT64_C(0x10000)
#define MESSAGE_SIZE sizeof(((struct switchyard_notes *)0)->message)

static void fuzz_request(struct fuzz_input *input)
{
	struct slot_table slots = {.count = (uint32_t)fuzz_take(input, 1) % SWITCHYARD_MAX_SLOTS +
					    1};
	uint32_t current = (uint32_t)fuzz_take(input, 1) % slots.count;
	uint64_t op = fuzz_take(input, 8), arg = fuzz_take(input, 8);
	int64_t result;

	for (uint32_t i = 0; i < slots.count; i++)
		slots.slot[i].state = (enum switchyard_state)(fuzz_take(input, 1) % 4 + 1);
	result = request_check(&slots, current, op, arg);
	FUZZ_CHECK(result <= 0 && result >= SWITCHYARD_EDAMAGED);
	FUZZ_CHECK(result || op <= SWITCHYARD_GUARD);
	if (!result && op == SWITCHYARD_SWITCH)
		FUZZ_CHECK(arg - 1 < slots.count && arg - 1 != current &&
			   slots.slot[arg - 1].state != SWITCHYARD_CRASHED);
}

static void fuzz_message(struct fuzz_input *input)
{
	char from[MESSAGE_SIZE], to[MESSAGE_SIZE];

	for (uint32_t i = 0; i < sizeof(from); i++)
		from[i] = (char)fuzz_take(input, 1);
	memset(to, 'x', sizeof(to));
	request_copy_message(to, sizeof(to), from);
	FUZZ_CHECK(memchr(to, '\0', sizeof(to)));
	for (const char *c = to; *c; c++)
		FUZZ_CHECK(*c >= ' ' && *c <= '~');
}

/* What a walk has found: how many pieces, and the end of the last one. */
struct found_text {
	uint64_t count, end;
};

static void check_text(uint64_t virtual_address, uint64_t physical, uint64_t size, void *context)
{
	struct found_text *found = context;

	FUZZ_CHECK(size >= PAGE_SIZE && physical % PAGE_SIZE == 0 && size % PAGE_SIZE == 0);
	FUZZ_CHECK(physical >= MEMORY_AT && physical + size <= MEMORY_AT + MEMORY_SIZE);
	FUZZ_CHECK(virtual_address >= found->end);
	FUZZ_CHECK(align_down(virtual_address, PAGE_WALK_PIECE) ==
		   align_down(virtual_address + size - 1, PAGE_WALK_PIECE));
	found->end = virtual_address + size;
	found->count++;
}

/* A walk in small steps ends, and finds what one walk finds. */
static void walk_in_steps(const struct page_walk *walk, uint64_t expected)
{
	struct page_cursor cursor = {0};
	struct found_text found = {0};

	for (uint64_t at; !cursor.end;) {
		at = cursor.at;
		page_walk_text(walk, &cursor, PAGE_SIZE, check_text, &found);
		FUZZ_CHECK(cursor.end || cursor.at > at);
	}
	FUZZ_CHECK(found.count == expected);
}

/* The rest of the input is the slot's memory, with tables of any contents. */
static void fuzz_tables(struct fuzz_input *input)
{
	struct page_walk walk = {.base = MEMORY_AT, .size = MEMORY_SIZE};
	struct page_cursor cursor = {0};
	struct found_text found = {0};
	uint64_t physical, address = fuzz_take(input, 8);
	uint8_t *memory = fake_memory(MEMORY_AT, MEMORY_SIZE, 0);

	walk.cr3 = MEMORY_AT + fuzz_take(input, 4);
	walk.cr4 = fuzz_take(input, 4);
	walk.efer = fuzz_take(input, 2);
	memcpy(memory, input->bytes, input->size < MEMORY_SIZE ? input->size : MEMORY_SIZE);
	page_walk_text(&walk, &cursor, UINT64_MAX, check_text, &found);
	FUZZ_CHECK(cursor.end);
	walk_in_steps(&walk, found.count);
	if (page_walk_find(&walk, address, &physical))
		FUZZ_CHECK(physical - MEMORY_AT < MEMORY_SIZE);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};

	fuzz_request(&input);
	fuzz_message(&input);
	fuzz_tables(&input);
	fake_reset();
	return 0;
}
