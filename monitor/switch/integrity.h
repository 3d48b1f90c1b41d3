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

/*
 * Limits for the checksums of a slot's kernel text. One sum for each page would take three times
 * the memory, and would only give a more exact place.
 */
#define INTEGRITY_RANGES     512
#define INTEGRITY_PAGES	     8192 /* 32 MiB of kernel text */
#define INTEGRITY_UNIT_PAGES 4	  /* pages with one sum together */

/* Each range may end with a partial unit. */
#define INTEGRITY_SUMS (INTEGRITY_PAGES / INTEGRITY_UNIT_PAGES + INTEGRITY_RANGES)

/* The parts with a checksum besides the kernel's text and the items of the slot's state. */
enum integrity_part {
	PART_APART, /* state that is kept apart: a font */
	PART_ACPI,  /* the slot's copies of ACPI tables */
	PART_GDT,   /* this and the next two lie in the slot's own memory */
	PART_IDT,
	PART_PAGE_TABLE, /* the root of its page tables */
	PART_COUNT,
};

/* A piece of text, in pages from the beginning of the slot's range. */
struct text_range {
	uint32_t first, count;
};

/* The checksums of text, in memory that the plan gives. */
struct text_sums {
	struct text_range range[INTEGRITY_RANGES];
	uint32_t sum[INTEGRITY_SUMS]; /* one for each unit, in the order of the ranges */
};

/* Checksums of one parked slot. */
struct integrity {
	bool control, text;					 /* true: they were taken */
	uint64_t cpu[STATE_MAX_ITEMS], machine[STATE_MAX_ITEMS]; /* one for each state item */
	uint64_t part[PART_COUNT];
	uint32_t range_count, page_count;
	uint64_t left_out;	/* bytes of text without a sum, as there was no room */
	struct text_sums *sums; /* NULL: integrity= does not ask for them */
};

struct kept_state;

/* Bytes of a slot's struct text_sums; 0 if check does not ask for it. */
uint64_t integrity_room(enum integrity_check check);

/* Takes the checksums that check asks for. The slot has just been parked. */
void integrity_take(const struct slot *slot, struct kept_state *kept, enum integrity_check check);

/* Compares the checksums. False if something changed; error names the slot and the part. */
bool integrity_verify(const struct slot *slot, const struct kept_state *kept, struct error *error);

#endif
