/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guest_acpi.c - a slot's own ACPI root tables.
 *
 * All is written into one piece of memory: RSDP, SWYD, a MADT if it differs, then the tables of
 * tables.
 */
#include "arch/x86/acpi/acpi_tables.h"
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

/* Memory that tables are laid into, one behind the other. */
struct area {
	uint64_t next, end;
};

/* What the tables of tables shall list. */
struct change {
	uint64_t swyd; /* added */
	uint64_t madt; /* in place of firmware's, 0: none */
};

static uint8_t sum(const void *bytes, uint32_t size)
{
	const uint8_t *byte = bytes;
	uint8_t total = 0;

	while (size--)
		total = (uint8_t)(total + *byte++);
	return total;
}

static void set_checksum(void *bytes, uint32_t size, uint8_t *checksum)
{
	*checksum = 0;
	*checksum = (uint8_t)-sum(bytes, size);
}

/* A table with that signature, its length and checksum right; else NULL with the reason. */
static const struct acpi_header *check_table(uint64_t address, const char *signature,
					     struct error *error)
{
	const struct acpi_header *header = phys_range(address, sizeof(*header));

	if (!header || memcmp(header->signature, signature, sizeof(header->signature))) {
		fail(error, "ACPI: no %s at %#lx", signature, address);
		return NULL;
	}
	if (header->length < sizeof(*header) || header->length > TABLE_MAX ||
	    !phys_range(address, header->length)) {
		fail(error, "ACPI: %s at %#lx has a length of %u bytes; expected %zu to %u",
		     signature, address, header->length, sizeof(*header), TABLE_MAX);
		return NULL;
	}
	if (sum(header, header->length)) {
		fail(error, "ACPI: %s at %#lx has a wrong checksum: the sum is %u, expected 0",
		     signature, address, sum(header, header->length));
		return NULL;
	}
	return header;
}

static const struct acpi_rsdp *check_rsdp(uint64_t address, struct error *error)
{
	const struct acpi_rsdp *rsdp = phys_range(address, ACPI_RSDP_V1_SIZE);

	if (!rsdp || memcmp(rsdp->signature, ACPI_RSDP_SIGNATURE, sizeof(rsdp->signature))) {
		fail(error, "ACPI: no RSDP at %#lx", address);
		return NULL;
	}
	if (sum(rsdp, ACPI_RSDP_V1_SIZE)) {
		fail(error, "ACPI: RSDP at %#lx has a wrong checksum", address);
		return NULL;
	}
	if (rsdp->revision < ACPI_RSDP_V2)
		return rsdp;
	if (!phys_range(address, sizeof(*rsdp)) || rsdp->length < sizeof(*rsdp) ||
	    rsdp->length > TABLE_MAX || !phys_range(address, rsdp->length)) {
		fail(error, "ACPI: RSDP at %#lx has a wrong length", address);
		return NULL;
	}
	if (sum(rsdp, rsdp->length)) {
		fail(error, "ACPI: RSDP at %#lx has a wrong extended checksum", address);
		return NULL;
	}
	return rsdp;
}

/* The next size bytes of the area, for a table; returns their address, or 0 with the reason. */
static uint64_t take(struct area *area, uint64_t size, struct error *error)
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
	uint64_t address = take(area, sizeof(struct switchyard_acpi), error);
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
	set_checksum(table, sizeof(*table), &((struct acpi_header *)table)->checksum);
	return address;
}

/*
 * Where a processor's entry keeps its flags; NULL: an
 * entry of another kind, or too short for its kind.
 */
static const uint8_t *processor_flags(const struct acpi_madt_entry *entry)
{
	if (entry->type == ACPI_MADT_LOCAL_APIC &&
	    entry->length >= sizeof(struct acpi_madt_local_apic))
		return (const uint8_t *)entry + offsetof(struct acpi_madt_local_apic, flags);
	if (entry->type == ACPI_MADT_LOCAL_X2APIC &&
	    entry->length >= sizeof(struct acpi_madt_local_x2apic))
		return (const uint8_t *)entry + offsetof(struct acpi_madt_local_x2apic, flags);
	return NULL;
}

