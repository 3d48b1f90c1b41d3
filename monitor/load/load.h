/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load.h - image loaders: from a pristine image to a kernel ready to be entered.
 *
 * Each format has its file: load_linux.c, load_multiboot1.c, load_multiboot2.c, load_elf.c (plain
 * ELF, and the segments of a Multiboot ELF). load.c chooses among them. An image is foreign input,
 * so every size and offset in it is checked against the file before it is used.
 */
#ifndef MONITOR_LOAD_LOAD_H
#define MONITOR_LOAD_LOAD_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/acpi/smbios.h"
#include "arch/x86/gate/enter.h"
#include "boot_info.h"
#include "lib/error.h"
#include "monitor/slot/slot.h"

/* struct boot_params holds this many (E820_MAX_ENTRIES_ZEROPAGE). */
#define GUEST_MAX_REGIONS 128

/* What a loader tells the kernel about its machine. */
struct load_context {
	const struct region *map; /* the slot's own memory map, sorted: guest_map.h */
	uint32_t map_count;
	uint64_t rsdp;		      /* the slot's own ACPI root pointer, 0: none */
	uint64_t rsdp_size;	      /* bytes of it: 20 (ACPI 1.0) or 36 */
	uint64_t info;		      /* the slot's struct switchyard_info */
	uint64_t efi;		      /* pages for EFI's runtime services (guest_efi.h), 0: none */
	struct smbios_entries smbios; /* that UEFI's system table names */
	enum boot_screen screen;
	uint8_t cursor_column, cursor_row;	    /* of the text screen, from 0 */
	const struct boot_framebuffer *framebuffer; /* if screen is SCREEN_FRAMEBUFFER */
	const char *loader_name;		    /* "Switchyard ..." */
};

/*
 * Looks at a slot's kernel at image.base, which is valid before the store is made, too. Resolves
 * TYPE_AUTO, checks the headers, initrd, modules and command line, and fills slot->needs. Touches
 * nothing else.
 */
bool load_inspect(struct slot *slot, struct error *error);

/* Looks at all slots. Removes those that can't be loaded from the table, and reports them. */
void load_inspect_all(struct slot_table *table, report_fn report, void *context);

/*
 * True if a slot that passed load_inspect() has enough memory for its kernel's first second. If it
 * is small for the initrd and for what Linux unpacks from it, it returns false, and warning says
 * how much would be enough. The kernel can be started in any case.
 */
bool load_enough(const struct slot *slot, struct error *warning);

/*
 * Writes the kernel, its initrd or modules and its boot information to slot->ram and slot->low, and
 * says how to enter it. The rest of the slot's RAM keeps its contents.
 */
bool load_slot(const struct slot *slot, const struct load_context *context,
	       struct guest_entry *entry, struct error *error);

#endif
