// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes firmware's ACPI tables. The input is memory at FIRMWARE_AT that begins with the root
 * pointer. Its last byte is the slot's cpus=. Wrong checksums are only reported.
 */
#include "arch/x86/acpi/acpi_sleep.h"
#include "arch/x86/acpi/acpi_walk.h"
#include "arch/x86/acpi/fadt.h"
#include "arch/x86/acpi/machine.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/iommu/iommu_tables.h"
#include "arch/x86/interrupt/lapic.h"
#include "arch/x86/memory/phys.h"
#include "fake/fake.h"
#include "fuzz.h"
#include "monitor/load/guest_acpi.h"
#include "promises.h"
#include "lib/units.h"
#include "guest/linux/switchyard.h"

#define FIRMWARE_AT UINT64_C(0x7ffe0000)
#define AREA_AT	    UINT64_C(0x3f000000)
#define AREA_SIZE   UINT64_C(20480) /* the largest area that monitor/switch/slot_block.h has */
#define INFO_AT	    UINT64_C(0x3effe000)
#define MAX_CPUS    8

/* arch/x86/acpi/machine.c calls these. The input has no registers. */
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

bool hpet_answers(uint64_t address)
{
	return !(address >> 4 & 1);
}

bool ioapic_answers(uint64_t address)
{
	return !(address >> 4 & 1);
}

void ioapic_add(struct ioapics *ioapics, uint32_t id, uint64_t address, uint32_t gsi_base)
{
	(void)id;
	(void)address;
	(void)gsi_base;
	ioapics->left_out++;
}

/* A report_fn for tables that must be right. */
static void no_report(void *context, const char *text)
{
	(void)context;
	(void)text;
	FUZZ_CHECK(false);
}

/*
 * The tables for a slot must be right, also their checksums, and name the slot's structure.
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
	static struct iommu_units units;
	struct machine_cpu cpu[MAX_CPUS];
	struct error error;
	int type_a, type_b;
	uint64_t rsdp;

	machine_init(FIRMWARE_AT, promise_report, NULL);
	machine_cpus(cpu, MAX_CPUS);
	iommu_tables_read(machine()->dmar, machine()->ivrs, &units, promise_report, NULL);
	for (uint32_t i = 0; i < units.count; i++)
		FUZZ_CHECK(units.unit[i].address && units.unit[i].address % PAGE_SIZE == 0);
	if (machine()->fadt && acpi_find_s5(fadt_dsdt(machine()->fadt), &type_a, &type_b))
		FUZZ_CHECK(type_a >= 0 && type_a <= UINT8_MAX && type_b >= 0);
	bool allowed = guest_acpi_allows(FIRMWARE_AT, AREA_SIZE, cpus, &error);

	if (!allowed)
		promise_error(&error);
	/* What is refused at the start is what could not be built. */
	FUZZ_CHECK(guest_acpi(FIRMWARE_AT, AREA_AT, AREA_SIZE, cpus, INFO_AT, &rsdp, &error) ==
		   allowed);
	if (allowed)
		check_guest(rsdp);
	else
		promise_error(&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};
	uint64_t cpus = fuzz_take(&input, 1);

	if (input.size < sizeof(struct acpi_rsdp))
		return 0; /* boot_info.h: the copy has room for all of it */
	memcpy(fake_memory(FIRMWARE_AT, input.size, 0), input.bytes, input.size);
	fake_memory(AREA_AT, AREA_SIZE, 0);
	read_tables(cpus);
	fake_reset();
	return 0;
}
