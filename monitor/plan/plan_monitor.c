/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_monitor.c - room for the monitor, for the store of pristine images, and for pictures.
 *
 * The first two are chosen while the loader's modules and the monitor's first copy still lie where
 * they were loaded. A copy to a new place must not overwrite them.
 */
#include "monitor/plan/plan_monitor.h"
#include "monitor/plan/plan_regions.h"
#include "monitor/plan/plan_slots.h"
#include "lib/print.h"
#include "lib/units.h"

#define MAX_OBSTACLES (1 + BOOT_MAX_MODULES + SWITCHYARD_MAX_SLOTS)

/* Fills obstacle with what lies in memory now: boot->image and the modules. Returns how many. */
static uint32_t present_obstacles(const struct boot_info *boot, struct region *obstacle)
{
	uint32_t count = 0;

	obstacle[count++] = boot->image;
	for (uint32_t i = 0; i < boot->module_count; i++) {
		obstacle[count].base = boot->module[i].base;
		obstacle[count].size = boot->module[i].size;
		count++;
	}
	return count;
}

bool plan_monitor(struct plan *plan, const struct boot_info *boot, uint64_t size,
		  struct error *error)
{
	struct plan_search high = {.size = page_up(size),
				   .align = LARGE_PAGE,
				   .floor = KERNELS_FIRST,
				   .limit = BELOW_4G};
	struct region obstacle[MAX_OBSTACLES];
	uint32_t count = present_obstacles(boot, obstacle);
	char wanted[SIZE_TEXT], left[SIZE_TEXT];

	if (!plan_find_high(plan, &high, obstacle, count, &plan->monitor.base) ||
	    !plan_claim(plan, plan->monitor.base, high.size, OWNER_MONITOR, 0))
		return fail(
			error,
			"no room for the monitor: wanted %s in one piece between 16 MiB and 4 GiB, "
			"beside the modules; the largest piece is %s",
			format_size(wanted, high.size),
			format_size(left, plan_largest(plan, &high)));
	plan->monitor.size = high.size;
	plan->monitor.type = REGION_RAM;
	return true;
}

/* True if an image before this one, in the order of the table, is in the same place. */
static bool is_counted(const struct slot_table *table, uint32_t index, uint32_t number)
{
	const struct image *image = slot_image(&table->slot[index], number);

	for (uint32_t i = 0; i <= index; i++) {
		uint32_t end = i < index ? SLOT_IMAGES : number;

		for (uint32_t n = 0; n < end; n++) {
			const struct image *other = slot_image(&table->slot[i], n);

			if (other->base == image->base && other->size == image->size)
				return true;
		}
	}
	return false;
}

/* Bytes that the images of all slots take, each in whole pages. */
static uint64_t store_size(const struct slot_table *table)
{
	uint64_t size = 0;

	for (uint32_t i = 0; i < table->count; i++)
		for (uint32_t n = 0; n < SLOT_IMAGES; n++)
			if (!is_counted(table, i, n))
				size += page_up(slot_image(&table->slot[i], n)->size);
	return size;
}

bool plan_store(struct plan *plan, const struct boot_info *boot, const struct slot_table *table,
		struct error *error)
{
	struct plan_search search = {.size = store_size(table),
				     .align = PAGE_SIZE,
				     .floor = KERNELS_FIRST,
				     .limit = UINT64_MAX};
	struct region obstacle[MAX_OBSTACLES];
	uint32_t present = present_obstacles(boot, obstacle), count = present;
	char wanted[SIZE_TEXT], left[SIZE_TEXT];

	if (!search.size)
		return true;
	/* If possible, it also avoids the ranges that slots ask for, so that no slot is refused. */
	for (uint32_t i = 0; i < table->count; i++)
		if (plan_asked_range(&table->slot[i], &obstacle[count]))
			count++;
	if ((!plan_find_high(plan, &search, obstacle, count, &plan->store.base) &&
	     !plan_find_high(plan, &search, obstacle, present, &plan->store.base)) ||
	    !plan_claim(plan, plan->store.base, search.size, OWNER_STORE, 0))
		return fail(
			error,
			"wanted %s in one piece above 16 MiB for the files of %u slots, beside "
			"where the loader put them; the largest piece, some of it theirs, has %s",
			format_size(wanted, search.size), table->count,
			format_size(left, plan_largest(plan, &search)));
	plan->store.size = search.size;
	plan->store.type = REGION_RAM;
	return true;
}

bool plan_kept(struct plan *plan, const struct slot_table *table, uint64_t size,
	       struct error *error)
{
	struct plan_search search = {.size = page_up(size),
				     .align = PAGE_SIZE,
				     .floor = KERNELS_FIRST,
				     .limit = BELOW_4G};
	struct region asked[SWITCHYARD_MAX_SLOTS];
	uint32_t count = 0;
	char wanted[SIZE_TEXT], left[SIZE_TEXT];

	for (uint32_t i = 0; i < table->count; i++)
		if (plan_asked_range(&table->slot[i], &asked[count]))
			count++;
	if ((!plan_find_high(plan, &search, asked, count, &plan->kept.base) &&
	     !plan_find_high(plan, &search, NULL, 0, &plan->kept.base)) ||
	    !plan_claim(plan, plan->kept.base, search.size, OWNER_KEPT, 0))
		return fail(error,
			    "wanted %s in one piece between 16 MiB and 4 GiB for the CPUs and "
			    "devices of %u slots; the largest piece has %s",
			    format_size(wanted, search.size), table->count,
			    format_size(left, plan_largest(plan, &search)));
	plan->kept.size = search.size;
	plan->kept.type = REGION_RAM;
	return true;
}

bool plan_take(struct plan *plan, uint64_t size, uint64_t limit, enum plan_owner owner,
	       uint64_t *base)
{
	struct plan_search search = {.size = page_up(size),
				     .align = PAGE_SIZE,
				     .floor = KERNELS_FIRST,
				     .limit = limit};

	if (plan_find_high(plan, &search, NULL, 0, base) &&
	    plan_claim(plan, *base, search.size, owner, 0))
		return true;
	*base = 0;
	return false;
}

bool plan_pictures(struct plan *plan, uint32_t count, uint64_t size, struct error *error)
{
	struct plan_search search = {.size = count * size,
				     .align = PAGE_SIZE,
				     .floor = KERNELS_FIRST,
				     .limit = UINT64_MAX};
	char wanted[SIZE_TEXT], left[SIZE_TEXT];

	if (!search.size)
		return true;
	if (!plan_find_high(plan, &search, NULL, 0, &plan->pictures.base) ||
	    !plan_claim(plan, plan->pictures.base, search.size, OWNER_PICTURES, 0))
		return fail(error,
			    "wanted %s in one piece above 16 MiB for the pictures of %u slots; the "
			    "largest piece has %s",
			    format_size(wanted, search.size), count,
			    format_size(left, plan_largest(plan, &search)));
	plan->pictures.size = search.size;
	plan->pictures.type = REGION_RAM;
	return true;
}
