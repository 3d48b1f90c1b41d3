/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guest_acpi.c - a slot's own ACPI root tables.
 *
 * All tables go into one piece of memory, in this order: RSDP, SWYD, a MADT if it differs from the
 * firmware's, and the tables of tables.
 */
#include "arch/x86/acpi/acpi_walk.h"
#include "arch/x86/interrupt/lapic.h"
#include "arch/x86/memory/phys.h"
#include "monitor/load/guest_acpi.h"
#include "lib/string.h"
#include "lib/units.h"
#include "guest/linux/switchyard.h"

#define TABLE_MAX 0x100000u  /* bytes; a root table or MADT that says it is larger is garbage */
#define OEM_ID	  "SWYARD"   /* 6 characters, as the field */
#define OEM_TABLE "SWITCHYD" /* 8 characters, as the field */
#define MADT	  "APIC"
#define MAX_CPUS  64 /* bits of a CPU mask */

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

/*
 * Copies the entries, except those of processors that are not in cpus. CPUs that could only be
 * plugged in later do not belong to the slot either.
 *
 * The entries are left out because it is not enough to mark them as disabled. Kernels take a
 * disabled entry (before ACPI 6.3 always) for a CPU that may come later. Linux adds such a CPU when
 * it meets the processor's device in the DSDT, and the slot has the firmware's own DSDT.
 */
static bool copy_madt_entries(const struct acpi_madt *firmware, struct acpi_madt *madt,
			      uint64_t cpus, struct error *error)
{
	struct acpi_madt_walk walk = acpi_madt_begin(firmware);
	const struct acpi_madt_entry *entry;
	struct acpi_processor processor;
	uint32_t boot_apic_id = lapic_id(), number, others = 0;
	uint8_t *to = (uint8_t *)(madt + 1);
	bool has_boot_cpu = false;

	while ((entry = acpi_madt_next(&walk))) {
		if (acpi_madt_processor(entry, &processor)) {
			if (!processor.enabled)
				continue;
			number = acpi_processor_number(&processor, boot_apic_id, &others);
			if (!is_in_mask(cpus, number))
				continue;
			has_boot_cpu |= number == 0;
		}
		memcpy(to, entry, entry->length);
		to += entry->length;
	}
	madt->header.length = (uint32_t)(to - (uint8_t *)madt);
	if (!acpi_madt_ended(&walk, error))
		return false;
	return has_boot_cpu || fail(error,
				    "ACPI: the MADT lists no enabled processor with the boot "
				    "CPU's APIC ID, %u; cpus= can't be done",
				    boot_apic_id);
}

static uint64_t build_madt(struct area *area, uint64_t original, uint64_t cpus, struct error *error)
{
	const struct acpi_madt *firmware =
		acpi_check_table(original, MADT, sizeof(*firmware), error);
	struct acpi_madt *madt;
	uint64_t address;

	if (!firmware)
		return 0;
	address = take_room(area, firmware->header.length, error);
	if (!address)
		return 0;
	madt = phys(address);
	memcpy(madt, firmware, sizeof(*madt));
	if (!copy_madt_entries(firmware, madt, cpus, error))
		return 0;
	acpi_set_checksum(madt, madt->header.length, &madt->header.checksum);
	return address;
}

/* Makes a copy of an RSDT or XSDT with the changes. Returns its address. */
static uint64_t build_root(struct area *area, const struct acpi_root *original,
			   const struct change *change, struct error *error)
{
	uint32_t count = acpi_root_count(original), entry_size = original->entry_size;
	uint32_t size = (uint32_t)sizeof(struct acpi_header) + (count + 1) * entry_size;
	uint64_t address = take_room(area, size, error), madt;
	struct acpi_header *root;
	uint8_t *entries;

	if (!address)
		return 0;
	madt = change->madt ? acpi_root_find(original, MADT) : 0;
	root = phys(address);
	entries = (uint8_t *)(root + 1);
	memcpy(root, original->table, size - entry_size);
	root->length = size;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t entry = acpi_root_entry(original, i);

		if (madt && entry == madt)
			memcpy(entries + (uint64_t)i * entry_size, &change->madt, entry_size);
		/* Kernels take the first SWYD, so one that another monitor left must go. */
		else if (acpi_has_signature(entry, SWITCHYARD_SIGNATURE))
			memcpy(entries + (uint64_t)i * entry_size, &change->swyd, entry_size);
	}
	memcpy(entries + (uint64_t)count * entry_size, &change->swyd, entry_size);
	acpi_set_checksum(root, size, &root->checksum);
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

bool guest_acpi(uint64_t rsdp, uint64_t base, uint64_t size, uint64_t cpus, uint64_t info,
		uint64_t *guest_rsdp, struct error *error)
{
	const struct acpi_rsdp *original = acpi_check_rsdp(rsdp, error);
	struct area area = {.next = base, .end = base + size};
	struct change change = {0};
	struct roots roots;
	uint64_t root, rsdt = 0, xsdt = 0, madt;

	if (!original || !find_roots(original, &roots, error))
		return false;
	if (base + size > BELOW_4G)
		return fail(error, "ACPI: tables at %#lx; an RSDT needs them below 4 GiB", base);
	memset(phys(base), 0, size);
	root = take_room(&area, sizeof(struct acpi_rsdp), error);
	if (!root)
		return false;
	memcpy(phys(root), original,
	       original->revision < ACPI_RSDP_V2 ? ACPI_RSDP_V1_SIZE : sizeof(*original));
	change.swyd = build_swyd(&area, info, error);
	if (!change.swyd)
		return false;
	/*
	 * Kernels prefer the XSDT, so its MADT is the one to copy. A machine without a MADT has one
	 * CPU.
	 */
	madt = acpi_root_find(&roots.xsdt, MADT);
	if (!madt)
		madt = acpi_root_find(&roots.rsdt, MADT);
	if (cpus && madt) {
		change.madt = build_madt(&area, madt, cpus, error);
		if (!change.madt)
			return false;
	}
	if (roots.xsdt.table)
		xsdt = build_root(&area, &roots.xsdt, &change, error);
	if (roots.rsdt.table)
		rsdt = build_root(&area, &roots.rsdt, &change, error);
	if ((roots.xsdt.table && !xsdt) || (roots.rsdt.table && !rsdt))
		return false;
	finish_rsdp(phys(root), rsdt, xsdt);
	*guest_rsdp = root;
	return true;
}
