/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fadt.h - the addresses of the DSDT and of ACPI's registers, from the FADT.
 *
 * ACPI 2.0 added a second field of 64 bits for each address (ACPI 6.4, section 5.2.9). The monitor
 * uses it if the table is long enough to have it and it is not 0; the old field may be 0 then.
 * Linux does the same, even if both fields are set and differ.
 */
#ifndef ARCH_X86_ACPI_FADT_H
#define ARCH_X86_ACPI_FADT_H

#include <stdint.h>
#include "arch/x86/acpi/acpi_tables.h"

/* The DSDT's physical address, which is not checked; 0: none. */
uint64_t fadt_dsdt(const struct acpi_fadt *fadt);

/*
 * The I/O port of a register block. port is the value of the old field, and extended points to the
 * new field in fadt. 0: there is no such block, or it is not in I/O space.
 */
uint16_t fadt_port(const struct acpi_fadt *fadt, uint32_t port,
		   const struct acpi_address *extended);

#endif
