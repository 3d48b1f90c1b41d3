// SPDX-License-Identifier: GPL-2.0-only
/*
 * Firmware's ACPI tables: the input is memory at FIRMWARE_AT that begins with the root pointer.
 * Checksums are made right first, unless the input's last byte says no: chance finds few of them.
 */
#include "arch/x86/acpi/acpi_sleep.h"
#include "arch/x86/acpi/acpi_walk.h"
#include "arch/x86/acpi/fadt.h"
#include "arch/x86/acpi/machine.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/interrupt/lapic.h"
#include "arch/x86/memory/phys.h"
#include "fake/fake.h"
#include "fuzz.h"
#include "monitor/load/guest_acpi.h"
#include "promises.h"
#include "guest/linux/switchyard.h"

#define FIRMWARE_AT UINT64_C(0x7ffe0000)
#define AREA_AT	    UINT64_C(0x3f000000)
#define AREA_SIZE   UINT64_C(12288) /* as monitor/switch/kept_state.h has it */
#define INFO_AT	    UINT64_C(0x3effe000)
#define MAX_ENTRIES 64 /* of a root table whose tables' checksums are made right */
#define MAX_CPUS    8

struct firmware {
	uint8_t *memory;
	uint64_t size;
};

/* What arch/x86/acpi/machine.c calls; the input is no machine with registers. */
struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
	(void)leaf;
	(void)subleaf;
	return (struct cpuid){0};
}

uint32_t lapic_id(void)
{
	return 0;
}

void ioapic_add(struct ioapics *ioapics, uint32_t id, uint64_t address, uint32_t gsi_base)
{
	(void)id;
	(void)address;
	(void)gsi_base;
	ioapics->left_out++;
}

/* The table at address, or NULL if it does not lie in the input as its length says. */
static struct acpi_header *table_at(const struct firmware *firmware, uint64_t address)
{
	uint64_t offset = address - FIRMWARE_AT;
	struct acpi_header *table;

	if (offset > firmware->size || firmware->size - offset < sizeof(*table))
		return NULL;
	table = (struct acpi_header *)(firmware->memory + offset);
	if (table->length < sizeof(*table) || table->length > firmware->size - offset)
		return NULL;
	return table;
}

static void fix_table(const struct firmware *firmware, uint64_t address)
{
	struct acpi_header *table = table_at(firmware, address);

	if (table)
		acpi_set_checksum(table, table->length, &table->checksum);
}

/* First what a root table lists, then itself. */
static void fix_root(const struct firmware *firmware, uint64_t address, uint32_t entry_size)
{
	struct acpi_header *root = table_at(firmware, address);
	uint32_t count = root ? (root->length - (uint32_t)sizeof(*root)) / entry_size : 0;

	for (uint32_t i = 0; i < count && i < MAX_ENTRIES; i++) {
		uint64_t entry = 0;

		memcpy(&entry, (uint8_t *)(root + 1) + (size_t)i * entry_size, entry_size);
		fix_table(firmware, entry);
	}
	fix_table(firmware, address);
}

static void fix_checksums(const struct firmware *firmware)
{
	struct acpi_rsdp *rsdp = (struct acpi_rsdp *)firmware->memory;

	fix_root(firmware, rsdp->rsdt, sizeof(uint32_t));
	fix_root(firmware, rsdp->xsdt, sizeof(uint64_t));
	acpi_set_checksum(rsdp, ACPI_RSDP_V1_SIZE, &rsdp->checksum);
	if (rsdp->length >= sizeof(*rsdp) && rsdp->length <= firmware->size)
		acpi_set_checksum(rsdp, rsdp->length, &rsdp->extended_checksum);
}

/* A report_fn for what nothing may be wrong with. */
static void no_report(void *context, const char *text)
{
	(void)context;
	(void)text;
	FUZZ_CHECK(false);
}

/*
 * The tables made for a slot are right, checksums included, and name the slot's structure.
 */
static void check_guest(uint64_t rsdp)
{
	const struct switchyard_acpi *swyd;
	struct acpi_root root;

	FUZZ_CHECK(rsdp >= AREA_AT && rsdp < AREA_AT + AREA_SIZE);
	acpi_find_root(phys(rsdp), &root, no_report, NULL);
	swyd = acpi_find(&root, "SWYD", sizeof(*swyd), no_report, NULL);
	FUZZ_CHECK(swyd && swyd->info == INFO_AT);
}

static void read_tables(uint64_t cpus)
{
	struct machine_cpu cpu[MAX_CPUS];
	struct error error;
	int type_a, type_b;
	uint64_t rsdp;

	machine_init(FIRMWARE_AT, promise_report, NULL);
	machine_cpus(cpu, MAX_CPUS);
	if (machine()->fadt && acpi_find_s5(fadt_dsdt(machine()->fadt), &type_a, &type_b))
		FUZZ_CHECK(type_a >= 0 && type_a <= UINT8_MAX && type_b >= 0);
	if (guest_acpi(FIRMWARE_AT, AREA_AT, AREA_SIZE, cpus, INFO_AT, &rsdp, &error))
		check_guest(rsdp);
	else
		promise_error(&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};
	bool as_it_is = fuzz_take(&input, 1) & 1;
	uint64_t cpus = fuzz_take(&input, 1);
	struct firmware firmware = {.size = input.size};

	if (input.size < sizeof(struct acpi_rsdp))
		return 0; /* boot_info.h: the copy has room for all of it */
	firmware.memory = fake_memory(FIRMWARE_AT, input.size, 0);
	memcpy(firmware.memory, input.bytes, input.size);
	if (!as_it_is)
		fix_checksums(&firmware);
	fake_memory(AREA_AT, AREA_SIZE, 0);
	read_tables(cpus);
	fake_reset();
	return 0;
}
