// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/acpi/machine.h"
#include "arch/x86/acpi/acpi_walk.h"
#include "arch/x86/acpi/fadt.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/fixup.h"
#include "arch/x86/interrupt/lapic.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/time/hpet.h"
#include "lib/string.h"

#define CPUID_BRAND_FIRST 0x80000002
#define CPUID_BRAND_LAST  0x80000004
#define BRAND_SIZE	  49
#define IOAPIC_SIZE	  0x20u /* of its registers' window */
#define HPET_SIZE	  1024	/* of its registers: IA-PC HPET 1.0a, section 2.3.1 */

static struct machine the_machine;

const struct machine *machine(void)
{
	return &the_machine;
}

/* Firmware may list one twice. If it were kept twice, its masked entries would be what comes back. */
static bool knows_ioapic(uint64_t address)
{
	for (uint32_t i = 0; i < the_machine.ioapics.count; i++)
		if (the_machine.ioapics.ioapic[i].address == address)
			return true;
	return false;
}

static void find_listed_ioapics(report_fn report, void *context)
{
	struct acpi_madt_walk walk = acpi_madt_begin(the_machine.madt);
	const struct acpi_madt_entry *entry;
	struct error error;

	while ((entry = acpi_madt_next(&walk))) {
		const struct acpi_madt_io_apic *ioapic = (const void *)entry;

		if (entry->type != ACPI_MADT_IO_APIC || entry->length < sizeof(*ioapic) ||
		    knows_ioapic(ioapic->address))
			continue;
		if (phys_range(ioapic->address, IOAPIC_SIZE) && ioapic_answers(ioapic->address)) {
			ioapic_add(&the_machine.ioapics, ioapic->id, ioapic->address,
				   ioapic->gsi_base);
			continue;
		}
		fail(&error, "ACPI lists an IO-APIC at %#x, but none answers there",
		     ioapic->address);
		report(context, error.text);
	}
	if (!acpi_madt_ended(&walk, &error))
		report(context, error.text);
}

/*
 * A kernel may know of an IO-APIC by other ways than the MADT, and leave it with interrupts on. So
 * the usual place is looked at as well.
 */
static void find_ioapics(report_fn report, void *context)
{
	struct error error;

	find_listed_ioapics(report, context);
	if (!knows_ioapic(IOAPIC_USUAL) && phys_range(IOAPIC_USUAL, IOAPIC_SIZE) &&
	    ioapic_answers(IOAPIC_USUAL)) {
		ioapic_add(&the_machine.ioapics, 0, IOAPIC_USUAL, 0);
		fail(&error, "ACPI lists no IO-APIC at %#x, but one answers there", IOAPIC_USUAL);
		report(context, error.text);
	}
	if (!the_machine.ioapics.left_out)
		return;
	fail(&error, "%u IO-APICs left out: a kernel that boots may find them with interrupts on",
	     the_machine.ioapics.left_out);
	report(context, error.text);
}

/* Where the table says that the HPET is; 0: nowhere, or nothing answers there. */
static uint64_t listed_hpet(const struct acpi_root *root, report_fn report, void *context)
{
	const struct acpi_hpet *hpet = acpi_find(root, "HPET", sizeof(*hpet), report, context);
	struct error error;
	uint64_t address;

	if (!hpet)
		return 0;
	address = hpet->address.address;
	if (hpet->address.space != ACPI_SPACE_MEMORY || !phys_range(address, HPET_SIZE))
		fail(&error,
		     "ACPI: the HPET is at %#lx in address space %u, expected mapped memory",
		     address, hpet->address.space);
	else if (!hpet_answers(address))
		fail(&error, "ACPI lists an HPET at %#lx, but none answers there", address);
	else
		return address;
	report(context, error.text);
	return 0;
}

/*
 * An HPET that is not listed counts as well: a kernel may know of it by other ways (hpet=force), and
 * leave it running.
 */
