// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes the pool: pieces are taken and given back in any order. Pieces don't overlap, and when all
 * are back, the plan is as it was.
 */
#include "fuzz.h"
#include "lib/units.h"
#include "monitor/plan/plan_init.h"
#include "monitor/plan/pool.h"
#include "promises.h"

#define MAX_PIECES 64

static struct boot_info boot;
static struct plan plan, before;

/* The firmware's map: RAM and holes in turn, from 1 MiB on. */
static void take_ram(struct fuzz_input *input)
{
	uint64_t base = MIB;

	boot.region_count = 1 + (uint32_t)fuzz_take(input, 1) % 40;
	for (uint32_t i = 0; i < boot.region_count; i++) {
		uint64_t size = fuzz_take(input, 2) * PAGE_SIZE;

		boot.region[i] =
			(struct region){.base = base, .size = size, .type = REGION_RAM + i % 2};
		base += size;
	}
}

static void take_piece(struct fuzz_input *input, struct region *piece, uint32_t index)
{
	uint64_t size = fuzz_take(input, 1) << (fuzz_take(input, 1) % 57);
	uint64_t largest = pool_largest(&plan);
	struct error error = {.text = ""};

	if (!pool_take(&plan, size, &piece[index].base, &error)) {
		FUZZ_CHECK(!size || size > largest || plan.count >= PLAN_MAX_REGIONS);
		promise_error(&error);
		return;
	}
	FUZZ_CHECK(size && size <= largest);
	piece[index].size = page_up(size);
	for (uint32_t i = 0; i < MAX_PIECES; i++)
		FUZZ_CHECK(i == index || !piece[i].size ||
			   piece[i].base + piece[i].size <= piece[index].base ||
			   piece[index].base + piece[index].size <= piece[i].base);
}

static void give_piece(struct region *piece)
{
	pool_give(&plan, piece->base, piece->size);
	piece->size = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct region piece[MAX_PIECES] = {0};
	struct fuzz_input input = {bytes, size};
	struct error error;

	take_ram(&input);
	if (!plan_init(&plan, &boot, 0xa0000, &error))
		return 0;
	before = plan;
	while (input.size) {
		uint32_t index = (uint32_t)fuzz_take(&input, 1) % MAX_PIECES;

		if (piece[index].size)
			give_piece(&piece[index]);
		else
			take_piece(&input, piece, index);
	}
	promise_plan(&plan, &boot);
	for (uint32_t i = 0; i < MAX_PIECES; i++)
		if (piece[i].size)
			give_piece(&piece[i]);
	FUZZ_CHECK(plan.count == before.count);
	for (uint32_t i = 0; i < plan.count; i++)
		FUZZ_CHECK(plan.region[i].base == before.region[i].base &&
			   plan.region[i].size == before.region[i].size &&
			   plan.region[i].owner == before.region[i].owner);
	return 0;
}
