/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * slot.c - looking up slots.
 */
#include "monitor/slot/slot.h"
#include <stddef.h>
#include "lib/print.h"
#include "lib/string.h"
#include "guest/linux/switchyard_names.h"

bool slot_owns(const struct slot *slot, uint64_t address, uint64_t size)
{
	for (uint32_t i = 0; i < SLOT_RAM_PIECES; i++)
		if (region_has(slot_piece(slot, i), address, size))
			return true;
	return false;
}

const char *slot_place(const struct slot *slot, char *text)
{
	char size[SIZE_TEXT], piece[SIZE_TEXT];
	int used = format_text(text, SLOT_PLACE_TEXT, "%s at %#lx",
			       format_size(size, slot_range(slot).size), slot->ram.base);

	if (slot->dma.size)
		format_text(text + used, SLOT_PLACE_TEXT - (uint32_t)used,
			    ", %s at %#lx for 32-bit devices", format_size(piece, slot->dma.size),
			    slot->dma.base);
	return text;
}

struct slot *slot_find(struct slot_table *table, const char *name)
{
	for (uint32_t i = 0; i < table->count; i++)
		if (slot_is_used(&table->slot[i]) && !strcmp(table->slot[i].name, name))
			return &table->slot[i];
	return NULL;
}

const char *slot_type_name(enum switchyard_type type)
{
	return type == TYPE_AUTO ? "auto" : switchyard_type_name(type);
}

uint32_t slot_used(const struct slot_table *table)
{
	uint32_t used = 0;

	for (uint32_t i = 0; i < table->count; i++)
		used += slot_is_used(&table->slot[i]);
	return used;
}

const struct slot *slot_nth(const struct slot_table *table, uint32_t n)
{
	const struct slot *slot = table->slot;

	for (; !slot_is_used(slot) || n; slot++)
		n -= slot_is_used(slot);
	return slot;
}

struct slot *slot_new(struct slot_table *table)
{
	struct slot *slot = table->slot;

	while (slot < table->slot + table->count && slot_is_used(slot))
		slot++;
	if (slot == table->slot + SWITCHYARD_MAX_SLOTS)
		return NULL;
	if (slot == table->slot + table->count)
		table->count++;
	memset(slot, 0, sizeof(*slot));
	return slot;
}

void slot_forget(struct slot_table *table, struct slot *slot)
{
	memset(slot, 0, sizeof(*slot));
	while (table->count && !slot_is_used(&table->slot[table->count - 1]))
		table->count--;
}

void slot_remove(struct slot_table *table, uint32_t index)
{
	table->count--;
	for (uint32_t i = index; i < table->count; i++)
		table->slot[i] = table->slot[i + 1];
}

void slot_report(const struct slot *slot, const struct error *error, report_fn report,
		 void *context)
{
	char text[sizeof(*error) + SWITCHYARD_NAME_SIZE + sizeof("slot : ")];

	format_text(text, sizeof(text), "slot %s: %s", slot->name, error->text);
	report(context, text);
}

struct image *slot_image(const struct slot *slot, uint32_t number)
{
	const struct image *image = &slot->kernel;

	if (number)
		image = number == 1 ? &slot->initrd : &slot->module[number - 2];
	return (struct image *)image;
}

uint64_t slot_image_size(const struct slot *slot)
{
	uint64_t bytes = slot->kernel.size + slot->initrd.size;

	for (uint32_t i = 0; i < slot->module_count; i++)
		bytes += slot->module[i].size;
	return bytes;
}
