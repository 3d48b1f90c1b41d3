/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * integrity.h - was a parked slot's memory changed while another one ran?
 *
 * All slots share the machine's memory, and nothing keeps one from writing to another's. Of a slot
 * that parks, checksums are taken of what must not change for it to go on at all; docs/INTEGRITY.md
 * says what that costs. They find damage, not an attack: whoever writes there can write here.
 */
#ifndef MONITOR_SWITCH_INTEGRITY_H
#define MONITOR_SWITCH_INTEGRITY_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/cpu/state_item.h"
#include "lib/error.h"
#include "monitor/config/options.h"
#include "monitor/slot/slot.h"

#define INTEGRITY_RANGES 1024
#define INTEGRITY_PAGES	 8192 /* 32 MiB of kernel text */

/* What is kept for a slot besides its kernel's text and the items of its state. */
enum integrity_part {
	PART_APART, /* what is kept apart: a font */
	PART_ACPI,  /* its copies of ACPI tables */
	PART_GDT,   /* the descriptor tables, which lie in its own memory, */
	PART_IDT,
	PART_PAGE_TABLE, /* and the root of its page tables */
	PART_COUNT,
};

/* Checksums of one parked slot. */
struct integrity {
	bool control, text;					 /* were they taken? */
	uint64_t cpu[STATE_MAX_ITEMS], machine[STATE_MAX_ITEMS]; /* of the items of its state */
	uint64_t part[PART_COUNT];
	uint32_t range_count, page_count;
	uint64_t left_out; /* bytes of text for which there was no room */
	struct {
		uint64_t base, size; /* physical; whole pages of 4 KiB */
	} range[INTEGRITY_RANGES];
	uint32_t page_sum[INTEGRITY_PAGES]; /* of the ranges' pages, one after the other */
};

struct kept_state;

/* Takes those checksums of a slot, which has just been parked, that check asks for. */
void integrity_take(const struct slot *slot, struct kept_state *kept, enum integrity_check check);

/* Compares them. False if something changed: error says of which slot, what, and where. */
bool integrity_verify(const struct slot *slot, const struct kept_state *kept, struct error *error);

#endif
