/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * item.h - state as a table of values: how to read and write each, and which bits may have any
 * value.
 *
 * A machine has a group of items, or does not have it. The guest says once which groups are
 * missing, so that nobody believes that they are tested.
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
	bool (*same)(uint64_t is, uint64_t was);     /* NULL: they must be equal */
	uint32_t which;				     /* a register's number, port, offset... */
	uint16_t count;				     /* of such values; 0 means 1 */
	uint16_t step;				     /* from one's `which` to the next one's */
	uint64_t vary;				     /* bits filled at random; others stay, */
	uint64_t clear;				     /* except these, which become 0, */
	uint64_t fixed;				     /* and these, which are set */
};

/* How far a group is kept. The first is what most are. */
enum scope {
	SCOPE_MACHINE, /* it is the machine's, and kept in each switch */
	SCOPE_DEEP,    /* the same, but only in a deep switch */
	SCOPE_CPU,     /* each CPU has its own */
};

struct group {
	const char *name;
	bool (*present)(void); /* NULL: always */
	const struct item *item;
	uint32_t count;
	enum scope scope;
};

#define GROUP(title, test, of) \
	.name = title, .present = test, .item = of, .count = sizeof(of) / sizeof(of[0])

/* One for each items_*.c; the array ends with an entry without items. */
extern const struct group groups_cpu[], groups_msr[], groups_apic[], groups_timer[], groups_hpet[],
	groups_legacy[], groups_uart[], groups_vga[], groups_pci[], groups_acpi[],
	groups_watchdog[], groups_iommu[];

/*
 * Finds out which items there are: of torture's CPU, and for the boot CPU of the machine. Says how many
 * values are tested, and which groups are not.
 */
void items_init(struct torture *torture);

/*
 * Called with interrupts off. Comparing prints, and that changes the devices, so read everything
 * first.
 */
void items_fill(struct torture *torture);
void items_read(struct torture *torture);
void items_compare(struct torture *torture);

/* Called after items_read(). Enables timer interrupts again (items_hpet.c). */
void items_settle(void);

/*
 * Says where the RSDP is; called before items_init(). 0 if the boot loader did not tell. In
 * items_acpi.c.
 */
void items_acpi_set_rsdp(const void *rsdp);

/* The table with that signature, which is below 4 GiB. NULL if there is none. In items_acpi.c. */
const void *items_acpi_table(const char *signature);

#endif
