/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * acpi_walk.h - from the root pointer (RSDP) over the root table (XSDT or RSDT) to the tables that
 * it lists, and through the entries of the MADT.
 *
 * Firmware's tables may lie. Lengths are compared with mapped memory before anything is read, and
 * what is wrong is told in struct error. A wrong checksum is told, too, but the table is used: so
 * does Linux (ACPI_CHECKSUM_ABORT is false), and a kernel that uses a table needs a monitor that
 * knows what is in it.
 */
#ifndef ARCH_X86_ACPI_ACPI_WALK_H
#define ARCH_X86_ACPI_ACPI_WALK_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/acpi/acpi_tables.h"
#include "lib/error.h"

/* The sum of size bytes, 0 where a checksum among them is right. */
uint8_t acpi_sum(const void *bytes, uint32_t size);

/* Sets *checksum, which is one of those bytes, so that their sum is 0. */
void acpi_set_checksum(const void *bytes, uint32_t size, uint8_t *checksum);

/*
 * The root pointer at that address, or NULL with the reason. Only its signature counts: whoever
 * gave the address has found it, and Linux too believes all the rest.
 */
const struct acpi_rsdp *acpi_check_rsdp(uint64_t address, struct error *error);

/*
 * The table at that address, if it has that signature (4 characters), and min_length bytes or more
 * (the header's, at least), all of them in mapped memory; else NULL with the reason.
 */
const void *acpi_check_table(uint64_t address, const char *signature, uint32_t min_length,
			     struct error *error);

/* A root table: behind its header are addresses of other tables, of entry_size bytes each. */
struct acpi_root {
	const struct acpi_header *table; /* NULL: the root pointer names none */
	uint32_t entry_size;
};

/*
 * The root tables that rsdp names, checked as acpi_check_table() does. False with the reason if the
 * one asked for is wrong.
 */
bool acpi_find_xsdt(const struct acpi_rsdp *rsdp, struct acpi_root *xsdt, struct error *error);
bool acpi_find_rsdt(const struct acpi_rsdp *rsdp, struct acpi_root *rsdt, struct error *error);

/* How many entries it has (0 if it is none), and the address in number index of them, from 0. */
uint32_t acpi_root_count(const struct acpi_root *root);
uint64_t acpi_root_entry(const struct acpi_root *root, uint32_t index);

/* Is there a table header with that signature? */
bool acpi_has_signature(uint64_t address, const char *signature);

/* The address of the first table with that signature that root lists, unchecked; 0: none. */
uint64_t acpi_root_find(const struct acpi_root *root, const char *signature);

/*
 * The root table in which tables are looked for: rsdp's XSDT, or its RSDT if it names no XSDT.
 * root->table is NULL if that one can't be used. Reported is all that is wrong with rsdp and both
 * root tables: slots get copies of all three.
 */
void acpi_find_root(const struct acpi_rsdp *rsdp, struct acpi_root *root, report_fn report,
		    void *context);

/*
 * The first table with that signature that root lists, NULL if there is none or acpi_check_table()
 * finds it wrong. Reported is what is wrong with it.
 */
const void *acpi_find(const struct acpi_root *root, const char *signature, uint32_t min_length,
		      report_fn report, void *context);

/*
 * A walk through the entries of a MADT that acpi_check_table() has checked. It begins as
 *   struct acpi_madt_walk walk = acpi_madt_begin(madt);
 */
struct acpi_madt_walk {
	const struct acpi_madt *madt;
	uint32_t offset; /* of the next entry, in the table */
};

/* madt NULL: a walk that is over. */
struct acpi_madt_walk acpi_madt_begin(const struct acpi_madt *madt);

/* The next entry, which lies in the table whole. NULL at the table's end, and at a broken entry. */
const struct acpi_madt_entry *acpi_madt_next(struct acpi_madt_walk *walk);

/*
 * After NULL: true if it was the table's end; false with the reason if an entry's length is wrong.
 */
bool acpi_madt_ended(const struct acpi_madt_walk *walk, struct error *error);

/* What a MADT says of a processor. */
struct acpi_processor {
	uint32_t apic_id;
	uint32_t uid; /* of ACPI */
	bool enabled;
};

/*
 * The number that cpus= has for an enabled processor. The boot CPU's is 0, wherever the MADT lists
 * it: firmware should list it first (5.2.12.1), but some sorts. The others follow in the MADT's
 * order: *others, 0 before the first, counts them.
 */
uint32_t acpi_processor_number(const struct acpi_processor *processor, uint32_t boot_apic_id,
			       uint32_t *others);

/* False: an entry of another kind, or too short for its kind. */
bool acpi_madt_processor(const struct acpi_madt_entry *entry, struct acpi_processor *processor);

#endif
