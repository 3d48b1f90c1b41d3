// SPDX-License-Identifier: GPL-2.0-only
/* Fuzzes what a guest passes to the monitor: requests, services, crash messages, page tables. */
#include "arch/x86/memory/page_walk.h"
#include "arch/x86/memory/phys.h"
#include "fake/fake.h"
#include "fuzz.h"
#include "lib/units.h"
#include "monitor/plan/pool.h"
#include "monitor/plan/store.h"
#include "monitor/switch/request.h"
#include "monitor/switch/service.h"
#include "monitor/switch/slot_block.h"
#include "promises.h"

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
	FUZZ_CHECK(result || op <= SWITCHYARD_BOOT);
	if (!result && op == SWITCHYARD_BOOT)
		FUZZ_CHECK((arg & ~(uint64_t)SWITCHYARD_COME_BACK) - 1 < slots.count &&
			   (arg & ~(uint64_t)SWITCHYARD_COME_BACK) - 1 != current);
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

#define POOL_AT	  UINT64_C(0x4000000)
#define POOL_SIZE UINT64_C(0x20000)
#define TARGET_AT UINT64_C(0x1000000)

static struct monitor monitor;

/* It replaces the monitor's. */
void slot_block_publish(const struct slot_table *slots, uint32_t index)
{
	FUZZ_CHECK(slots == &monitor.slots && index == 0);
}

/* The first slot runs, and has memory. The second one is ready, and its range is not written to. */
static void make_slots(void)
{
	memset(&monitor, 0, sizeof(monitor));
	monitor.slots.count = 2;
	monitor.slots.slot[0].state = SWITCHYARD_RUNNING;
	monitor.slots.slot[0].ram = (struct region){.base = MEMORY_AT, .size = MEMORY_SIZE};
	monitor.slots.slot[1].state = SWITCHYARD_READY;
	monitor.slots.slot[1].ram = (struct region){.base = TARGET_AT, .size = GIB};
	monitor.plan.count = 1;
	monitor.plan.region[0] =
		(struct plan_region){.base = POOL_AT, .size = POOL_SIZE, .type = REGION_RAM};
	fake_memory(POOL_AT, POOL_SIZE, 0);
}

/* Mostly an address in the slot's memory and a service that there is. */
static void take_call(struct fuzz_input *input, struct switchyard_call *call)
{
	uint8_t odd = (uint8_t)fuzz_take(input, 1);

	*call = (struct switchyard_call){
		.size = odd & 1 ? sizeof(*call) - 1 : sizeof(*call),
		.service = (uint32_t)fuzz_take(input, odd & 2 ? 4 : 1) % 13,
		.slot = odd & 4 ? (uint32_t)fuzz_take(input, 4) : 2,
		.kind = (uint32_t)fuzz_take(input, 1) % 5,
		.bytes = fuzz_take(input, odd & 8 ? 8 : 2),
		.address = odd & 16 ? fuzz_take(input, 8) : MEMORY_AT + fuzz_take(input, 2),
		.length = fuzz_take(input, odd & 32 ? 8 : 2),
	};
	if (odd & 64 && call->length > PAGE_SIZE)
		call->length &= ~(PAGE_SIZE - 1);
}

/* All RAM of the pool is free again if what the slots have is given back. */
static void check_pool(void)
{
	struct slot gone = monitor.slots.slot[1];
	struct error error;

	new_image_drop(&monitor, 0);
	FUZZ_CHECK(store_check(&gone, &error));
	memset(&monitor.slots.slot[1], 0, sizeof(gone));
	pool_drop_images(&monitor.plan, &monitor.slots, &gone);
	FUZZ_CHECK(monitor.plan.count == 1 && monitor.plan.region[0].owner == OWNER_FREE &&
		   monitor.plan.region[0].size == POOL_SIZE);
}

static void fuzz_services(struct fuzz_input *input)
{
	uint8_t *memory = fake_memory(MEMORY_AT, MEMORY_SIZE, 0);
	struct switchyard_call call;

	make_slots();
	memcpy(memory, input->bytes, input->size < MEMORY_SIZE ? input->size : MEMORY_SIZE);
	for (uint32_t calls = (uint32_t)fuzz_take(input, 1) % 64; calls; calls--) {
		uint64_t at = MEMORY_SIZE - sizeof(call);
		int64_t result;

		take_call(input, &call);
		memcpy(memory + at, &call, sizeof(call));
		result = service_answer(&monitor, MEMORY_AT + at);
		FUZZ_CHECK(result == 0 || result == SWITCHYARD_EBADOP ||
			   result == SWITCHYARD_ENOSLOT || result == SWITCHYARD_EREFUSED ||
			   (result == SWITCHYARD_EAGAIN && call.service == SWITCHYARD_LOAD_COMMIT));
		memcpy(&call, memory + at, sizeof(call));
		if (result == SWITCHYARD_EREFUSED)
			promise_error((const struct error *)call.text);
	}
	service_answer(&monitor, fuzz_take(input, 8));
	check_pool();
	fake_reset();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};

	fuzz_request(&input);
	fuzz_message(&input);
	fuzz_services(&input);
	fuzz_tables(&input);
	fake_reset();
	return 0;
}
