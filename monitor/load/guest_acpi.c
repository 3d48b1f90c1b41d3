/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guest_acpi.c - a slot's own ACPI root tables.
 *
 * All tables go into one piece of memory, in this order: RSDP, SWYD, a MADT if it differs from the
 * firmware's, and the tables of tables.
 */
#include <stddef.h>
#include "arch/x86/acpi/acpi_walk.h"
#include "arch/x86/acpi/hidden_ram.h"
#include "arch/x86/interrupt/lapic.h"
#include "arch/x86/memory/phys.h"
#include "monitor/load/guest_acpi.h"
#include "lib/string.h"
#include "lib/units.h"
#include "guest/linux/switchyard.h"

#define TABLE_MAX  0x100000u  /* bytes; a root table or MADT that says it is larger is garbage */
#define OEM_ID	   "SWYARD"   /* 6 characters, as the field */
#define OEM_TABLE  "SWITCHYD" /* 8 characters, as the field */
#define MADT	   "APIC"
#define RSDT_ENTRY 4u /* bytes of an entry */
#define XSDT_ENTRY 8u
#define MAX_CPUS   64 /* bits of a CPU mask */

/* Memory for tables; they are put there one behind the other. */
struct area {
	uint64_t next, end;
};

/* How the lists in the tables of tables change. */
struct change {
	uint64_t swyd; /* added */
	uint64_t madt; /* in place of firmware's, 0: none */
};

/*
 * Takes the next size bytes of the area for a table. Returns their address, or 0 with the reason.
 */
static uint64_t take_room(struct area *area, uint64_t size, struct error *error)
{
	uint64_t place = (area->next + ACPI_RSDP_ALIGN - 1) & -(uint64_t)ACPI_RSDP_ALIGN;

	if (place > area->end || size > area->end - place) {
		fail(error, "no room for the slot's ACPI tables: %lu bytes wanted, %lu left", size,
		     area->end > area->next ? area->end - area->next : 0);
		return 0;
	}
	area->next = place + size;
	return place;
}

static uint64_t build_swyd(struct area *area, uint64_t info, struct error *error)
{
	uint64_t address = take_room(area, sizeof(struct switchyard_acpi), error);
	struct acpi_header header = {.length = sizeof(struct switchyard_acpi), .revision = 1};
	struct switchyard_acpi *table;

	if (!address)
		return 0;
	table = phys(address);
	memcpy(header.signature, SWITCHYARD_SIGNATURE, sizeof(header.signature));
	memcpy(header.oem_id, OEM_ID, sizeof(header.oem_id));
	memcpy(header.oem_table_id, OEM_TABLE, sizeof(header.oem_table_id));
	header.oem_revision = SWITCHYARD_ABI_VERSION;
	header.creator_id = SWITCHYARD_MAGIC;
	header.creator_revision = SWITCHYARD_ABI_VERSION;
	_Static_assert(sizeof(header) == sizeof(table->header),
		       "SWYD begins with a standard header");
	memcpy(table->header, &header, sizeof(header));
	table->reserved = 0;
	table->info = info;
	acpi_set_checksum(table, sizeof(*table), &((struct acpi_header *)table)->checksum);
	return address;
}

static bool is_in_mask(uint64_t cpus, uint32_t number)
{
	return number < MAX_CPUS && (cpus >> number & 1);
}

/* True if the slot can have all CPUs that its line names, which firmware's MADT must list. */
static bool has_cpus(const struct acpi_madt *firmware, uint64_t cpus, struct error *error)
{
	struct acpi_numbering numbering = acpi_number_processors(lapic_id());
	struct acpi_madt_walk walk = acpi_madt_begin(firmware);
	const struct acpi_madt_entry *entry;
	struct acpi_processor processor;
	uint64_t missing = cpus;
	bool again;

	while ((entry = acpi_madt_next(&walk))) {
		uint32_t number;

		if (!acpi_madt_processor(entry, &processor) || !processor.enabled)
			continue;
		number = acpi_processor_number(&numbering, &processor, &again);
		if (number < MAX_CPUS)
			missing &= ~(UINT64_C(1) << number);
	}
	if (!acpi_madt_ended(&walk, error))
		return false;
	if (!numbering.has_boot_cpu)
		return fail(error,
			    "ACPI: the MADT lists no enabled processor with the boot CPU's APIC "
			    "ID, %u; cpus= can't be done",
			    numbering.boot_apic_id);
	return !missing || fail(error, "cpus= names CPU %u, but this machine has CPUs 0 to %u",
				(uint32_t)__builtin_ctzll(missing), numbering.others);
}

/*
 * Copies the entries, except those of processors that are not in cpus. CPUs that could only be
 * plugged in later do not belong to the slot either.
 *
 * The entries are left out because it is not enough to mark them as disabled. Kernels take a
 * disabled entry (before ACPI 6.3 always) for a CPU that may come later. Linux adds such a CPU when
 * it meets the processor's device in the DSDT, and the slot has the firmware's own DSDT.
 */