/*
 * Takes the processors outside of cpus out of the table. They are numbered by their order among the
 * enabled ones; firmware lists the boot CPU first (5.2.12.1). CPUs that only could be plugged in
 * are not the slot's either.
 *
 * A disabled entry would not do: kernels take it, before ACPI 6.3 always, for a CPU that may come
 * later, and Linux adds it as soon as it meets the processor's device in the DSDT, which is
 * firmware's own.
 */
static bool drop_processors(struct acpi_madt *madt, uint64_t cpus, struct error *error)
{
	uint8_t *bytes = (uint8_t *)madt;
	uint32_t from = sizeof(*madt), to = from, end = madt->header.length, position = 0;

	while (from + sizeof(struct acpi_madt_entry) <= end) {
		const struct acpi_madt_entry *entry = (struct acpi_madt_entry *)(bytes + from);
		const uint8_t *flags = processor_flags(entry);
		uint32_t length = entry->length;
		bool keep = true;

		if (length < sizeof(*entry) || length > end - from)
			return fail(error, "ACPI: MADT entry at byte %u has a length of %u", from,
				    length);
		if (flags) {
			keep = (*flags & ACPI_MADT_ENABLED) && position < MAX_CPUS &&
			       (cpus >> position & 1);
			if (*flags & ACPI_MADT_ENABLED)
				position++;
		}
		if (keep) {
			memmove(bytes + to, bytes + from, length);
			to += length;
		}
		from += length;
	}
	madt->header.length = to;
	return true;
}

/* The entry number i of an RSDT (4 bytes each) or XSDT (8). */
static uint64_t get_entry(const struct acpi_header *root, uint32_t entry_size, uint32_t i)
{
	uint64_t address = 0;

	memcpy(&address, (const uint8_t *)(root + 1) + (uint64_t)i * entry_size, entry_size);
	return address;
}

static uint32_t entry_count(const struct acpi_header *root, uint32_t entry_size)
{
	return (root->length - (uint32_t)sizeof(*root)) / entry_size;
}

static bool has_signature(uint64_t address, const char *signature)
{
	const struct acpi_header *header = phys_range(address, sizeof(*header));

	return header && !memcmp(header->signature, signature, sizeof(header->signature));
}

/* Firmware's MADT, as a root table lists it; 0: none. */
static uint64_t find_madt(const struct acpi_header *root, uint32_t entry_size)
{
	for (uint32_t i = 0; root && i < entry_count(root, entry_size); i++)
		if (has_signature(get_entry(root, entry_size, i), MADT))
			return get_entry(root, entry_size, i);
	return 0;
}

static uint64_t build_madt(struct area *area, uint64_t original, uint64_t cpus, struct error *error)
{
	const struct acpi_header *header = check_table(original, MADT, error);
	struct acpi_madt *madt;
	uint64_t address;

	if (!header)
		return 0;
	if (header->length < sizeof(struct acpi_madt)) {
		fail(error, "ACPI: MADT has a length of %u bytes; expected at least %zu",
		     header->length, sizeof(struct acpi_madt));
		return 0;
	}
	address = take(area, header->length, error);
	if (!address)
		return 0;
	madt = phys(address);
	memcpy(madt, header, header->length);
	if (!drop_processors(madt, cpus, error))
		return 0;
	set_checksum(madt, madt->header.length, &madt->header.checksum);
	return address;
}

