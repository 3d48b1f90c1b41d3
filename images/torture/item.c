// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "item.h"

/* The order matters, because loading FS or GS changes its base, and port 0x61 starts timers. */
static const struct group *const files[] = {
	groups_cpu,  groups_msr, groups_apic, groups_legacy, groups_timer,    groups_hpet,
	groups_uart, groups_vga, groups_acpi, groups_pci,    groups_watchdog, groups_iommu,
};
#define FILE_COUNT (sizeof(files) / sizeof(files[0]))

static uint32_t values_of(const struct item *item)
{
	return item->count ? item->count : 1;
}

static void refuse(struct torture *torture, const char *what)
{
	say(torture->tick, "%s: make room in item.c", what);
	gate_crash(torture->tick, what);
}

static void add_group(struct torture *torture, const struct group *group, uint32_t *values)
{
	struct items *items = &torture->items;

	for (uint32_t i = 0; i < group->count; i++)
		*values += values_of(&group->item[i]);
	if (items->group_count == ITEM_GROUPS_MAX || *values > ITEM_VALUES_MAX)
		refuse(torture, "more items than there is room for");
	items->group[items->group_count++] = group;
}

static bool is_tested(const struct torture *torture, const struct group *group)
{
	if (torture->cpu)
		return group->scope == SCOPE_CPU;
	return group->scope != SCOPE_DEEP || !torture->options.quick;
}

void items_init(struct torture *torture)
{
	uint32_t values = 0, missing = 0;

	for (uint32_t file = 0; file < FILE_COUNT; file++)
		for (const struct group *group = files[file]; group->item; group++) {
			if (!is_tested(torture, group))
				continue;
			if (!group->present || group->present()) {
				add_group(torture, group, &values);
				continue;
			}
			say(torture->tick, "without: %s", group->name);
			missing++;
		}
	say(torture->tick, "%s%u values in %u groups, %u groups missing",
	    torture->cpu ? "on the second CPU: " : "", values, torture->items.group_count, missing);
}

static void read_all(const struct items *items, uint64_t *value)
{
	for (uint32_t g = 0; g < items->group_count; g++)
		for (uint32_t i = 0; i < items->group[g]->count; i++) {
			const struct item *item = &items->group[g]->item[i];

			for (uint32_t n = 0; n < values_of(item); n++)
				*value++ = item->get(item->which + n * item->step);
		}
}

static void fill(struct torture *torture, const struct item *item)
{
	for (uint32_t n = 0; n < values_of(item); n++) {
		uint32_t which = item->which + n * item->step;
		uint64_t old = item->get(which) & ~(item->vary | item->clear);

		item->set(which, old | (torture_random(torture) & item->vary) | item->fixed);
	}
}

/* Reads again what it has written, because hardware may keep fewer bits than it gets. */
void items_fill(struct torture *torture)
{
	struct items *items = &torture->items;

	for (uint32_t g = 0; g < items->group_count; g++)
		for (uint32_t i = 0; i < items->group[g]->count; i++)
			if (items->group[g]->item[i].set)
				fill(torture, &items->group[g]->item[i]);
	read_all(items, items->was);
}

void items_read(struct torture *torture)
{
	read_all(&torture->items, torture->items.is);
}

/* Reports one difference for each item: its first value that is wrong. */
static void compare(struct torture *torture, const struct item *item, uint32_t first)
{
	for (uint32_t n = first; n < first + values_of(item); n++) {
		uint64_t is = torture->items.is[n], was = torture->items.was[n];

		if (item->same ? !item->same(is, was) : is != was) {
			torture_differs(torture, item->name, is, was);
			return;
		}
	}
}

void items_compare(struct torture *torture)
{
	const struct items *items = &torture->items;
	uint32_t first = 0;

	for (uint32_t g = 0; g < items->group_count; g++)
		for (uint32_t i = 0; i < items->group[g]->count; i++) {
			compare(torture, &items->group[g]->item[i], first);
			first += values_of(&items->group[g]->item[i]);
		}
}
