// SPDX-License-Identifier: GPL-2.0-only
/* Fuzzes what a guest passes to the monitor: requests, services, crash messages, page tables. */
#include "arch/x86/memory/page_walk.h"
#include "arch/x86/memory/phys.h"
#include "fake/fake.h"
#include "fake/no_slot_block.h"
#include "fuzz.h"
#include "lib/units.h"
#include "monitor/plan/store.h"
#include "monitor/switch/new_slot.h"
#include "monitor/call/request.h"
#include "monitor/call/service.h"
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
	struct request request = {op, arg};
	uint32_t slot;
	int64_t result;

	for (uint32_t i = 0; i < slots.count; i++)
		slots.slot[i].state =
			(enum switchyard_state)(fuzz_take(input, 1) % (SWITCHYARD_INTERRUPTED + 1));
	result = request_check(&slots, current, op, arg);
	FUZZ_CHECK(result <= 0 && result >= SWITCHYARD_EEMPTY);
	FUZZ_CHECK(result || request_op(&request) <= SWITCHYARD_BOOT || op == SWITCHYARD_PARK ||
		   op == SWITCHYARD_INTERRUPT || request_op(&request) == SWITCHYARD_SNAPSHOT);
	slot = request_slot(&request);
	if (!result && request_op(&request) == SWITCHYARD_BOOT)
		FUZZ_CHECK(slot - 1 < slots.count && slot - 1 != current &&
			   slots.slot[slot - 1].state &&
			   slots.slot[slot - 1].state != SWITCHYARD_EMPTY);
	if (!result && request_op(&request) == SWITCHYARD_SWITCH)
		FUZZ_CHECK(slot - 1 < slots.count && slot - 1 != current &&
			   slots.slot[slot - 1].state != SWITCHYARD_CRASHED);
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
	struct page_walk walk = {.piece = {{.base = MEMORY_AT, .size = MEMORY_SIZE}}};
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
#define LOW_AT	  UINT64_C(0x10000) /* for slices of slots that are added, and their ranges */
#define LOW_SIZE  UINT64_C(0x80000)
#define RANGE_AT  UINT64_C(0x400000) /* images lie higher */
#define RANGE_END UINT64_C(0x1000000)

static struct monitor monitor;

/* It replaces the monitor's. */
void slot_block_publish(const struct slot_table *slots, uint32_t index)
{
	FUZZ_CHECK(slots == &monitor.slots && index == 0);
}

static void add_free(uint64_t base, uint64_t size)
{
	monitor.plan.region[monitor.plan.count++] =
		(struct plan_region){.base = base, .size = size, .type = REGION_RAM};
}

/* The first slot runs, and has memory. The second one is ready, and its range is not written to. */
static void make_slots(void)
{
	static struct boot_info boot;

	memset(&monitor, 0, sizeof(monitor));
	monitor.boot = &boot;
	monitor.slots.count = 2;
	memcpy(monitor.slots.slot[0].name, "one", sizeof("one"));
	memcpy(monitor.slots.slot[1].name, "two", sizeof("two"));
	monitor.slots.slot[0].state = SWITCHYARD_RUNNING;
	monitor.slots.slot[0].ram = (struct region){.base = MEMORY_AT, .size = MEMORY_SIZE};
	monitor.slots.slot[1].state = SWITCHYARD_READY;
	monitor.slots.slot[1].ram = (struct region){.base = TARGET_AT, .size = GIB};
	add_free(LOW_AT, LOW_SIZE);
	add_free(RANGE_AT, RANGE_END - RANGE_AT);
	add_free(POOL_AT, POOL_SIZE);
	fake_memory(POOL_AT, POOL_SIZE, 0);
}

/* A text of ADD that mostly makes sense. */
static void take_text(struct fuzz_input *input, struct switchyard_call *call)
{
	char *text = phys(MEMORY_AT);
	int length = snprintf(text, PAGE_SIZE, "slot=s%u mem=%uK",
			      (uint32_t)fuzz_take(input, 1) % 20, (uint32_t)fuzz_take(input, 2));

	for (uint8_t more = (uint8_t)fuzz_take(input, 1) % 40; more; more--)
		text[length++] = (char)fuzz_take(input, 1);
	call->address = MEMORY_AT;
	call->length = (uint64_t)length;
}

/* Mostly an address in the slot's memory and a service that there is. */
static void take_call(struct fuzz_input *input, struct switchyard_call *call)
{
	uint8_t odd = (uint8_t)fuzz_take(input, 1);

	*call = (struct switchyard_call){
		.size = odd & 1 ? sizeof(*call) - 1 : sizeof(*call),
		.service = (uint32_t)fuzz_take(input, odd & 2 ? 4 : 1) % SWITCHYARD_SNAPSHOT_MAP,
		.slot = odd & 4 ? (uint32_t)fuzz_take(input, 1) % 8 - 2 : 2,
		.kind = (uint32_t)fuzz_take(input, 1) % 5,
		.bytes = fuzz_take(input, odd & 8 ? 8 : 2),
		.address = odd & 16 ? fuzz_take(input, 8) : MEMORY_AT + fuzz_take(input, 2),
		.length = fuzz_take(input, odd & 32 ? 8 : 2),
	};
	/* MEMORY reads the registers that the gate has kept, and there is no gate here. */
	if (call->service >= SWITCHYARD_MEMORY)
		call->service++;
	/* Numbers of snapshots count from 1. */
	if (call->service > SWITCHYARD_SNAPSHOT_LIST && odd & 8)
		call->bytes %= 32;
	/* LIST takes nothing, so that some of its calls can be others. */
	if (call->service == SWITCHYARD_LIST && call->kind >= 3) {
		call->service = call->kind == 3 ? SWITCHYARD_STORAGE : SWITCHYARD_STORAGE_LIST;
		if (!(odd & 128))
			call->length = call->length % (SWITCHYARD_STORAGE_LIMIT + 2) *
				       sizeof(struct switchyard_storage);
	}
	/* Nor does KILL need all of its own. */
	if (call->service == SWITCHYARD_KILL && call->kind >= 2) {
		call->service = SWITCHYARD_RESTORE_FILE;
		call->kind = SWITCHYARD_FILE_BEGIN << (call->kind - 2);
	}
	if (odd & 64 && call->length > PAGE_SIZE)
		call->length &= ~(PAGE_SIZE - 1);
	if (call->service == SWITCHYARD_ADD && odd & 128)
		take_text(input, call);
}

