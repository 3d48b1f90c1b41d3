/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * smbios.h - SMBIOS, firmware's list of what the machine consists of. System management BIOS
 * reference specification 3.6 (DSP0134), sections 5.2 and 6.1.
 */
#ifndef ARCH_X86_ACPI_SMBIOS_H
#define ARCH_X86_ACPI_SMBIOS_H

#include <stdbool.h>
#include <stdint.h>

/* The names that UEFI's list of tables has for SMBIOS: UEFI 2.9, section 4.6. */
extern const uint8_t smbios_guid[16], smbios_guid_3[16];

/* Addresses of the entry points that UEFI's system table names. 0: none, or a wrong one. */
struct smbios_entries {
	uint64_t entry, entry_3;
};

/* If efi_system_table is 0, there are none. */
void smbios_efi_entries(uint64_t efi_system_table, struct smbios_entries *entries);

/*
 * Copies the first structure of that type to buffer, size bytes at most, and fills the rest with
 * zeros. False: there is none. efi_system_table is the address of UEFI's system table. 0: firmware is
 * a BIOS, and the list is found by its signature below 1 MiB. An entry point counts only if its
 * checksums are right.
 */
bool smbios_find(uint64_t efi_system_table, uint8_t type, void *buffer, uint32_t size);

#endif
