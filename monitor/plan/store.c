// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/plan/store.h"
#include "arch/x86/memory/phys.h"
#include "lib/print.h"
#include "lib/string.h"
#include "lib/units.h"
#include "lib/xxh64.h"

#define COPY_CHUNK (4 * MIB) /* progress is shown after each */

struct copy {
	struct console *console;
	uint64_t next; /* first free address of the store */
	uint64_t done, total;
};

static uint64_t in_mib(uint64_t bytes)
{
	return units_up(bytes, MIB);
}

static void show_progress(const struct copy *copy)
{
	console_printf(copy->console, "\rKeeping images: %lu of %lu MiB", in_mib(copy->done),
		       in_mib(copy->total));
}

static void keep_image(struct copy *copy, struct image *image)
{
	uint64_t offset = 0;

	while (offset < image->size) {
		uint64_t left = image->size - offset;
		uint64_t chunk = left < COPY_CHUNK ? left : COPY_CHUNK;

		memcpy(phys(copy->next + offset), phys(image->base + offset), chunk);
		offset += chunk;
		copy->done += chunk;
		show_progress(copy);
	}
	image->base = copy->next;
	image->sum = xxh64(phys(image->base), image->size, 0);
	copy->next += page_up(image->size);
}

void store_fill(struct monitor *monitor)
{
	struct copy copy = {.console = &monitor->console, .next = monitor->plan.store.base};
	struct slot_table *slots = &monitor->slots;

	for (uint32_t i = 0; i < slots->count; i++)
		copy.total += slot_image_size(&slots->slot[i]);
	if (!copy.total)
		return;
	for (uint32_t i = 0; i < slots->count; i++) {
		struct slot *slot = &slots->slot[i];

		keep_image(&copy, &slot->kernel);
		keep_image(&copy, &slot->initrd);
		for (uint32_t m = 0; m < slot->module_count; m++)
			keep_image(&copy, &slot->module[m]);
	}
	console_printf(copy.console, "\n");
}

static bool check_image(const struct slot *slot, const char *kind, const struct image *image,
			struct error *error)
{
	return !image->size || xxh64(phys(image->base), image->size, 0) == image->sum ||
	       fail(error, "slot %s: its %s changed in memory, at %#lx to %#lx", slot->name, kind,
		    image->base, (image->base + image->size - 1));
}

bool store_check(const struct slot *slot, struct error *error)
{
	if (!check_image(slot, "kernel image", &slot->kernel, error) ||
	    !check_image(slot, "initrd", &slot->initrd, error))
		return false;
	for (uint32_t i = 0; i < slot->module_count; i++)
		if (!check_image(slot, "module", &slot->module[i], error))
			return false;
	return true;
}
