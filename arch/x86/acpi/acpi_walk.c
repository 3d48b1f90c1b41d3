// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/acpi/acpi_walk.h"
#include "arch/x86/memory/phys.h"
#include "lib/string.h"
#include "lib/units.h"

#define TABLE_LIMIT ((uint32_t)MIB) /* longer tables are neither read nor copied */

uint8_t acpi_sum(const void *bytes, uint32_t size)
{
	const uint8_t *byte = bytes;
	uint8_t sum = 0;

	while (size--)
		sum = (uint8_t)(sum + *byte++);
	return sum;
}

void acpi_set_checksum(const void *bytes, uint32_t size, uint8_t *checksum)
{
	*checksum = 0;
	*checksum = (uint8_t)-acpi_sum(bytes, size);
}

const struct acpi_rsdp *acpi_check_rsdp(uint64_t address, struct error *error)
{
	const struct acpi_rsdp *rsdp = phys_range(address, ACPI_RSDP_V1_SIZE);

	if (!rsdp || memcmp(rsdp->signature, ACPI_RSDP_SIGNATURE, sizeof(rsdp->signature))) {
		fail(error, "ACPI: no RSDP at %#lx", address);
		return NULL;
	}
	if (rsdp->revision >= ACPI_RSDP_V2 && !phys_range(address, sizeof(*rsdp))) {
		fail(error, "ACPI: RSDP at %#lx is cut: revision %u has %lu bytes", address,
		     rsdp->revision, sizeof(*rsdp));
		return NULL;
	}
	return rsdp;
}

bool acpi_has_signature(uint64_t address, const char *signature)
{
	const struct acpi_header *header = phys_range(address, sizeof(*header));

	return header && !memcmp(header->signature, signature, sizeof(header->signature));
}

const void *acpi_check_table(uint64_t address, const char *signature, uint32_t min_length,
			     struct error *error)
{
	const struct acpi_header *table = phys_range(address, sizeof(*table));

	if (!acpi_has_signature(address, signature)) {
		fail(error, "ACPI: no %s at %#lx", signature, address);
		return NULL;
	}
	if (table->length < min_length || table->length > TABLE_LIMIT ||
	    !phys_range(address, table->length)) {
		fail(error, "ACPI: %s at %#lx has a length of %u bytes; expected %u to %u",
		     signature, address, table->length, min_length, TABLE_LIMIT);
		return NULL;
	}
	return table;
}

/* Address 0 means that there is no such table, which is no error. */
static bool check_root(uint64_t address, const char *signature, struct acpi_root *root,
		       struct error *error)
{
	root->table = NULL;
	if (address)
		root->table = acpi_check_table(address, signature, sizeof(*root->table), error);
	return !address || root->table;
}

bool acpi_find_xsdt(const struct acpi_rsdp *rsdp, struct acpi_root *xsdt, struct error *error)
{
	uint64_t address = rsdp->revision >= ACPI_RSDP_V2 ? rsdp->xsdt : 0;

	xsdt->entry_size = sizeof(rsdp->xsdt);
	return check_root(address, "XSDT", xsdt, error);
}

bool acpi_find_rsdt(const struct acpi_rsdp *rsdp, struct acpi_root *rsdt, struct error *error)
{
	rsdt->entry_size = sizeof(rsdp->rsdt);
	return check_root(rsdp->rsdt, "RSDT", rsdt, error);
}

uint32_t acpi_root_count(const struct acpi_root *root)
{
	return root->table
		       ? (root->table->length - (uint32_t)sizeof(*root->table)) / root->entry_size
		       : 0;
}

uint64_t acpi_root_entry(const struct acpi_root *root, uint32_t index)
{
	uint64_t address = 0;

	memcpy(&address, (const uint8_t *)(root->table + 1) + (uint64_t)index * root->entry_size,
	       root->entry_size);
	return address;
}

uint64_t acpi_root_find(const struct acpi_root *root, const char *signature)
{
	for (uint32_t i = 0; i < acpi_root_count(root); i++)
		if (acpi_has_signature(acpi_root_entry(root, i), signature))
			return acpi_root_entry(root, i);
	return 0;
}

uint64_t acpi_root_find_last(const struct acpi_root *root, const char *signature)
{
	for (uint32_t i = acpi_root_count(root); i > 0; i--)
		if (acpi_has_signature(acpi_root_entry(root, i - 1), signature))
			return acpi_root_entry(root, i - 1);
	return 0;
}

uint32_t acpi_root_uses(const struct acpi_root *root, const char *signature)
{
	uint32_t uses = 0;

	for (uint32_t i = 0; i < acpi_root_count(root); i++)
		uses += acpi_has_signature(acpi_root_entry(root, i), signature);
	return uses;
}

uint32_t acpi_root_unmapped(const struct acpi_root *root, uint64_t *first)
{
	uint32_t unmapped = 0;

	*first = 0;
	for (uint32_t i = 0; i < acpi_root_count(root); i++) {
		uint64_t address = acpi_root_entry(root, i);

		if (!address || phys_range(address, sizeof(struct acpi_header)))
			continue;
		if (!unmapped++)
			*first = address;
	}
	return unmapped;
}

/* Reports a wrong checksum. The checksum is one of the bytes, and makes their sum 0. */
static void report_sum(const char *name, const void *bytes, uint32_t size, uint8_t checksum,
		       report_fn report, void *context)
{
	uint8_t sum = acpi_sum(bytes, size);
	struct error error;

	if (!sum)
		return;
	fail(&error, "ACPI: %s has checksum 0x%02x, expected 0x%02x; it is used all the same", name,
	     checksum, (uint8_t)(checksum - sum));
	report(context, error.text);
}

