// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/acpi/machine.h"
#include "arch/x86/acpi/acpi.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/gate/exception.h"
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

/*
 * Calls each() with every entry of the MADT that lies inside it whole; stops where an entry's
 * length can't be true.
 */
static void for_each_entry(void (*each)(const struct acpi_madt_entry *entry, void *context),
			   void *context)
{
	const struct acpi_madt *madt = the_machine.madt;
	uint32_t offset = sizeof(*madt);

	if (!madt)
		return;
	while (offset + sizeof(struct acpi_madt_entry) <= madt->header.length) {
		const struct acpi_madt_entry *entry =
			(const void *)((const uint8_t *)madt + offset);

		if (entry->length < sizeof(*entry) || entry->length > madt->header.length - offset)
			return;
		each(entry, context);
		offset += entry->length;
	}
}

static void add_ioapic(const struct acpi_madt_entry *entry, void *context)
{
	const struct acpi_madt_io_apic *ioapic = (const void *)entry;

	if (entry->type == ACPI_MADT_IO_APIC && entry->length >= sizeof(*ioapic))
		ioapic_add(context, ioapic->id, ioapic->address, ioapic->gsi_base);
}

void machine_init(uint64_t rsdp)
{
	const struct acpi_hpet *hpet;

	the_machine = (struct machine){0};
	if (!rsdp)
		return;
	the_machine.rsdp = (const struct acpi_rsdp *)rsdp;
	the_machine.madt = acpi_find(the_machine.rsdp, "APIC", sizeof(struct acpi_madt));
	/* ACPI 1.0's FADT is shorter than ours, but has what power-off needs. */
	the_machine.fadt = acpi_find(the_machine.rsdp, "FACP",
				     __builtin_offsetof(struct acpi_fadt, reset_register));
	acpi_events_find(&the_machine.acpi_events, the_machine.fadt);
	if (the_machine.fadt) {
		the_machine.rtc.day_alarm = the_machine.fadt->day_alarm;
		the_machine.rtc.month_alarm = the_machine.fadt->month_alarm;
	}
	hpet = acpi_find(the_machine.rsdp, "HPET", sizeof(*hpet));
	if (hpet && hpet->address.space == ACPI_SPACE_MEMORY &&
	    phys_range(hpet->address.address, HPET_SIZE))
		the_machine.hpet = hpet->address.address;
	for_each_entry(add_ioapic, &the_machine.ioapics);
}

struct cpu_list {
	struct machine_cpu *cpus;
	uint32_t max, count;
};

static void add_cpu(const struct acpi_madt_entry *entry, void *context)
{
	const struct acpi_madt_local_apic *lapic = (const void *)entry;
	const struct acpi_madt_local_x2apic *x2apic = (const void *)entry;
	struct cpu_list *list = context;
	struct machine_cpu cpu;

	if (entry->type == ACPI_MADT_LOCAL_APIC && entry->length >= sizeof(*lapic)) {
		cpu.apic_id = lapic->apic_id;
		cpu.processor_uid = lapic->processor;
		cpu.enabled = lapic->flags & ACPI_MADT_ENABLED;
	} else if (entry->type == ACPI_MADT_LOCAL_X2APIC && entry->length >= sizeof(*x2apic)) {
		cpu.apic_id = x2apic->apic_id;
		cpu.processor_uid = x2apic->processor;
		cpu.enabled = x2apic->flags & ACPI_MADT_ENABLED;
	} else {
		return;
	}
	cpu.boot = cpu.apic_id == lapic_id();
	if (list->count < list->max)
		list->cpus[list->count] = cpu;
	list->count++;
}

uint32_t machine_cpus(struct machine_cpu *cpus, uint32_t max)
{
	struct cpu_list list = {.cpus = cpus, .max = max};

	for_each_entry(add_cpu, &list);
	return list.count;
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

/* One byte, prepared for a fault: RDX is 1 after one (exception.h). */
static bool read_byte(uint64_t address, uint8_t *value)
{
	uint64_t failed = 0;

	__asm__ volatile("1: movb (%2), %1\n"
			 "2:\n\t" EXCEPTION_FIXUP("1b", "2b")
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
