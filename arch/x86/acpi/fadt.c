// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/acpi/fadt.h"
#include <stdbool.h>

/* True if the table has the field that ends there. */
static bool fadt_reaches(const struct acpi_fadt *fadt, const void *field_end)
{
	return (const uint8_t *)field_end <= (const uint8_t *)fadt + fadt->header.length;
}

uint64_t fadt_dsdt(const struct acpi_fadt *fadt)
{
	if (fadt_reaches(fadt, &fadt->x_pm1a_event) && fadt->x_dsdt)
		return fadt->x_dsdt;
	return fadt->dsdt;
}

uint16_t fadt_port(const struct acpi_fadt *fadt, uint32_t port, const struct acpi_address *extended)
{
	uint64_t address = port;

	if (fadt_reaches(fadt, extended + 1) && extended->address)
		address = extended->space == ACPI_SPACE_IO ? extended->address : 0;
	return address <= UINT16_MAX ? (uint16_t)address : 0;
}