static void copy_madt_entries(const struct acpi_madt *firmware, struct acpi_madt *madt,
			      uint64_t cpus)
{
	struct acpi_numbering numbering = acpi_number_processors(lapic_id());
	struct acpi_madt_walk walk = acpi_madt_begin(firmware);
	const struct acpi_madt_entry *entry;
	struct acpi_processor processor;
	uint8_t *to = (uint8_t *)(madt + 1);
	bool again;

	while ((entry = acpi_madt_next(&walk))) {
		if (acpi_madt_processor(entry, &processor) &&
		    (!processor.enabled ||
		     !is_in_mask(cpus, acpi_processor_number(&numbering, &processor, &again))))
			continue;
		memcpy(to, entry, entry->length);
		to += entry->length;
	}
	madt->header.length = (uint32_t)(to - (uint8_t *)madt);
}

static uint64_t build_madt(struct area *area, const struct acpi_madt *firmware, uint64_t cpus,
			   struct error *error)
{
	uint64_t address = take_room(area, firmware->header.length, error);
	struct acpi_madt *madt;

	if (!address)
		return 0;
	madt = phys(address);
	memcpy(madt, firmware, sizeof(*madt));
	copy_madt_entries(firmware, madt, cpus);
	acpi_set_checksum(madt, madt->header.length, &madt->header.checksum);
	return address;
}

static uint32_t root_size(uint32_t count, uint32_t entry_size)
{
	return (uint32_t)sizeof(struct acpi_header) + count * entry_size;
}

/*
 * Makes a copy of an RSDT or XSDT with the changes, whose entries have that size. Returns its
 * address.
 */
static uint64_t build_root(struct area *area, const struct acpi_root *original, uint32_t entry_size,
			   const struct change *change, struct error *error)
{
	uint32_t count = acpi_root_count(original), kept = 0;
	uint64_t address = take_room(area, root_size(count + 1, entry_size), error);
	bool has_madt = false;
	struct acpi_header *root;
	uint8_t *entries;

	if (!address)
		return 0;
	root = phys(address);
	entries = (uint8_t *)(root + 1);
	memcpy(root, original->table, sizeof(*root));
	memcpy(root->signature, entry_size == XSDT_ENTRY ? "XSDT" : "RSDT",
	       sizeof(root->signature));
	for (uint32_t i = 0; i < count; i++) {
		uint64_t entry = acpi_root_entry(original, i);

		/* NVDIMMs are no slot's: each kernel would take all of them. */
		if (acpi_has_signature(entry, HIDDEN_RAM_NFIT))
			continue;
		if (change->madt && acpi_has_signature(entry, MADT)) {
			/* Another one would have all CPUs, and some kernels take the last one. */
			if (has_madt)
				continue;
			has_madt = true;
			entry = change->madt;
		}
		/* Kernels take the first SWYD, so one that another monitor left must go. */
		if (acpi_has_signature(entry, SWITCHYARD_SIGNATURE))
			entry = change->swyd;
		memcpy(entries + (uint64_t)kept++ * entry_size, &entry, entry_size);
	}
	memcpy(entries + (uint64_t)kept * entry_size, &change->swyd, entry_size);
	root->length = root_size(kept + 1, entry_size);
	acpi_set_checksum(root, root->length, &root->checksum);
	return address;
}

/*
 * The firmware's tables of tables, checked. One of them may be missing, but not both. A kernel that
 * has an XSDT does not read the RSDT, so a wrong RSDT is left out then.
 */
struct roots {
	struct acpi_root rsdt, xsdt;
};

static bool find_roots(const struct acpi_rsdp *rsdp, struct roots *roots, struct error *error)
{
	if (!acpi_find_xsdt(rsdp, &roots->xsdt, error) ||
	    (!acpi_find_rsdt(rsdp, &roots->rsdt, error) && !roots->xsdt.table))
		return false;
	if (!roots->rsdt.table && !roots->xsdt.table)
		return fail(error, "ACPI: the RSDP names neither an RSDT nor an XSDT");
	return true;
}

/* Sets the copied RSDP's pointers and checksums. */
static void finish_rsdp(struct acpi_rsdp *rsdp, uint64_t rsdt, uint64_t xsdt)
{
	rsdp->rsdt = (uint32_t)rsdt;
	acpi_set_checksum(rsdp, ACPI_RSDP_V1_SIZE, &rsdp->checksum);
	if (rsdp->revision < ACPI_RSDP_V2)
		return;
	rsdp->length = sizeof(*rsdp);
	rsdp->xsdt = xsdt;
	acpi_set_checksum(rsdp, sizeof(*rsdp), &rsdp->extended_checksum);
}

/* A kernel that has an XSDT does not look at the RSDT. 0: there is no MADT. */
static uint64_t find_madt(const struct roots *roots)
{
	return acpi_root_find(roots->xsdt.table ? &roots->xsdt : &roots->rsdt, MADT);
}