static void report_table_sum(const char *signature, const struct acpi_header *table,
			     report_fn report, void *context)
{
	report_sum(signature, table, table->length, table->checksum, report, context);
}

/* The copy that boot/ made has at most sizeof(*rsdp) bytes, even if its length field says more. */
static void report_rsdp(const struct acpi_rsdp *rsdp, report_fn report, void *context)
{
	struct error error;

	report_sum("the RSDP", rsdp, ACPI_RSDP_V1_SIZE, rsdp->checksum, report, context);
	if (rsdp->revision < ACPI_RSDP_V2)
		return;
	if (rsdp->length == sizeof(*rsdp)) {
		report_sum("the extended RSDP", rsdp, sizeof(*rsdp), rsdp->extended_checksum,
			   report, context);
		return;
	}
	fail(&error,
	     "ACPI: the RSDP has a length of %u bytes, expected %lu; it is used all the same",
	     rsdp->length, sizeof(*rsdp));
	report(context, error.text);
}

void acpi_find_root(const struct acpi_rsdp *rsdp, struct acpi_root *root, report_fn report,
		    void *context)
{
	struct acpi_root rsdt;
	struct error error;
	bool has_xsdt;

	report_rsdp(rsdp, report, context);
	has_xsdt = acpi_find_xsdt(rsdp, root, &error);
	if (!has_xsdt)
		report(context, error.text);
	else if (root->table)
		report_table_sum("XSDT", root->table, report, context);
	if (!acpi_find_rsdt(rsdp, &rsdt, &error))
		report(context, error.text);
	else if (rsdt.table)
		report_table_sum("RSDT", rsdt.table, report, context);
	if (has_xsdt && !root->table)
		*root = rsdt;
}

const void *acpi_take(uint64_t address, const char *signature, uint32_t min_length,
		      report_fn report, void *context)
{
	const struct acpi_header *table;
	struct error error;

	if (!address)
		return NULL;
	table = acpi_check_table(address, signature, min_length, &error);
	if (table)
		report_table_sum(signature, table, report, context);
	else
		report(context, error.text);
	return table;
}

const void *acpi_find(const struct acpi_root *root, const char *signature, uint32_t min_length,
		      report_fn report, void *context)
{
	/* Only the first one is tried: a root table may name a bad table 100,000 times. */
	return acpi_take(acpi_root_find(root, signature), signature, min_length, report, context);
}

struct acpi_madt_walk acpi_madt_begin(const struct acpi_madt *madt)
{
	return (struct acpi_madt_walk){.madt = madt, .offset = sizeof(*madt)};
}

/* The walk is over if the rest of the table is shorter than any entry. */
static bool madt_is_over(const struct acpi_madt_walk *walk)
{
	return !walk->madt ||
	       walk->offset + sizeof(struct acpi_madt_entry) > walk->madt->header.length;
}

static const struct acpi_madt_entry *madt_entry_at(const struct acpi_madt_walk *walk)
{
	return (const void *)((const uint8_t *)walk->madt + walk->offset);
}

const struct acpi_madt_entry *acpi_madt_next(struct acpi_madt_walk *walk)
{
	const struct acpi_madt_entry *entry;

	if (madt_is_over(walk))
		return NULL;
	entry = madt_entry_at(walk);
	if (entry->length < sizeof(*entry) ||
	    entry->length > walk->madt->header.length - walk->offset)
		return NULL;
	walk->offset += entry->length;
	return entry;
}

bool acpi_madt_ended(const struct acpi_madt_walk *walk, struct error *error)
{
	return madt_is_over(walk) || fail(error, "ACPI: MADT entry at byte %u has a length of %u",
					  walk->offset, madt_entry_at(walk)->length);
}

/*
 * Firmware fills places of processors that are not there with the ID that is everybody's. Linux
 * leaves them out, too, whatever their flags say.
 */
#define NO_LOCAL_APIC	0xffu
#define NO_LOCAL_X2APIC 0xffffffffu

bool acpi_madt_processor(const struct acpi_madt_entry *entry, struct acpi_processor *processor)
{
	const struct acpi_madt_local_apic *lapic = (const void *)entry;
	const struct acpi_madt_local_x2apic *x2apic = (const void *)entry;
	uint32_t flags;
	bool there;

	if (entry->type == ACPI_MADT_LOCAL_APIC && entry->length >= sizeof(*lapic)) {
		processor->apic_id = lapic->apic_id;
		processor->uid = lapic->processor;
		flags = lapic->flags;
		there = lapic->apic_id != NO_LOCAL_APIC;
	} else if (entry->type == ACPI_MADT_LOCAL_X2APIC && entry->length >= sizeof(*x2apic)) {
		processor->apic_id = x2apic->apic_id;
		processor->uid = x2apic->processor;
		flags = x2apic->flags;
		there = x2apic->apic_id != NO_LOCAL_X2APIC;
	} else {
		return false;
	}
	processor->enabled = there && flags & ACPI_MADT_ENABLED;
	return true;
}

struct acpi_numbering acpi_number_processors(uint32_t boot_apic_id)
{
	return (struct acpi_numbering){.boot_apic_id = boot_apic_id};
}

uint32_t acpi_processor_number(struct acpi_numbering *numbering,
			       const struct acpi_processor *processor, bool *again)
{
	uint32_t id = processor->apic_id, number;

	*again = false;
	if (id == numbering->boot_apic_id) {
		*again = numbering->has_boot_cpu;
		numbering->has_boot_cpu = true;
		return 0;
	}
	if (id >= ACPI_NUMBERED_IDS)
		return ++numbering->others;
	number = numbering->number[id];
	*again = number;
	if (!number && numbering->others < UINT16_MAX) {
		number = ++numbering->others;
		numbering->number[id] = (uint16_t)number;
	}
	return number;
}
