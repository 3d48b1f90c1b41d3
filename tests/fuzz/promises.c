// SPDX-License-Identifier: GPL-2.0-only
#include "promises.h"
#include "fuzz.h"
#include "lib/units.h"

static void check_line(const char *text)
{
	FUZZ_CHECK(text[0]);
	for (; *text; text++)
		FUZZ_CHECK(*text >= ' ' && *text <= '~');
}

void promise_error(const struct error *error)
{
	FUZZ_CHECK(memchr(error->text, '\0', sizeof(error->text)));
	check_line(error->text);
}

void promise_report(void *context, const char *text)
{
	(void)context;
	check_line(text);
}

/* True if all entries of firmware's map that contain address say that it is RAM. */
static bool firmware_says_ram(const struct boot_info *boot, uint64_t address)
{
	bool ram = false;

	for (uint32_t i = 0; i < boot->region_count; i++) {
		const struct region *region = &boot->region[i];

		if (address - region->base >= region->size || address < region->base)
			continue;
		if (region->type != REGION_RAM)
			return false;
		ram = true;
	}
	return ram;
}

void promise_plan(const struct plan *plan, const struct boot_info *boot)
{
	uint64_t end = 0;

	FUZZ_CHECK(plan->count <= PLAN_MAX_REGIONS);
	for (uint32_t i = 0; i < plan->count; i++) {
		const struct plan_region *region = &plan->region[i];

		FUZZ_CHECK(region->size && region->base >= end);
		end = region->base + region->size;
		FUZZ_CHECK(end > region->base);
		FUZZ_CHECK((region->type == REGION_RAM) == firmware_says_ram(boot, region->base));
		FUZZ_CHECK((region->type == REGION_RAM) == firmware_says_ram(boot, end - 1));
		FUZZ_CHECK(region->owner == OWNER_FIRMWARE || region->type == REGION_RAM);
	}
}

static bool is_listed(const struct plan *plan, const struct region *range, uint32_t slot)
{
	for (uint32_t i = 0; i < plan->count; i++) {
		const struct plan_region *region = &plan->region[i];

		if (region->owner == OWNER_SLOT && region->slot == slot &&
		    region->base == range->base && region->size == range->size)
			return true;
	}
	return false;
}

void promise_slot(const struct plan *plan, const struct slot *slot, uint32_t index)
{
	struct region range = slot_range(slot);

	FUZZ_CHECK(is_listed(plan, &slot->low, index));
	FUZZ_CHECK(is_listed(plan, &range, index));
	FUZZ_CHECK(!slot->dma.size ||
		   (is_listed(plan, &slot->dma, index) && range.base >= BELOW_4G &&
		    slot->dma.base + slot->dma.size <= BELOW_4G));
}

void promise_slots(const struct plan *plan, const struct slot_table *table)
{
	FUZZ_CHECK(table->count <= SWITCHYARD_MAX_SLOTS);
	for (uint32_t i = 0; i < table->count; i++)
		promise_slot(plan, &table->slot[i], i);
}