/* No region overlaps another, and each slot that was added has its two. The first slot is there. */
static void check_slots(void)
{
	for (uint32_t i = 0; i + 1 < monitor.plan.count; i++)
		FUZZ_CHECK(monitor.plan.region[i].base + monitor.plan.region[i].size <=
			   monitor.plan.region[i + 1].base);
	for (uint32_t i = 0; i < monitor.slots.count; i++)
		if (monitor.slots.slot[i].low.size)
			promise_slot(&monitor.plan, &monitor.slots.slot[i], i);
	FUZZ_CHECK(monitor.slots.slot[0].state == SWITCHYARD_RUNNING);
}

/* What was prepared is taken, as far as there is room. No gate is needed for that. */
static void take_snapshots(void)
{
	struct snapshots *snapshots = &monitor.snapshots;
	struct error error;

	for (uint32_t n = 0; n < SNAPSHOT_MAX; n++) {
		struct snapshot *snapshot = snapshot_nth(snapshots, n);

		if (!snapshot || snapshot->taken)
			continue;
		snapshot->taken = snapshot_take_kept(snapshot, &monitor.plan, PAGE_SIZE, &error) &&
				  snapshot_copy(snapshot, &monitor.plan, &monitor.slots.slot[0],
						NULL, &error);
		if (!snapshot->taken)
			snapshot_drop(snapshots, &monitor.plan, snapshot);
	}
}

static void drop_snapshots(void)
{
	for (uint32_t n = 0; n < SNAPSHOT_MAX; n++)
		if (snapshot_nth(&monitor.snapshots, n))
			snapshot_drop(&monitor.snapshots, &monitor.plan,
				      snapshot_nth(&monitor.snapshots, n));
}

/* What the first slot has told can be shown, and answers to all that is asked. */
static void check_storage(void)
{
	const struct storage_list *list = &monitor.storage.list[0];
	struct error error;

	FUZZ_CHECK(list->count <= SWITCHYARD_STORAGE_LIMIT);
	for (uint32_t i = 0; i < list->count; i++) {
		struct storage_list one = {.count = 1, .entry[0] = list->entry[i]};

		if (one.entry[0].name[0])
			promise_report(NULL, one.entry[0].name);
		FUZZ_CHECK(one.entry[0].slot == 1);
		if (!storage_unwritten_since(&monitor.storage, &one, 0, STORAGE_POSSIBLE, &error))
			promise_error(&error);
	}
	FUZZ_CHECK(monitor.storage.write_count <= STORAGE_WRITES);
	if (!storage_is_alone(&monitor.storage, &monitor.slots, 0, &error))
		promise_error(&error);
}

/* All RAM is free again if all that slots have is given back. */
static void check_pool(void)
{
	struct error error;

	new_image_drop(&monitor, 0);
	drop_snapshots();
	for (uint32_t i = 1; i < SWITCHYARD_MAX_SLOTS; i++) {
		struct slot *slot = &monitor.slots.slot[i];

		FUZZ_CHECK(store_check(slot, &error));
		if (slot_is_used(slot))
			FUZZ_CHECK(new_slot_remove(&monitor, slot, &error));
	}
	FUZZ_CHECK(monitor.slots.count == 1 && monitor.plan.count == 3);
	for (uint32_t i = 0; i < monitor.plan.count; i++)
		FUZZ_CHECK(monitor.plan.region[i].owner == OWNER_FREE);
	FUZZ_CHECK(monitor.plan.region[0].size == LOW_SIZE &&
		   monitor.plan.region[2].size == POOL_SIZE);
}

/* What request_check() says besides of a request that PREPARE asks about. */
static bool is_of_check(int64_t result)
{
	return result == SWITCHYARD_ESELF || result == SWITCHYARD_EEMPTY ||
	       result == SWITCHYARD_ECRASHED;
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
		FUZZ_CHECK(
			result == 0 || result == SWITCHYARD_EBADOP ||
			result == SWITCHYARD_ENOSLOT || result == SWITCHYARD_EREFUSED ||
			(result == SWITCHYARD_EAGAIN && call.service == SWITCHYARD_LOAD_COMMIT) ||
			(call.service == SWITCHYARD_PREPARE && is_of_check(result)));
		memcpy(&call, memory + at, sizeof(call));
		if (result == SWITCHYARD_EREFUSED)
			promise_error((const struct error *)call.text);
		if (call.service == SWITCHYARD_SNAPSHOT_LIST)
			take_snapshots();
		check_slots();
		check_storage();
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
