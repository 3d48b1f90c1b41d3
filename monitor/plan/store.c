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

/* Calls visit for each pair of images, the earlier one first. An image that is not there has size 0. */
static void each_pair(struct slot_table *table, void (*visit)(struct image *, struct image *))
{
	const uint32_t count = table->count * SLOT_IMAGES;

	for (uint32_t a = 0; a < count; a++)
		for (uint32_t b = a + 1; b < count; b++)
			visit(slot_image(&table->slot[a / SLOT_IMAGES], a % SLOT_IMAGES),
			      slot_image(&table->slot[b / SLOT_IMAGES], b % SLOT_IMAGES));
}

/* An image that equals an earlier one, to the byte, becomes that one. */
static void find_same(struct image *earlier, struct image *image)
{
	if (image->size && image->size == earlier->size && image->base != earlier->base &&
	    !memcmp(phys(image->base), phys(earlier->base), image->size))
		image->base = earlier->base;
}

void store_place(struct plan *plan, const struct boot_info *boot, struct slot_table *table,
		 report_fn report, void *context)
{
	struct error error;

	each_pair(table, find_same);
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
	const struct region *store;
	store_progress_fn progress;
	void *context;
	uint64_t done; /* bytes of the store that are filled */
};

static void keep_image(struct copy *copy, struct image *image)
{
	uint64_t to = copy->store->base + copy->done, offset = 0;

	while (offset < image->size) {
		uint64_t left = image->size - offset;
		uint64_t chunk = left < COPY_CHUNK ? left : COPY_CHUNK;

		memcpy(phys(to + offset), phys(image->base + offset), chunk);
		offset += chunk;
		copy->progress(copy->context, copy->done + page_up(offset), copy->store->size);
	}
	image->base = to;
	image->sum = xxh64(phys(to), image->size, 0);
	copy->done += page_up(image->size);
}

/* Keeps the image, and makes all that are in the same place point to the copy. */
static void keep_shared(struct copy *copy, struct slot_table *table, uint32_t first)
{
	struct image *image = slot_image(&table->slot[first / SLOT_IMAGES], first % SLOT_IMAGES);
	uint64_t from = image->base;

	if (!image->size || from - copy->store->base < copy->store->size)
		return; /* an earlier one in the same place was kept */
	keep_image(copy, image);
	for (uint32_t i = first + 1; i < table->count * SLOT_IMAGES; i++) {
		struct image *other = slot_image(&table->slot[i / SLOT_IMAGES], i % SLOT_IMAGES);

		if (other->base == from && other->size == image->size) {
			other->base = image->base;
			other->sum = image->sum;
		}
	}
}

void store_fill(const struct region *store, struct slot_table *table, store_progress_fn progress,
		void *context)
{
	struct copy copy = {.store = store, .progress = progress, .context = context};

	for (uint32_t i = 0; i < table->count * SLOT_IMAGES; i++)
		keep_shared(&copy, table, i);
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