/* A copy of an RSDT or XSDT with the changes. Returns its address. */
static uint64_t build_root(struct area *area, const struct acpi_header *original,
			   uint32_t entry_size, const struct change *change, struct error *error)
{
	uint32_t count = entry_count(original, entry_size);
	uint32_t size = (uint32_t)sizeof(*original) + (count + 1) * entry_size;
	uint64_t address = take(area, size, error), madt;
	struct acpi_header *root;
	uint8_t *entries;

	if (!address)
		return 0;
	madt = change->madt ? find_madt(original, entry_size) : 0;
	root = phys(address);
	entries = (uint8_t *)(root + 1);
	memcpy(root, original, size - entry_size);
	root->length = size;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t entry = get_entry(root, entry_size, i);

		if (madt && entry == madt)
			memcpy(entries + (uint64_t)i * entry_size, &change->madt, entry_size);
		/* Kernels take the first: one that another monitor left is not the slot's. */
		else if (has_signature(entry, SWITCHYARD_SIGNATURE))
			memcpy(entries + (uint64_t)i * entry_size, &change->swyd, entry_size);
	}
	memcpy(entries + (uint64_t)count * entry_size, &change->swyd, entry_size);
	set_checksum(root, size, &root->checksum);
	return address;
}

/* Firmware's tables of tables, checked. One may be missing, not both. */
struct roots {
	const struct acpi_header *rsdt, *xsdt;
};

static bool find_roots(const struct acpi_rsdp *rsdp, struct roots *roots, struct error *error)
{
	*roots = (struct roots){0};
	if (rsdp->revision >= ACPI_RSDP_V2 && rsdp->xsdt) {
		roots->xsdt = check_table(rsdp->xsdt, "XSDT", error);
		if (!roots->xsdt)
			return false;
	}
	if (rsdp->rsdt) {
		roots->rsdt = check_table(rsdp->rsdt, "RSDT", error);
		if (!roots->rsdt)
			return false;
	}
	if (!roots->rsdt && !roots->xsdt)
		return fail(error, "ACPI: the RSDP names neither an RSDT nor an XSDT");
	return true;
}

/* The copied RSDP's new pointers and checksums. */
static void finish_rsdp(struct acpi_rsdp *rsdp, uint64_t rsdt, uint64_t xsdt)
{
	rsdp->rsdt = (uint32_t)rsdt;
	set_checksum(rsdp, ACPI_RSDP_V1_SIZE, &rsdp->checksum);
	if (rsdp->revision < ACPI_RSDP_V2)
		return;
	rsdp->length = sizeof(*rsdp);
	rsdp->xsdt = xsdt;
	set_checksum(rsdp, sizeof(*rsdp), &rsdp->extended_checksum);
}

bool guest_acpi(uint64_t rsdp, uint64_t base, uint64_t size, uint64_t cpus, uint64_t info,
		uint64_t *guest_rsdp, struct error *error)
{
	const struct acpi_rsdp *original = check_rsdp(rsdp, error);
	struct area area = {.next = base, .end = base + size};
	struct change change = {0};
	struct roots roots;
	uint64_t root, rsdt = 0, xsdt = 0, madt;

	if (!original || !find_roots(original, &roots, error))
		return false;
	if (base + size > BELOW_4G)
		return fail(error, "ACPI: tables at %#lx; an RSDT needs them below 4 GiB", base);
	memset(phys(base), 0, size);
	root = take(&area, sizeof(struct acpi_rsdp), error);
	if (!root)
		return false;
	memcpy(phys(root), original,
	       original->revision < ACPI_RSDP_V2 ? ACPI_RSDP_V1_SIZE : sizeof(*original));
	change.swyd = build_swyd(&area, info, error);
	if (!change.swyd)
		return false;
	/*
	 * The XSDT is what kernels prefer, so its MADT
	 * counts. A machine without a MADT has one CPU.
	 */
	madt = find_madt(roots.xsdt, sizeof(uint64_t));
	if (!madt)
		madt = find_madt(roots.rsdt, sizeof(uint32_t));
	if (cpus && madt) {
		change.madt = build_madt(&area, madt, cpus, error);
		if (!change.madt)
			return false;
	}
	if (roots.xsdt)
		xsdt = build_root(&area, roots.xsdt, sizeof(uint64_t), &change, error);
	if (roots.rsdt)
		rsdt = build_root(&area, roots.rsdt, sizeof(uint32_t), &change, error);
	if ((roots.xsdt && !xsdt) || (roots.rsdt && !rsdt))
		return false;
	finish_rsdp(phys(root), rsdt, xsdt);
	*guest_rsdp = root;
	return true;
}
