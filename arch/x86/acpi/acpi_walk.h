/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * acpi_walk.h - from the root pointer (RSDP) over the root table (XSDT or RSDT) to the tables that
 * it lists, and through the entries of the MADT.
 *
 * Firmware's tables may be wrong. Lengths are compared with mapped memory before anything is read,
 * and struct error says what is wrong. A table with a wrong checksum is reported, but used, because
 * Linux uses it, too (ACPI_CHECKSUM_ABORT is false). The monitor must know the devices that a
 * kernel finds.
 */
#ifndef ARCH_X86_ACPI_ACPI_WALK_H
#define ARCH_X86_ACPI_ACPI_WALK_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/acpi/acpi_tables.h"
#include "lib/error.h"

/* The sum of size bytes. It is 0 if the bytes include a checksum that is right. */
uint8_t acpi_sum(const void *bytes, uint32_t size);

/* Sets *checksum, which is one of the size bytes, so that their sum is 0. */
void acpi_set_checksum(const void *bytes, uint32_t size, uint8_t *checksum);

/*
 * The root pointer at that address, or NULL with the reason. Only its signature is checked. Linux
 * does not check the rest either.
 */
const struct acpi_rsdp *acpi_check_rsdp(uint64_t address, struct error *error);

/*
 * The table at that address, or NULL with the reason. It must have that signature (4 characters)
 * and at least min_length bytes, and must lie in mapped memory. min_length includes the header.
 */
const void *acpi_check_table(uint64_t address, const char *signature, uint32_t min_length,
			     struct error *error);

/* A root table. Addresses of other tables follow its header, each of entry_size bytes. */
struct acpi_root {
	const struct acpi_header *table; /* NULL: the root pointer names none */
	uint32_t entry_size;
};

/*
 * These find the root tables that rsdp names, and check them as acpi_check_table() does. False with
 * the reason if the table is wrong.
 */
bool acpi_find_xsdt(const struct acpi_rsdp *rsdp, struct acpi_root *xsdt, struct error *error);
bool acpi_find_rsdt(const struct acpi_rsdp *rsdp, struct acpi_root *rsdt, struct error *error);

/* The number of entries, 0 if there is no table; and the address in entry index, from 0. */
uint32_t acpi_root_count(const struct acpi_root *root);
uint64_t acpi_root_entry(const struct acpi_root *root, uint32_t index);

/* True if a table header with that signature lies at that address. */
bool acpi_has_signature(uint64_t address, const char *signature);

/* The address of the first table in root with that signature; 0: none. It is not checked. */
uint64_t acpi_root_find(const struct acpi_root *root, const char *signature);

/* The same for the last table with that signature. */
uint64_t acpi_root_find_last(const struct acpi_root *root, const char *signature);

/* How many tables with that signature root names. */
uint32_t acpi_root_uses(const struct acpi_root *root, const char *signature);

/*
 * How many entries of root name memory that is not mapped, so that nobody knows what table that is;
 * *first is the first one's address. Entries of 0 name nothing, and do not count.
 */
uint32_t acpi_root_unmapped(const struct acpi_root *root, uint64_t *first);

/*
 * Finds the root table that is used to find other tables: rsdp's XSDT, or its RSDT if it names no
 * XSDT. root->table is NULL if that table can't be used. All faults of rsdp and of both root tables
 * are reported, because slots get copies of all three.
 */
void acpi_find_root(const struct acpi_rsdp *rsdp, struct acpi_root *root, report_fn report,
		    void *context);

/*
 * The first table in root with that signature. NULL if there is none, or if acpi_check_table()
 * finds it wrong; then the fault is reported.
 */
const void *acpi_find(const struct acpi_root *root, const char *signature, uint32_t min_length,
		      report_fn report, void *context);

/* The same for the table at address; 0: there is none. */
const void *acpi_take(uint64_t address, const char *signature, uint32_t min_length,
		      report_fn report, void *context);

/*
 * A walk through the entries of a MADT that acpi_check_table() has checked. It begins as
 *   struct acpi_madt_walk walk = acpi_madt_begin(madt);
 */
struct acpi_madt_walk {
	const struct acpi_madt *madt;
	uint32_t offset; /* of the next entry, in the table */
};

/* If madt is NULL, the walk has no entries. */
struct acpi_madt_walk acpi_madt_begin(const struct acpi_madt *madt);

/* The next entry; all of it lies in the table. NULL at the table's end and at a broken entry. */
const struct acpi_madt_entry *acpi_madt_next(struct acpi_madt_walk *walk);

/*
 * Called after acpi_madt_next() returned NULL. True at the table's end. False with the reason if an
 * entry's length is wrong.
 */
bool acpi_madt_ended(const struct acpi_madt_walk *walk, struct error *error);

/* A processor as the MADT describes it. */
struct acpi_processor {
	uint32_t apic_id;
	uint32_t uid; /* ACPI's processor ID */
	bool enabled;
};

/* APIC IDs from here on are taken to be named once. */
#define ACPI_NUMBERED_IDS 1024

/*
 * The numbers of enabled processors for the option cpus=. The boot CPU has number 0, wherever the
 * MADT lists it: firmware should list it first (5.2.12.1), but some firmware sorts the list. The
 * others follow in the MADT's order. An APIC ID that is listed again, as a local APIC and as an
 * x2APIC, say, is the same processor.
 */
struct acpi_numbering {
	uint32_t boot_apic_id;
	bool has_boot_cpu; /* it was seen */
	uint32_t others;   /* how many of them were seen */
	uint16_t number[ACPI_NUMBERED_IDS];
};

struct acpi_numbering acpi_number_processors(uint32_t boot_apic_id);

/* Called for each enabled processor, in the MADT's order. *again: it has been seen before. */
uint32_t acpi_processor_number(struct acpi_numbering *numbering,
			       const struct acpi_processor *processor, bool *again);

/*
 * False: the entry is no processor, or is too short for its type. One with the APIC ID that stands
 * for all processors is not enabled.
 */
bool acpi_madt_processor(const struct acpi_madt_entry *entry, struct acpi_processor *processor);

#endif
