/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * integrity.h - finds out whether a parked slot's memory changed while another slot ran.
 *
 * All slots share the machine's memory, and nothing prevents a slot from writing to another's. When
 * a slot is parked, checksums are taken of the memory that must not change, or the slot could not
 * go on. docs/INTEGRITY.md says what that costs. The checksums find damage, but no attack, because
 * an attacker can change the checksums, too.
 */
#ifndef MONITOR_SWITCH_INTEGRITY_H
#define MONITOR_SWITCH_INTEGRITY_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/cpu/state_item.h"
#include "lib/error.h"
#include "monitor/config/options.h"
#include "monitor/slot/slot.h"
#include "monitor/check/kernel_text.h"

/* The parts with a checksum besides the kernel's text and the items of the slot's state. */
enum integrity_part {
	PART_APART, /* state that is kept apart: a font */
	PART_ACPI,  /* the slot's copies of ACPI tables */
	PART_GDT,   /* this and the next two lie in the slot's own memory */
	PART_IDT,
	PART_PAGE_TABLE, /* the root of its page tables */
	PART_COUNT,
};

/* Beside them, in struct integrity: kernel text was read. */
#define INTEGRITY_PART_TEXT (1u << PART_COUNT)

/* Checksums of one parked slot. */
struct integrity {
	enum integrity_check check;				 /* what was taken */
	uint64_t cpu[STATE_MAX_ITEMS], machine[STATE_MAX_ITEMS]; /* one for each state item */
	uint64_t part[PART_COUNT];
	uint32_t parts; /* bits of those that were taken, and INTEGRITY_PART_TEXT */
	uint32_t turn;	/* counts quick parkings */
	struct text_turn text;
};

struct kept_state;

/* Bytes of a slot's struct text_sums; 0 if check does not ask for it. */
uint64_t integrity_room(enum integrity_check check);

/* The slot's kernel starts afresh: no checksum of an earlier one counts. */
void integrity_forget(struct integrity *integrity);

/*
 * Takes the checksums that check asks for. The slot has just been parked, by a quick switch or
 * another one. A quick one takes microseconds, and comes often. So it gets one part in turn, or a
 * piece of text that is not compared when it is resumed, unless check asks for all. Returns the
 * first text that is not as the last turn found it, or NULL (kernel_text.h).
 */
const struct text_piece *integrity_take(const struct slot *slot, struct kept_state *kept,
					enum integrity_check check, bool quick);

/* Compares the checksums. False if something changed; error names the slot and the part. */
bool integrity_verify(const struct slot *slot, const struct kept_state *kept, struct error *error);

#endif
