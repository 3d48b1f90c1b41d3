// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes the memory plan and the slots' own maps. The input has the firmware's map first, 17 bytes
 * for each entry. The slots' requests are taken from the input's end.
 */
#include "fuzz.h"
#include "monitor/load/guest_map.h"
#include "monitor/plan/plan_init.h"
#include "monitor/plan/plan_monitor.h"
#include "monitor/plan/plan_slots.h"
#include "promises.h"
#include "lib/units.h"

#define ENTRY_SIZE   17 /* base, size, type */
#define MONITOR_SIZE (UINT64_C(2) << 20)
#define MODULE_SIZE  (UINT64_C(32) << 20)
#define MAX_GUEST    128
#define KERNEL_MAX   (UINT64_C(1) << 52)

static struct boot_info boot;
static struct slot_table table;
static struct plan plan;

/* A size or address. A shifted byte finds more than eight random bytes. */
static uint64_t take_size(struct fuzz_input *input)
{
	uint64_t value = fuzz_take(input, 1);

	return value << (fuzz_take(input, 1) % 45);
}

static void take_slots(struct fuzz_input *input)
{
	uint32_t wanted = (uint32_t)fuzz_take(input, 1) % (SWITCHYARD_MAX_SLOTS + 1);

	for (table.count = 0; table.count < wanted; table.count++) {
		struct slot *slot = &table.slot[table.count];
		uint8_t flags = (uint8_t)fuzz_take(input, 1);

		memset(slot, 0, sizeof(*slot));
		snprintf(slot->name, sizeof(slot->name), "s%u", table.count);
		slot->kernel.size = take_size(input) % UINT32_MAX + 1;
		slot->want_size = take_size(input) % KERNEL_MAX + 1;
		slot->block.size = fuzz_take(input, 1) % 9 * PAGE_SIZE;
		slot->has_base = flags & 1;
		slot->want_base = slot->has_base ? take_size(input) % KERNEL_MAX & -SLOT_ALIGN : 0;
		if (slot->has_base && slot->want_base + slot->want_size > KERNEL_MAX)
			slot->want_base = UINT64_C(1) << 20;
		slot->needs.fixed = flags & 2;
		slot->needs.min_base = slot->needs.base = take_size(input) % KERNEL_MAX;
		slot->needs.size = take_size(input) % KERNEL_MAX + 1;
		slot->needs.max_end = flags & 4 ? UINT64_C(1) << 32 : KERNEL_MAX;
		slot->has_low = flags & 8;
		slot->want_low = slot->has_low ? take_size(input) & UINT32_MAX : 0;
	}
}

static void take_map(struct fuzz_input *input)
{
	const uint8_t *entry = input->bytes;

	for (boot.region_count = 0; boot.region_count < BOOT_MAX_REGIONS &&
				    input->size >= (boot.region_count + 1) * (size_t)ENTRY_SIZE;
	     boot.region_count++, entry += ENTRY_SIZE) {
		struct region *region = &boot.region[boot.region_count];

		memcpy(&region->base, entry, sizeof(region->base));
		memcpy(&region->size, entry + 8, sizeof(region->size));
		region->type = entry[16];
	}
}

static void check_guest_map(uint32_t slot)
{
	struct region map[MAX_GUEST];
	struct error error;
	uint32_t count = guest_map(&plan, slot, &table.slot[slot].block, map, MAX_GUEST, &error);
	uint64_t end = 0, ram = 0;

	if (!count) {
		promise_error(&error);
		return;
	}
	for (uint32_t i = 0; i < count; i++) {
		FUZZ_CHECK(map[i].size && map[i].base >= end);
		end = map[i].base + map[i].size;
		ram += map[i].type == REGION_RAM ? map[i].size : 0;
	}
	FUZZ_CHECK(ram == table.slot[slot].ram.size + table.slot[slot].low.size +
				  table.slot[slot].dma.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};
	uint64_t ebda = 0x20000 + fuzz_take(&input, 2) * 8; /* as firmware_data_start() finds it */
	struct error error = {.text = ""};

	take_slots(&input);
	take_map(&input);
	boot.image = (struct region){.base = UINT64_C(1) << 20, .size = MONITOR_SIZE};
	boot.module_count = 1;
	boot.module[0].base = take_size(&input) % UINT32_MAX;
	boot.module[0].size = MODULE_SIZE;
	if (!plan_init(&plan, &boot, ebda < 0xa0000 ? ebda : 0xa0000, &error) ||
	    !plan_monitor(&plan, &boot, MONITOR_SIZE, &error) ||
	    !plan_store(&plan, &boot, &table, &error)) {
		promise_error(&error);
		promise_plan(&plan, &boot);
		return 0;
	}
	plan_slots(&plan, &table, promise_report, NULL);
	promise_plan(&plan, &boot);
	promise_slots(&plan, &table);
	for (uint32_t i = 0; i < table.count; i++)
		check_guest_map(i);
	return 0;
}
