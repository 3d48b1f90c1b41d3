// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/integrity.h"
#include <stddef.h>
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/memory/page_walk.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/platform/platform.h"
#include "lib/xxh64.h"
#include "monitor/switch/kept_state.h"
#include "monitor/switch/slot_block.h"
#include "lib/units.h"

#define ALL_PARTS (INTEGRITY_PART_TEXT * 2 - 1)

static const char *const part_names[PART_COUNT] = {
	[PART_APART] = "saved device state: vga-font",
	[PART_ACPI] = "ACPI tables",
	[PART_GDT] = "GDT",
	[PART_IDT] = "IDT",
	[PART_PAGE_TABLE] = "top page table",
};

static struct page_walk walk_of(const struct slot *slot, const struct kept_state *kept)
{
	return (struct page_walk){
		.cr3 = kept->cpu[0]->cr3,
		.cr4 = kept->cpu[0]->cr4,
		.efer = kept->cpu[0]->efer,
		.piece = {slot->ram, slot->dma},
	};
}

/* The sum of a descriptor table. A table that is not mapped adds nothing. */
static uint64_t sum_table(const struct page_walk *walk, const struct descriptor_pointer *table)
{
	uint64_t sum = 0, at = table->base, left = table->limit + 1ull;

	while (left > 0) {
		uint64_t part = PAGE_SIZE - at % PAGE_SIZE, physical;

		if (part > left)
			part = left;
		if (page_walk_find(walk, at, &physical))
			sum = xxh64(phys(physical), part, sum);
		at += part;
		left -= part;
	}
	return sum;
}

static uint64_t sum_root(const struct page_walk *walk)
{
	uint64_t root = walk->cr3 & ~(PAGE_SIZE - 1) & ~(1ull << 63);

	return !page_walk_owns(walk, root, PAGE_SIZE) ? 0 : xxh64(phys(root), PAGE_SIZE, 0);
}

/* The sum of the ACPI tables. They lie in the block before its fixed part. */
static uint64_t sum_acpi(const struct slot *slot)
{
	uint64_t size = slot_block_tables(slot);

	return size ? xxh64(phys(slot->block.base), size, 0) : 0;
}

static uint64_t sum_part(const struct slot *slot, const struct kept_state *kept,
			 enum integrity_part part)
{
	struct page_walk walk = walk_of(slot, kept);

	switch (part) {
	case PART_APART:
		return kept->apart_size ? xxh64((void *)kept->apart, kept->apart_size, 0) : 0;
	case PART_ACPI:
		return sum_acpi(slot);
	case PART_GDT:
		return sum_table(&walk, &kept->cpu[0]->gdtr);
	case PART_IDT:
		return sum_table(&walk, &kept->cpu[0]->idtr);
	case PART_PAGE_TABLE:
		return sum_root(&walk);
	case PART_COUNT:
		break;
	}
	return 0;
}

static uint64_t sum_item(const struct state_place *place, const void *state)
{
	return place->size ? xxh64((const uint8_t *)state + place->offset, place->size, 0) : 0;
}

static void take_items(const struct state_layout *layout, const void *state, uint64_t *sum)
{
	for (uint32_t i = 0; i < layout->count; i++)
		sum[i] = sum_item(&layout->place[i], state);
}

/* The name of the first item that changed, or NULL. */
static const char *changed_item(const struct state_layout *layout, const void *state,
				const uint64_t *sum)
{
	for (uint32_t i = 0; i < layout->count; i++)
		if (sum_item(&layout->place[i], state) != sum[i])
			return layout->place[i].item->name;
	return NULL;
}

static void take_control(const struct slot *slot, struct kept_state *kept)
{
	struct integrity *integrity = &kept->integrity;

	take_items(cpu_state_layout(), kept->cpu[0], integrity->cpu);
	take_items(platform_layout(), kept->platform, integrity->machine);
	for (unsigned int part = 0; part < PART_COUNT; part++)
		if (integrity->parts >> part & 1)
			integrity->part[part] = sum_part(slot, kept, (enum integrity_part)part);
}

static bool verify_control(const struct slot *slot, const struct kept_state *kept,
			   struct error *error)
{
	const struct integrity *integrity = &kept->integrity;
	const char *what = "saved CPU state: ";
	const char *changed = slot_block_damage(slot);

	if (changed)
		what = "";
	else
		changed = changed_item(cpu_state_layout(), kept->cpu[0], integrity->cpu);
	if (!changed) {
		what = "saved device state: ";
		changed = changed_item(platform_layout(), kept->platform, integrity->machine);
	}
	for (unsigned int part = 0; !changed && part < PART_COUNT; part++) {
		what = "";
		if (integrity->parts >> part & 1 &&
		    sum_part(slot, kept, (enum integrity_part)part) != integrity->part[part])
			changed = part_names[part];
	}
	return !changed || fail(error,
				"slot %s: its %s%s changed while it was parked; \"switch %s "
				"force\" resumes it all the same",
				slot->name, what, changed, slot->name);
}

uint64_t integrity_room(enum integrity_check check)
{
	return check >= INTEGRITY_TEXT ? sizeof(struct text_sums) : 0;
}

void integrity_forget(struct integrity *integrity)
{
	kernel_text_forget(&integrity->text);
}

const struct text_piece *integrity_take(const struct slot *slot, struct kept_state *kept,
					enum integrity_check check, bool quick)
{
	struct integrity *integrity = &kept->integrity;
	struct page_walk walk = walk_of(slot, kept);
	enum text_share share = quick ? TEXT_PIECE : TEXT_PART;
	const struct text_piece *changed = NULL;
	bool in_turn = quick && check != INTEGRITY_ALL;

	integrity->check = check;
	integrity->parts = in_turn ? 1u << integrity->turn++ % (PART_COUNT + 1) : ALL_PARTS;
	if (check >= INTEGRITY_CONTROL)
		take_control(slot, kept);
	if (check < INTEGRITY_TEXT)
		integrity->parts &= ~INTEGRITY_PART_TEXT;
	if (integrity->parts & INTEGRITY_PART_TEXT)
		changed = kernel_text_take(&walk, &integrity->text,
					   check == INTEGRITY_ALL ? TEXT_ALL : share);
	if (in_turn) /* else pieces that the slot itself has changed since would be compared */
		integrity->text.compared = integrity->text.count;
	return changed;
}

static bool verify_text(const struct slot *slot, const struct text_turn *turn, struct error *error)
{
	const struct text_piece *changed = kernel_text_damage(turn);
	uint64_t at;

	if (!changed)
		return true;
	at = text_piece_address(changed);
	return fail(
		error,
		"slot %s: its kernel text at %#lx to %#lx changed while it was parked; \"switch "
		"%s force\" resumes it all the same",
		slot->name, at, at + text_piece_size(changed) - 1, slot->name);
}

bool integrity_verify(const struct slot *slot, const struct kept_state *kept, struct error *error)
{
	const struct integrity *integrity = &kept->integrity;

	if (integrity->check >= INTEGRITY_CONTROL && !verify_control(slot, kept, error))
		return false;
	return integrity->check < INTEGRITY_TEXT || verify_text(slot, &integrity->text, error);
}
