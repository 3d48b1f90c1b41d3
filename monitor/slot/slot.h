/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * slot.h - slots: the table of kernels that the monitor holds.
 *
 * A slot is made from its module lines (lines.c), gets memory (plan.c), holds its pristine images
 * in the store (store.c), is started by a loader (load.c) and switched (switch.c). Only the monitor
 * writes it.
 */
#ifndef MONITOR_SLOT_SLOT_H
#define MONITOR_SLOT_SLOT_H

#include <stdbool.h>
#include <stdint.h>
#include "boot_info.h"
#include "guest/linux/switchyard.h"
#include "lib/error.h"
#include "lib/units.h"

#define SLOT_MAX_MODULES 8
#define SLOT_IMAGES	 (2 + SLOT_MAX_MODULES)
#define SLOT_ALIGN	 LARGE_PAGE /* of slots' ranges; plan_slots.h has the one exception */

/* `type=auto`. It becomes one of the other types when the image is inspected. */
#define TYPE_AUTO ((enum switchyard_type)0)

/* One pristine file: contents at [base, base + size) (physical), and its `--` string. */
struct image {
	uint64_t base;
	uint64_t size;
	const char *string;   /* the text behind `--`, or ""; points into boot_info or the pool */
	uint64_t string_base; /* the string's piece of the pool; 0: it has none there */
	uint32_t module;      /* index into boot_info.module[] */
	uint64_t sum;	      /* XXH64 of its contents, taken when it came into the store */
};

/*
 * What a kernel image needs of its slot's memory. The loader finds it by inspecting the image.
 * Addresses are below 2^52. The image may be placed anywhere in [min_base, max_end), or, if fixed,
 * only at base. All ranges are aligned to SLOT_ALIGN; if the image needs a larger alignment, size
 * includes the bytes that this costs.
 */
struct needs {
	bool fixed;	   /* linked to one address */
	uint64_t base;	   /* if fixed: lowest address it occupies */
	uint64_t size;	   /* bytes from there (or from where it is put) that it needs at least,
			      bss, initrd and modules included */
	uint64_t min_base; /* lowest address it can be put at */
	uint64_t max_end;  /* its range must end at or below this (4 GiB for 32-bit entries) */
};

/* Who gets the machine when a slot's kernel has ended. */
enum successor_kind {
	SUCCESSOR_MONITOR, /* the person, at the console */
	SUCCESSOR_RESTART, /* the slot itself, afresh */
	SUCCESSOR_SLOT,	   /* the slot that has the name */
};

struct successor {
	enum successor_kind kind;
	char slot[SWITCHYARD_NAME_SIZE];
};

/* What `devices=` lists. The address is like those that guests tell (SWITCHYARD_PREPARE). */
#define SLOT_MAX_DEVICES 16
struct device_name {
	uint16_t address;
	uint32_t id; /* the device's number in the upper half, and the vendor's */
	bool is_kind;
};

struct devices {
	uint32_t count;
	struct device_name device[SLOT_MAX_DEVICES];
};

/* PCI functions, by their numbers in pci_functions(). */
#define SLOT_USES_WORDS 2
struct uses {
	bool told;	   /* its kernel has told in this run; or its line has devices= */
	bool more;	   /* it uses functions, too, that it could not list */
	bool translates;   /* an IOMMU translates what devices write while it runs */
	bool crash_kernel; /* one is loaded, which looks at all functions if it starts */
	uint64_t set[SLOT_USES_WORDS];
};

/* `cpus=` as a bit mask of acpi_processor_number()s, bit 0 the boot CPU; 0: all. */
struct slot {
	char name[SWITCHYARD_NAME_SIZE];
	enum switchyard_state state;
	enum switchyard_type type;
	uint64_t want_size; /* `mem=` */
	uint64_t want_base; /* its `@` part, if has_base */
	bool has_base;
	uint64_t want_low; /* `low=`, if has_low; 0: no piece at all */
	bool has_low;
	uint64_t cpus;
	struct successor on_end;   /* `on-end=`: it powered off, rebooted or halted */
	struct successor on_crash; /* `on-crash=`: it panicked or faulted */
	struct successor back; /* the slot that tries it, and comes first; else SUCCESSOR_MONITOR */
	bool efi;	       /* `efi=on`: its kernel gets EFI's ResetSystem (guest_efi.h) */
	struct image kernel;
	struct image initrd; /* size 0: none */
	struct image module[SLOT_MAX_MODULES];
	uint32_t module_count;
	struct needs needs;
	struct region low;    /* its RAM below 1 MiB */
	struct region ram;    /* its large range, without */
	struct region dma;    /* its piece below 4 GiB (plan_piece.h); size 0: none */
	struct region vmcore; /* headers of its /proc/vmcore, which is another slot's memory */
	char dumps[SWITCHYARD_NAME_SIZE]; /* that slot; "": there are none */
	struct region block; /* its end, which tells its kernel of the monitor (slot_block.h) */
	uint64_t runs;
	bool quick;		 /* `switch=quick` */
	struct devices devices;	 /* `devices=` */
	struct uses own;	 /* the PCI functions that those are */
	struct uses uses;	 /* the PCI functions that its kernel uses */
	bool works;		 /* it is parked, and left its devices working */
	bool lost;		 /* some of them were taken from it by force meanwhile */
	bool has_driver;	 /* its kernel has shown in some run that it knows of the monitor */
	uint64_t turn;		 /* the later it got the machine, the higher; 0: it never ran */
	enum switchyard_end end; /* how its last run ended; 0: otherwise, or not yet */
	char crash[128]; /* why it crashed; if it is interrupted: why it can't go on, or "" */
	enum switchyard_care care; /* what has become of its crash: care.h */
};

