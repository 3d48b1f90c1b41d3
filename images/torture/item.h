/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * item.h - state as a table of values: how to read and write each, and what bits may be anything.
 *
 * A group of items is there, or is not, on a given machine. What is missing is said once, so that
 * nobody takes it for tested.
 */
#ifndef TORTURE_ITEM_H
#define TORTURE_ITEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "torture.h"

struct item {
	const char *name; /* as in docs/STATE.md */
	uint64_t (*get)(uint32_t which);
	void (*set)(uint32_t which, uint64_t value); /* NULL: only compared */
	bool (*same)(uint64_t is, uint64_t was);     /* NULL: if they are equal */
	uint32_t which;				     /* a register's number, port, offset... */
	uint16_t count;				     /* of such values; 0 means 1 */
	uint16_t step;				     /* from one's `which` to the next one's */
	uint64_t vary;				     /* bits filled at random; all others stay, */
	uint64_t clear;				     /* but for those that become 0, */
	uint64_t fixed;				     /* and those that are set */
};

struct group {
	const char *name;
	bool (*present)(void); /* NULL: always */
	const struct item *item;
	uint32_t count;
};

#define GROUP(name, present, items) name, present, items, sizeof(items) / sizeof(items[0])

/* One for each items_*.c; the array ends with an entry without items. */
extern const struct group groups_cpu[], groups_msr[], groups_apic[], groups_timer[], groups_hpet[],
	groups_legacy[], groups_uart[], groups_vga[], groups_pci[], groups_acpi[];

/* Finds out what there is, and says how many items are tested, and which groups are not. */
void items_init(struct torture *torture);

/* With interrupts off. To compare prints, which changes the devices: read first. */
void items_fill(struct torture *torture);
void items_read(void);
void items_compare(struct torture *torture);

/* After items_read(): lets timer interrupts come again (items_hpet.c). */
void items_settle(void);

/* items_acpi.c: where the RSDP is, before items_init(). 0: the boot loader did not tell. */
void items_acpi_set_rsdp(const void *rsdp);

#endif
