/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * acpi_tables.h - ACPI tables as they lie in memory: ACPI 6.4, chapter 5; HPET: IA-PC HPET
 * specification 1.0a, section 3.2.4; MCFG: see there. No field is aligned.
 */
#ifndef ARCH_X86_ACPI_ACPI_TABLES_H
#define ARCH_X86_ACPI_ACPI_TABLES_H

#include <stddef.h>
#include <stdint.h>

/* Root System Description Pointer, 5.2.5.3. */
struct acpi_rsdp {
	char signature[8];
	uint8_t checksum; /* of the first 20 bytes */
	char oem_id[6];
	uint8_t revision; /* 0: ACPI 1.0, the structure ends after rsdt; 2: it is whole */
	uint32_t rsdt;
	uint32_t length;
	uint64_t xsdt;
	uint8_t extended_checksum; /* of length bytes */
	uint8_t reserved[3];
} __attribute__((packed));

#define ACPI_RSDP_SIGNATURE "RSD PTR " /* without the NUL */
#define ACPI_RSDP_V1_SIZE   20
#define ACPI_RSDP_V2	    2  /* first revision with an XSDT */
#define ACPI_RSDP_ALIGN	    16 /* 5.2.5.1 */

/* The header of all other tables, 5.2.6. */
struct acpi_header {
	char signature[4];
	uint32_t length; /* of the table, with this header */
	uint8_t revision;
	uint8_t checksum; /* makes the sum of all bytes 0 */
	char oem_id[6];
	char oem_table_id[8];
	uint32_t oem_revision;
	uint32_t creator_id;
	uint32_t creator_revision;
} __attribute__((packed));

/* Generic Address Structure, 5.2.3.2. */
struct acpi_address {
	uint8_t space; /* enum acpi_space */
	uint8_t bit_width, bit_offset, access_size;
	uint64_t address;
} __attribute__((packed));

enum acpi_space { ACPI_SPACE_MEMORY = 0, ACPI_SPACE_IO = 1, ACPI_SPACE_PCI_CONFIG = 2 };

/* Multiple APIC Description Table "APIC", 5.2.12; entries follow. */
struct acpi_madt {
	struct acpi_header header;
	uint32_t local_apic;
	uint32_t flags;
} __attribute__((packed));

enum acpi_madt_type {
	ACPI_MADT_LOCAL_APIC = 0,
	ACPI_MADT_IO_APIC = 1,
	ACPI_MADT_OVERRIDE = 2,
	ACPI_MADT_NMI_SOURCE = 3,
	ACPI_MADT_LOCAL_APIC_NMI = 4,
	ACPI_MADT_LOCAL_APIC_ADDRESS = 5,
	ACPI_MADT_LOCAL_X2APIC = 9,
	ACPI_MADT_LOCAL_X2APIC_NMI = 10,
};

struct acpi_madt_entry {
	uint8_t type; /* enum acpi_madt_type */
	uint8_t length;
} __attribute__((packed));

/* Flags of local APICs. */
#define ACPI_MADT_ENABLED	 (1u << 0)
#define ACPI_MADT_ONLINE_CAPABLE (1u << 1)

struct acpi_madt_local_apic {
	struct acpi_madt_entry entry;
	uint8_t processor;
	uint8_t apic_id;
	uint32_t flags;
} __attribute__((packed));

struct acpi_madt_io_apic {
	struct acpi_madt_entry entry;
	uint8_t id;
	uint8_t reserved;
	uint32_t address;
	uint32_t gsi_base;
} __attribute__((packed));

struct acpi_madt_override {
	struct acpi_madt_entry entry;
	uint8_t bus;
	uint8_t source;
	uint32_t gsi;
	uint16_t flags;
} __attribute__((packed));

struct acpi_madt_local_apic_address {
	struct acpi_madt_entry entry;
	uint16_t reserved;
	uint64_t address;
} __attribute__((packed));

struct acpi_madt_local_x2apic {
	struct acpi_madt_entry entry;
	uint16_t reserved;
	uint32_t apic_id;
	uint32_t flags;
	uint32_t processor;
} __attribute__((packed));

