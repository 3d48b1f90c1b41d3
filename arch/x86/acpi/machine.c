// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/acpi/machine.h"
#include "arch/x86/acpi/acpi_walk.h"
#include "arch/x86/acpi/fadt.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/fixup.h"
#include "arch/x86/interrupt/lapic.h"
#include "arch/x86/memory/phys.h"
#include "lib/string.h"

#define CPUID_BRAND_FIRST 0x80000002
#define CPUID_BRAND_LAST  0x80000004
#define CPUID_EXTENDED	  0x80000000
#define BRAND_SIZE	  49
#define HPET_SIZE	  1024 /* of its registers: IA-PC HPET 1.0a, section 2.3.1 */

static struct machine the_machine;

const struct machine *machine(void)
{
	return &the_machine;
}

static void find_ioapics(report_fn report, void *context)
{
	struct acpi_madt_walk walk = acpi_madt_begin(the_machine.madt);
	const struct acpi_madt_entry *entry;
	struct error error;

	while ((entry = acpi_madt_next(&walk))) {
		const struct acpi_madt_io_apic *ioapic = (const void *)entry;

		if (entry->type == ACPI_MADT_IO_APIC && entry->length >= sizeof(*ioapic))
			ioapic_add(&the_machine.ioapics, ioapic->id, ioapic->address,
				   ioapic->gsi_base);
	}
	if (!acpi_madt_ended(&walk, &error))
		report(context, error.text);
}

static void find_hpet(const struct acpi_root *root, report_fn report, void *context)
{
	const struct acpi_hpet *hpet = acpi_find(root, "HPET", sizeof(*hpet), report, context);
	struct error error;

	if (!hpet)
		return;
	if (hpet->address.space == ACPI_SPACE_MEMORY &&
	    phys_range(hpet->address.address, HPET_SIZE)) {
		the_machine.hpet = hpet->address.address;
		return;
	}
	fail(&error, "ACPI: the HPET is at %#lx in address space %u, expected mapped memory",
	     hpet->address.address, hpet->address.space);
	report(context, error.text);
}

/* Other segments can't be reached by configuration mechanism 1, so the monitor does not know them. */
static void find_ecam(const struct acpi_root *root, report_fn report, void *context)
{
	const struct acpi_mcfg *mcfg = acpi_find(root, "MCFG", sizeof(*mcfg), report, context);
	uint32_t count = 0;

	if (mcfg)
		count = (mcfg->header.length - (uint32_t)sizeof(*mcfg)) /
			(uint32_t)sizeof(mcfg->range[0]);
	for (uint32_t i = 0; i < count && !the_machine.ecam.base; i++)
		if (mcfg->range[i].segment == 0)
			the_machine.ecam = mcfg->range[i];
}

void machine_init(uint64_t rsdp, report_fn report, void *context)
{
	struct acpi_root root;
	struct error error;

	the_machine = (struct machine){0};
	if (!rsdp)
		return;
	the_machine.rsdp = acpi_check_rsdp(rsdp, &error);
	if (!the_machine.rsdp) {
		report(context, error.text);
		return;
	}
	acpi_find_root(the_machine.rsdp, &root, report, context);
	the_machine.madt = acpi_find(&root, "APIC", sizeof(struct acpi_madt), report, context);
	/* ACPI 1.0's FADT is shorter than ours, but it has all fields that power-off needs. */
	the_machine.fadt =
		acpi_find(&root, "FACP", __builtin_offsetof(struct acpi_fadt, reset_register),
			  report, context);
	acpi_events_find(&the_machine.acpi_events, the_machine.fadt);
	if (the_machine.fadt) {
		the_machine.rtc.day_alarm = the_machine.fadt->day_alarm;
		the_machine.rtc.month_alarm = the_machine.fadt->month_alarm;
	}
	the_machine.dmar = acpi_find(&root, "DMAR", ACPI_DMAR_SIZE, report, context);
	the_machine.ivrs = acpi_find(&root, "IVRS", ACPI_IVRS_SIZE, report, context);
	hidden_ram_find(&the_machine.hidden_ram, &root,
			the_machine.fadt ? fadt_dsdt(the_machine.fadt) : 0);
	find_hpet(&root, report, context);
	find_ecam(&root, report, context);
	find_ioapics(report, context);
}

uint32_t machine_cpus(struct machine_cpu *cpus, uint32_t max)
{
	struct acpi_madt_walk walk = acpi_madt_begin(the_machine.madt);
	const struct acpi_madt_entry *entry;
	struct acpi_processor processor;
	uint32_t boot_apic_id = lapic_id(), others = 0, count = 0;

	while ((entry = acpi_madt_next(&walk))) {
		uint32_t number = 0;

		if (!acpi_madt_processor(entry, &processor))
			continue;
		if (processor.enabled)
			number = acpi_processor_number(&processor, boot_apic_id, &others);
		if (count < max)
			cpus[count] = (struct machine_cpu){
				.apic_id = processor.apic_id,
				.processor_uid = processor.uid,
				.enabled = processor.enabled,
				.number = number,
				.boot = processor.apic_id == boot_apic_id,
			};
		count++;
	}
	return count;
}

uint32_t machine_apic_ids(uint32_t *apic_ids, uint32_t max)
{
	struct acpi_madt_walk walk = acpi_madt_begin(the_machine.madt);
	const struct acpi_madt_entry *entry;
	struct acpi_processor processor;
	uint32_t count = 0;

	while ((entry = acpi_madt_next(&walk))) {
		if (!acpi_madt_processor(entry, &processor) || !processor.enabled)
			continue;
		if (count < max)
			apic_ids[count] = processor.apic_id;
		count++;
	}
	return count;
}

const char *machine_cpu_name(void)
{
	static char name[BRAND_SIZE];

	if (cpuid(CPUID_EXTENDED, 0).eax < CPUID_BRAND_LAST)
		return "unknown CPU";
	for (uint32_t leaf = CPUID_BRAND_FIRST; leaf <= CPUID_BRAND_LAST; leaf++) {
		struct cpuid part = cpuid(leaf, 0);

		memcpy(name + (leaf - CPUID_BRAND_FIRST) * sizeof(part), &part, sizeof(part));
	}
	return name;
}

/* Reads one byte. If the access faults, the fixup sets RDX to 1 (fixup.h). */
static bool read_byte(uint64_t address, uint8_t *value)
{
	uint64_t failed = 0;

	__asm__ volatile("1: movb (%2), %1\n"
			 "2:\n\t" FIXUP("1b", "2b")
			 : "+d"(failed), "=&q"(*value)
			 : "r"(address));
	return !failed;
}

bool machine_read(uint64_t address, void *buffer, uint32_t size, uint64_t *bad)
{
	uint8_t *bytes = buffer;

	for (uint32_t i = 0; i < size; i++) {
		if (!read_byte(address + i, &bytes[i])) {
			*bad = address + i;
			return false;
		}
	}
	return true;
}
