// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/plan/store.h"
#include "arch/x86/memory/phys.h"
#include "lib/print.h"
#include "lib/string.h"
#include "lib/units.h"
#include "lib/xxh64.h"
#include "monitor/plan/plan_monitor.h"

#define COPY_CHUNK (4 * MIB) /* progress is shown after each chunk */

/* Room for a slot's name, its files' size, and the reason why they have no place. */
#define REPORT_SIZE (sizeof(struct error) + SWITCHYARD_NAME_SIZE + SIZE_TEXT + 40)

static uint32_t largest_images(const struct slot_table *table)
{
	uint32_t largest = 0;

	for (uint32_t i = 1; i < table->count; i++)
		if (slot_image_size(&table->slot[i]) > slot_image_size(&table->slot[largest]))
			largest = i;
	return largest;
}

void store_place(struct plan *plan, const struct boot_info *boot, struct slot_table *table,
		 report_fn report, void *context)
{
	struct error error;

	while (!plan_store(plan, boot, table, &error)) {
		uint32_t index = largest_images(table);
		const struct slot *slot = &table->slot[index];
		char text[REPORT_SIZE], size[SIZE_TEXT];

		format_text(text, sizeof(text), "slot %s: no place for its files of %s: %s",
			    slot->name, format_size(size, align_up(slot_image_size(slot), KIB)),
			    error.text);
		report(context, text);
		slot_remove(table, index);
	}
}

struct copy {
	store_progress_fn progress;
	void *context;
	uint64_t next; /* first free address of the store */
	uint64_t done, total;
};

static void keep_image(struct copy *copy, struct image *image)
{
	uint64_t offset = 0;

	while (offset < image->size) {
		uint64_t left = image->size - offset;
		uint64_t chunk = left < COPY_CHUNK ? left : COPY_CHUNK;

		memcpy(phys(copy->next + offset), phys(image->base + offset), chunk);
		offset += chunk;
		copy->done += chunk;
		copy->progress(copy->context, copy->done, copy->total);
	}
	image->base = copy->next;
	image->sum = xxh64(phys(image->base), image->size, 0);
	copy->next += page_up(image->size);
}

void store_fill(const struct region *store, struct slot_table *table, store_progress_fn progress,
		void *context)
{
	struct copy copy = {.progress = progress, .context = context, .next = store->base};

	for (uint32_t i = 0; i < table->count; i++)
		copy.total += slot_image_size(&table->slot[i]);
	for (uint32_t i = 0; i < table->count; i++) {
		struct slot *slot = &table->slot[i];

		keep_image(&copy, &slot->kernel);
		keep_image(&copy, &slot->initrd);
		for (uint32_t m = 0; m < slot->module_count; m++)
			keep_image(&copy, &slot->module[m]);
	}
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
