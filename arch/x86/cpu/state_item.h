/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * state_item.h - what a slot keeps, as rows of an ordered list. cpu_state.c has the list of a CPU,
 * platform.c that of the machine.
 *
 * The monitor walks a list forward to save and backward to restore. So each pair is mirrored, and
 * the order stands in one place. An item has a fixed layout without pointers, and a version for
 * that layout. A row that keeps nothing is a step: an action that must happen at that place.
 */
#ifndef ARCH_X86_CPU_STATE_ITEM_H
#define ARCH_X86_CPU_STATE_ITEM_H

#include <stdint.h>

#define STATE_ALIGN	64 /* of each item: the XSAVE area needs that, and nothing needs more */
#define STATE_MAX_ITEMS 24

/* The first four say when an item counts. docs/STATE.md has the same, and tests/lint compares them. */
enum state_flag {
	STATE_DEEP = 1 << 0,  /* kept in a switch in which the kernel has suspended its devices */
	STATE_QUICK = 1 << 1, /* needed even if devices and their interrupts are left as they are */
	STATE_CONSOLE = 1 << 2,	 /* the console uses it, and so changes it */
	STATE_FIRMWARE = 1 << 3, /* a kernel that boots finds it as the firmware left it */
	STATE_OF_CPU = 1 << 4,	 /* a step of the machine's that works on an item of a CPU */
	STATE_APART = 1 << 5,	 /* large, seldom needed, and not in the layout's memory */
	STATE_PLAIN =
		1 << 6, /* only values of registers, whatever they are: a file may bring them */
};

struct state_item {
	const char *name;
	uint16_t version; /* 0: a step */
	uint16_t flags;
	uint32_t bytes;		/* its size, if that is the same on every machine */
	uint32_t (*size)(void); /* its size on this machine; NULL: bytes */
	uint32_t spared_by;	/* with one of these notes the item is not kept; 0: always kept */
	void (*save)(void *state);			     /* NULL: there is nothing to do */
	void (*restore)(const void *state, const void *now); /* the same */
	void (*reset)(void); /* instead, for a kernel that boots; NULL: nothing */
	void (*spare)(void); /* instead of save, if it is not kept; NULL: nothing */
};

/* Where an item lies. */
struct state_place {
	const struct state_item *item;
	uint32_t offset;
	uint32_t size; /* 0: this is a step, or the layout leaves the item out */
};

/* A list, with each item's place in a piece of memory that holds them all. */
struct state_layout {
	uint32_t count;
	uint32_t size; /* of that memory, whose address is a multiple of STATE_ALIGN */
	struct state_place place[STATE_MAX_ITEMS];
};

/*
 * Gives a place to each item that has all of flags. It is called once, when all sizes are known.
 * The other items are not saved or restored with this layout. They are reset.
 */
void state_layout_init(struct state_layout *layout, const struct state_item *items, uint32_t count,
		       uint32_t flags);

/*
 * What the hardware has now, as far as it is known: what the last save read. An item's restore gets
 * its part, and writes only what differs from it. It gets NULL if the item is not known.
 */
struct state_now {
	const struct state_layout *layout;
	const void *memory;
	uint32_t known; /* a bit for each item, by its place in the list */
};

/* The items of a list that have all of flags, as bits. */
uint32_t state_items(const struct state_layout *layout, uint32_t flags);

/*
 * A mirrored pair. Steps with STATE_OF_CPU get cpu. They are left out if it is NULL. Items that one
 * of the notes spares are not kept: save makes them quiet, and restore leaves them as they are.
 * Save returns those that it kept, as bits. now may be NULL: nothing is known.
 */
uint32_t state_save(const struct state_layout *layout, void *state, void *cpu, uint32_t notes);
void state_restore(const struct state_layout *layout, const void *state, const void *cpu,
		   const struct state_now *now, uint32_t notes);

#endif