static void find_hpet(const struct acpi_root *root, report_fn report, void *context)
{
	struct error error;

	the_machine.hpet = listed_hpet(root, report, context);
	if (the_machine.hpet || !phys_range(HPET_USUAL, HPET_SIZE) || !hpet_answers(HPET_USUAL))
		return;
	the_machine.hpet = HPET_USUAL;
	fail(&error, "ACPI lists no HPET, but one answers at %#x", HPET_USUAL);
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

/*
 * Tables that Linux takes one of. Of several FADTs it takes the last one, because it reads each as it
 * comes, and of all others the first one.
 */
static void report_doubles(const struct acpi_root *root, report_fn report, void *context)
{
	static const char *const signatures[] = {"APIC", "FACP", "DMAR", "IVRS", "MCFG"};
	struct error error;
	uint64_t first;

	for (uint32_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
		uint32_t uses = acpi_root_uses(root, signatures[i]);

		if (uses < 2)
			continue;
		fail(&error, "ACPI: %u tables are named %s; the %s one counts, as for Linux", uses,
		     signatures[i], strcmp(signatures[i], "FACP") ? "first" : "last");
		report(context, error.text);
	}
	if (!acpi_root_unmapped(root, &first))
		return;
	fail(&error, "ACPI: a table at %#lx is not in mapped memory, so it is not looked at",
	     first);
	report(context, error.text);
}

static void read_fadt(const struct acpi_root *root, report_fn report, void *context)
{
	/* ACPI 1.0's FADT is shorter than ours, but it has all fields that power-off needs. */
	the_machine.fadt =
		acpi_take(acpi_root_find_last(root, "FACP"), "FACP",
			  __builtin_offsetof(struct acpi_fadt, reset_register), report, context);
	acpi_events_find(&the_machine.acpi_events, the_machine.fadt);
	if (!the_machine.fadt)
		return;
	the_machine.rtc.day_alarm = the_machine.fadt->day_alarm;
	the_machine.rtc.month_alarm = the_machine.fadt->month_alarm;
}

void machine_init(uint64_t rsdp, report_fn report, void *context)
{
	struct acpi_root root = {0};
	struct error error;

	the_machine = (struct machine){0};
	if (rsdp) {
		the_machine.rsdp = acpi_check_rsdp(rsdp, &error);
		if (!the_machine.rsdp)
			report(context, error.text);
	}
	if (the_machine.rsdp)
		acpi_find_root(the_machine.rsdp, &root, report, context);
	report_doubles(&root, report, context);
	the_machine.madt = acpi_find(&root, "APIC", sizeof(struct acpi_madt), report, context);
	read_fadt(&root, report, context);
	the_machine.dmar = acpi_find(&root, "DMAR", ACPI_DMAR_SIZE, report, context);
	the_machine.ivrs = acpi_find(&root, "IVRS", ACPI_IVRS_SIZE, report, context);
	hidden_ram_find(&the_machine.hidden_ram, &root,
			the_machine.fadt ? fadt_dsdt(the_machine.fadt) : 0);
	find_hpet(&root, report, context);
	find_ecam(&root, report, context);
	find_ioapics(report, context);
}

bool machine_is_alone(void)
{
	struct acpi_madt_walk walk = acpi_madt_begin(the_machine.madt);
	const struct acpi_madt_entry *entry;
	struct acpi_processor processor;
	struct error error;
	uint32_t count = 0;

	while ((entry = acpi_madt_next(&walk)))
		count += acpi_madt_processor(entry, &processor);
	return count == 1 && acpi_madt_ended(&walk, &error);
}

uint32_t machine_cpus(struct machine_cpu *cpus, uint32_t max)
{
	struct acpi_madt_walk walk = acpi_madt_begin(the_machine.madt);
	const struct acpi_madt_entry *entry;
	struct acpi_processor processor;
	uint32_t boot_apic_id = lapic_id(), count = 0;
	struct acpi_numbering numbering = acpi_number_processors(boot_apic_id);

	while ((entry = acpi_madt_next(&walk))) {
		uint32_t number = 0;
		bool again = false;

		if (!acpi_madt_processor(entry, &processor))
			continue;
		if (processor.enabled)
			number = acpi_processor_number(&numbering, &processor, &again);
		if (again)
			continue;
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
	struct acpi_numbering numbering = acpi_number_processors(lapic_id());
	struct acpi_processor processor;
	uint32_t count = 0;
	bool again;

	while ((entry = acpi_madt_next(&walk))) {
		if (!acpi_madt_processor(entry, &processor) || !processor.enabled)
			continue;
		acpi_processor_number(&numbering, &processor, &again);
		if (again)
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