/* Fixed ACPI Description Table "FACP", 5.2.9. Older ones are shorter; header.length tells. */
struct acpi_fadt {
	struct acpi_header header;
	uint32_t facs;
	uint32_t dsdt;
	uint8_t reserved1;
	uint8_t preferred_profile;
	uint16_t sci_interrupt;
	uint32_t smi_command;
	uint8_t acpi_enable;
	uint8_t acpi_disable;
	uint8_t s4bios_request;
	uint8_t pstate_control;
	uint32_t pm1a_event, pm1b_event;
	uint32_t pm1a_control, pm1b_control;
	uint32_t pm2_control;
	uint32_t pm_timer;
	uint32_t gpe0, gpe1;
	uint8_t pm1_event_length;
	uint8_t pm1_control_length;
	uint8_t pm2_control_length;
	uint8_t pm_timer_length;
	uint8_t gpe0_length, gpe1_length;
	uint8_t gpe1_base;
	uint8_t cstate_control;
	uint16_t c2_latency, c3_latency;
	uint16_t flush_size, flush_stride;
	uint8_t duty_offset, duty_width;
	uint8_t day_alarm, month_alarm, century;
	uint16_t boot_architecture;
	uint8_t reserved2;
	uint32_t flags;
	struct acpi_address reset_register;
	uint8_t reset_value;
	uint16_t arm_boot_architecture;
	uint8_t minor_version;
	uint64_t x_facs;
	uint64_t x_dsdt;
	struct acpi_address x_pm1a_event, x_pm1b_event;
	struct acpi_address x_pm1a_control, x_pm1b_control;
	struct acpi_address x_pm2_control;
	struct acpi_address x_pm_timer;
	struct acpi_address x_gpe0, x_gpe1;
} __attribute__((packed));

#define ACPI_FADT_RESET_SUPPORTED (1u << 10) /* flags: reset_register and reset_value count */

/* PM1 control registers, 4.8.3.2.1. */
#define ACPI_PM1_SCI_ENABLE	  (1u << 0)
#define ACPI_PM1_SLEEP_TYPE_SHIFT 10
#define ACPI_PM1_SLEEP_TYPE_MASK  (7u << ACPI_PM1_SLEEP_TYPE_SHIFT)
#define ACPI_PM1_SLEEP_ENABLE	  (1u << 13)

struct acpi_hpet {
	struct acpi_header header;
	uint32_t block_id;
	struct acpi_address address;
	uint8_t number;
	uint16_t minimum_tick;
	uint8_t page_protection;
} __attribute__((packed));

/* Before the entries of the tables of IOMMUs, which iommu_tables.c reads. */
#define ACPI_DMAR_SIZE 48
#define ACPI_IVRS_SIZE 48

/* The memory that is PCI's configuration space: PCI firmware specification 3.2, section 4.1.2. */
struct acpi_mcfg_range {
	uint64_t base; /* of bus 0, also if first_bus is another one */
	uint16_t segment;
	uint8_t first_bus, last_bus;
	uint32_t reserved;
} __attribute__((packed));

struct acpi_mcfg {
	struct acpi_header header;
	uint64_t reserved;
	struct acpi_mcfg_range range[];
} __attribute__((packed));

_Static_assert(sizeof(struct acpi_rsdp) == 36, "RSDP of ACPI 2.0");
_Static_assert(offsetof(struct acpi_rsdp, length) == ACPI_RSDP_V1_SIZE, "RSDP of ACPI 1.0");
_Static_assert(sizeof(struct acpi_header) == 36, "table header");
_Static_assert(sizeof(struct acpi_madt) == 44, "MADT");
_Static_assert(sizeof(struct acpi_madt_local_apic) == 8, "local APIC entry");
_Static_assert(sizeof(struct acpi_madt_io_apic) == 12, "IO-APIC entry");
_Static_assert(sizeof(struct acpi_madt_override) == 10, "interrupt source override entry");
_Static_assert(sizeof(struct acpi_madt_local_apic_address) == 12, "local APIC address entry");
_Static_assert(sizeof(struct acpi_madt_local_x2apic) == 16, "local x2APIC entry");
_Static_assert(offsetof(struct acpi_fadt, smi_command) == 48, "FADT");
_Static_assert(offsetof(struct acpi_fadt, pm1a_control) == 64, "FADT");
_Static_assert(offsetof(struct acpi_fadt, flags) == 112, "FADT");
_Static_assert(offsetof(struct acpi_fadt, reset_register) == 116, "FADT");
_Static_assert(offsetof(struct acpi_fadt, x_dsdt) == 140, "FADT");
_Static_assert(offsetof(struct acpi_fadt, x_pm1a_control) == 172, "FADT");
_Static_assert(offsetof(struct acpi_fadt, x_gpe0) == 220, "FADT");
_Static_assert(sizeof(struct acpi_hpet) == 56, "HPET table");
_Static_assert(sizeof(struct acpi_mcfg_range) == 16, "MCFG entry");
_Static_assert(offsetof(struct acpi_mcfg, range) == 44, "MCFG");

#endif
