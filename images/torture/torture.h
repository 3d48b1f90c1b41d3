/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * torture.h - the test that a switch loses nothing.
 *
 * Two slots run this kernel, and each switches to the other. Before each call of the gate, all
 * state that docs/STATE.md promises to keep gets random contents, which differ between the slots
 * and from call to call. After the call all of it is compared, and each difference is printed with
 * its name in that table.
 *
 *   torture_switch.asm
 *                registers that compiled code uses all the time, and the vector registers: they are
 *                filled, the gate is called, and they are read, in one go
 *   registers.c  what those are filled with, and their comparison
 *   item.c       all other state: values that are written, read and compared alike
 *   items_*.c    what they are, a file for each part of the machine; access.h reads and writes
 *   tables.c     the GDT, LDT and TSS that each CPU runs with
 *   second.c     the second CPU: all of this that each CPU has of its own
 *   la57.c       five levels of paging
 *   torture.c    memory, timer interrupts, and the course of it all
 *
 * It uses tick's entry, interrupts, serial port and screen (images/tick/).
 *
 * Options on its command line:
 *   to=SLOT         the slot to switch to, by number
 *   count=SWITCHES  how many; then it says the result, and goes to the monitor. 1,000 unless given
 *   la57            with five levels of paging, if the CPU has that
 *   quick           by quick switches, on two CPUs; not with la57
 *   keep            deep switches to which the second CPU comes, too; not with la57
 */
#ifndef TORTURE_H
#define TORTURE_H

#include <stdbool.h>
#include <stdint.h>
#include "../tick/tick.h"
#include "torture_switch.h"

#define TORTURE_CPUS 2

struct torture_options {
	uint32_t to;	/* the other slot's number, from 1 */
	uint32_t count; /* of switches */
	bool la57, quick, keep;
};

#define ITEM_VALUES_MAX 2048
#define ITEM_GROUPS_MAX 64

/* For item.c: what is tested, and its values before and after the call, item by item. */
struct group;
struct items {
	const struct group *group[ITEM_GROUPS_MAX];
	uint32_t group_count;
	uint64_t was[ITEM_VALUES_MAX], is[ITEM_VALUES_MAX];
};

/* Each CPU has one. */
struct torture {
	struct tick *tick;
	uint32_t cpu; /* 0: the boot CPU, 1: the second one */
	struct torture_options options;
	uint32_t iteration; /* from 1 */
	uint32_t differences;
	uint64_t random;		     /* state of torture_random() */
	struct torture_registers fill, seen; /* for registers.c, before and after the call */
	struct items items;
};

/*
 * Reads the command line, and where ACPI's tables are. If the line is wrong, says why, and returns
 * false.
 */
bool torture_read_options(struct torture *torture, const struct multiboot2_info *information);

/*
 * The next random number. It depends only on the slot, the CPU, and the iteration, so a run can be
 * repeated. torture_seed() begins with the first one.
 */
void torture_seed(struct torture *torture);
uint64_t torture_random(struct torture *torture);

/*
 * Counts a difference and prints it: "DIFF iteration 17: NAME is 0x..., was 0x...". The boot CPU
 * does it for both.
 */
void torture_differs(struct torture *torture, const char *name, uint64_t is, uint64_t was);

/* Loads a GDT, an LDT and a TSS, which lie at other selectors in every other slot, and on the other CPU. */
void torture_tables_init(uint32_t slot, uint32_t cpu);

/* Changes to five levels of paging, after torture_tables_init(). False if the CPU has only four. */
bool torture_la57(const struct switchyard_info *switchyard);

/*
 * A selector is SELECTOR_CODE or SELECTOR_DATA, with any of these bits added. 0x20 means another
 * descriptor in the same table. 4 means the LDT in place of the GDT (SDM volume 3, 3.4.2).
 */
#define TORTURE_SELECTOR_BITS 0x24

/* The GDT's limit may grow by these bits. */
#define TORTURE_GDT_LIMIT_BITS 0x20

#endif
