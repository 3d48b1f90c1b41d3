/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * machine.h - the devices of this machine that ACPI names: CPUs and IO-APICs from the MADT, the
 * HPET, PCI's configuration space in memory, and the places of ACPI's events and of the clock's
 * alarm.
 */
#ifndef ARCH_X86_ACPI_MACHINE_H
#define ARCH_X86_ACPI_MACHINE_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/acpi/acpi_events.h"
#include "arch/x86/acpi/acpi_tables.h"
#include "arch/x86/acpi/hidden_ram.h"
#include "arch/x86/interrupt/ioapic.h"
#include "arch/x86/time/rtc.h"
#include "lib/error.h"

struct machine_cpu {
	uint32_t apic_id;
	uint32_t processor_uid; /* ACPI's processor ID */
	bool enabled;
	uint32_t number; /* the number that cpus= uses, if the CPU is enabled */
	bool boot;
};

struct machine {
	const struct acpi_rsdp *rsdp; /* NULL: no ACPI */
	const struct acpi_madt *madt; /* NULL: none, or a broken one */
	const struct acpi_fadt *fadt;
	const struct acpi_header *dmar, *ivrs; /* of IOMMUs, Intel's and AMD's */
	uint64_t hpet;			       /* physical address of its registers, 0: none yet */
	struct acpi_mcfg_range ecam;	       /* of segment 0; its base is 0: none */
	struct ioapics ioapics;
	struct acpi_events acpi_events;
	struct rtc_layout rtc;
	struct hidden_ram hidden_ram;
};

/*
 * Reads the ACPI tables. It is called once. rsdp is the root pointer's address; 0: no ACPI. Faults
 * in the tables are reported.
 */
void machine_init(uint64_t rsdp, report_fn report, void *context);

/* What machine_init() found. It does not change after that. */
const struct machine *machine(void);

/* True if the machine can have no other CPU than the boot CPU. False if that is not known. */
bool machine_is_alone(void);

/* Fills cpus with at most max CPUs in the MADT's order, and returns the number of all CPUs. */
uint32_t machine_cpus(struct machine_cpu *cpus, uint32_t max);

/* The same for the APIC IDs of the enabled CPUs. */
uint32_t machine_apic_ids(uint32_t *apic_ids, uint32_t max);

/* CPUID's brand string, or "unknown CPU" if the CPU has none. */
const char *machine_cpu_name(void);

/*
 * Copies size bytes of physical memory to buffer. False if a byte is not mapped or faults; *bad is
 * its address.
 */
bool machine_read(uint64_t address, void *buffer, uint32_t size, uint64_t *bad);

#endif
