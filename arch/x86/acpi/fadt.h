/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fadt.h - where the FADT says that the DSDT and ACPI's registers are.
 *
 * ACPI 2.0 gave each address a second field of 64 bits. It counts if the table is long enough to
 * have it and it is not 0; firmware may leave the old one 0 then. ACPI 6.4, section 5.2.9; Linux
 * does the same, also where the two differ.
 */
#ifndef ARCH_X86_ACPI_FADT_H
#define ARCH_X86_ACPI_FADT_H

#include <stdint.h>
#include "arch/x86/acpi/acpi_tables.h"

/* The DSDT's physical address, unchecked; 0: none. */
uint64_t fadt_dsdt(const struct acpi_fadt *fadt);

/*
 * The I/O port of a register block, whose old field is port and whose new one is *extended, a field
 * of fadt. 0: there is none, or it is no I/O port.
 */
uint16_t fadt_port(const struct acpi_fadt *fadt, uint32_t port,
		   const struct acpi_address *extended);

#endif