/*
 * A slot keeps its place when others are removed, because people and kernels know it by number. So
 * a row below count may be unused: slot_is_used().
 */
struct slot_table {
	uint32_t count;
	struct slot slot[SWITCHYARD_MAX_SLOTS];
};

static inline bool slot_is_used(const struct slot *slot)
{
	return slot->name[0] != '\0';
}

/* True if a kernel ran in it, and none has ever shown that it knows of the monitor. */
static inline bool slot_lacks_driver(const struct slot *slot)
{
	return slot->runs && !slot->has_driver;
}

/* True if its kernel does not run, and can go on where it was. */
static inline bool slot_waits(const struct slot *slot)
{
	return slot->state == SWITCHYARD_PARKED || slot->state == SWITCHYARD_INTERRUPTED;
}

/* The slot with that name, or NULL. */
struct slot *slot_find(struct slot_table *table, const char *name);

/* All of a slot's large range: what mem= asks for. */
static inline struct region slot_range(const struct slot *slot)
{
	return (struct region){.base = slot->ram.base,
			       .size = slot->ram.size + slot->block.size,
			       .type = REGION_RAM};
}

/*
 * The pieces of the slot's RAM, by rising address: the slice below 1 MiB, the piece below 4 GiB, which
 * most have not, and the range without its block.
 */
#define SLOT_RAM_PIECES 3u
static inline const struct region *slot_piece(const struct slot *slot, uint32_t n)
{
	const struct region *const piece[SLOT_RAM_PIECES] = {&slot->low, &slot->dma, &slot->ram};

	return piece[n];
}

/* True if [address, address + size) lies in one of these pieces. A guest may say any address. */
bool slot_owns(const struct slot *slot, uint64_t address, uint64_t size);

/*
 * "512 MiB at 0x2000000", for a slot above 4 GiB "1 GiB at 0x100000000, 80 MiB at 0x7a000000 for
 * 32-bit devices". Returns text, which has SLOT_PLACE_TEXT bytes.
 */
#define SLOT_PLACE_TEXT 120
const char *slot_place(const struct slot *slot, char *text);

/* A slot's number in its table, from 0. */
static inline uint32_t slot_index(const struct slot_table *table, const struct slot *slot)
{
	return (uint32_t)(slot - table->slot);
}

/* How many rows are used, and the row that is number n of them, from 0. */
uint32_t slot_used(const struct slot_table *table);
const struct slot *slot_nth(const struct slot_table *table, uint32_t n);

/* The first unused row, for a slot that comes later. The caller fills it. NULL: all are used. */
struct slot *slot_new(struct slot_table *table);

/* Makes a row unused. All other slots keep their numbers. */
void slot_forget(struct slot_table *table, struct slot *slot);

/* Removes slot number index before any slot runs. The slots behind it move up. */
void slot_remove(struct slot_table *table, uint32_t index);

/* Reports what is wrong with a slot: "slot NAME: reason". */
void slot_report(const struct slot *slot, const struct error *error, report_fn report,
		 void *context);

/*
 * Its files by number, below SLOT_IMAGES: the kernel, the initrd, the modules. One that it lacks
 * has size 0. As with strchr(), the result may be written to if the slot may.
 */
struct image *slot_image(const struct slot *slot, uint32_t number);

/* Bytes of all its pristine files. */
uint64_t slot_image_size(const struct slot *slot);

/* The type's name: "auto", or the ABI's word. */
const char *slot_type_name(enum switchyard_type type);

#endif