/*
 * Firmware's MADT for a slot with these cpus=. NULL, with the reason, if there is none of which the
 * slot's could be made. Without a MADT, kernels look for CPUs by other ways (the MP tables), which
 * show all of them.
 */
static const struct acpi_madt *check_madt(const struct roots *roots, uint64_t cpus,
					  struct error *error)
{
	uint64_t address = find_madt(roots), unmapped;
	const struct acpi_madt *madt;

	if (address) {
		madt = acpi_check_table(address, MADT, sizeof(*madt), error);
		return madt && has_cpus(madt, cpus, error) ? madt : NULL;
	}
	if (acpi_root_unmapped(roots->xsdt.table ? &roots->xsdt : &roots->rsdt, &unmapped))
		fail(error,
		     "ACPI: no MADT, unless it is the table at %#lx, which is not in mapped "
		     "memory; cpus= can't be done",
		     unmapped);
	else
		fail(error, "ACPI: no MADT; cpus= can't be done");
	return NULL;
}

/* What a table of that size takes in an area. */
static uint64_t table_room(uint64_t size)
{
	return align_up(size, ACPI_RSDP_ALIGN);
}

static uint64_t root_room(const struct acpi_root *root)
{
	return root->table ? table_room(root_size(acpi_root_count(root) + 1, XSDT_ENTRY)) : 0;
}

uint64_t guest_acpi_room(uint64_t rsdp, uint64_t cpus)
{
	const struct acpi_madt *madt = NULL;
	const struct acpi_rsdp *original;
	struct roots roots;
	struct error error;

	original = acpi_check_rsdp(rsdp, &error);
	if (!original || !find_roots(original, &roots, &error))
		return 0;
	if (cpus && find_madt(&roots))
		madt = acpi_check_table(find_madt(&roots), MADT, sizeof(*madt), &error);
	return table_room(sizeof(*original)) + table_room(sizeof(struct switchyard_acpi)) +
	       root_room(&roots.xsdt) + root_room(&roots.rsdt) +
	       (madt ? table_room(madt->header.length) : 0);
}

/*
 * Makes both tables of tables, as far as the firmware has them. An RSDT's entries have 32 bits, so
 * above 4 GiB there is an XSDT only. It is made of the RSDT if the firmware has no XSDT.
 */
static bool build_roots(struct area *area, const struct roots *roots, const struct change *change,
			struct acpi_rsdp *rsdp, struct error *error)
{
	bool above = area->end > BELOW_4G;
	const struct acpi_root *wide = above && !roots->xsdt.table ? &roots->rsdt : &roots->xsdt;
	uint64_t xsdt = 0, rsdt = 0;

	if (wide->table) {
		xsdt = build_root(area, wide, XSDT_ENTRY, change, error);
		if (!xsdt)
			return false;
	}
	if (roots->rsdt.table && !above) {
		rsdt = build_root(area, &roots->rsdt, RSDT_ENTRY, change, error);
		if (!rsdt)
			return false;
	}
	if (above && rsdp->revision < ACPI_RSDP_V2)
		rsdp->revision = ACPI_RSDP_V2;
	finish_rsdp(rsdp, rsdt, xsdt);
	return true;
}

bool guest_acpi_allows(uint64_t rsdp, uint64_t size, uint64_t cpus, struct error *error)
{
	const struct acpi_rsdp *original = acpi_check_rsdp(rsdp, error);
	uint64_t room = guest_acpi_room(rsdp, cpus);
	struct roots roots;

	if (!original || !find_roots(original, &roots, error) ||
	    (cpus && !check_madt(&roots, cpus, error)))
		return false;
	return room <= size ||
	       fail(error, "no room for the slot's ACPI tables: %lu bytes wanted, %lu there", room,
		    size);
}

bool guest_acpi(uint64_t rsdp, uint64_t base, uint64_t size, uint64_t cpus, uint64_t info,
		uint64_t *guest_rsdp, struct error *error)
{
	const struct acpi_rsdp *original = acpi_check_rsdp(rsdp, error);
	struct area area = {.next = base, .end = base + size};
	struct change change = {0};
	struct roots roots;
	const struct acpi_madt *madt = NULL;
	uint64_t root;

	if (!original || !find_roots(original, &roots, error))
		return false;
	if (cpus) {
		madt = check_madt(&roots, cpus, error);
		if (!madt)
			return false;
	}
	memset(phys(base), 0, size);
	root = take_room(&area, sizeof(struct acpi_rsdp), error);
	if (!root)
		return false;
	memcpy(phys(root), original,
	       original->revision < ACPI_RSDP_V2 ? ACPI_RSDP_V1_SIZE : sizeof(*original));
	change.swyd = build_swyd(&area, info, error);
	if (!change.swyd)
		return false;
	if (madt) {
		change.madt = build_madt(&area, madt, cpus, error);
		if (!change.madt)
			return false;
	}
	if (!build_roots(&area, &roots, &change, phys(root), error))
		return false;
	*guest_rsdp = root;
	return true;
}
