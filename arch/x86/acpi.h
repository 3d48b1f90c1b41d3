/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * acpi.h - finding the firmware's ACPI tables.
 */
#ifndef ARCH_X86_ACPI_H
#define ARCH_X86_ACPI_H

#include <stdint.h>
#include "arch/x86/acpi_tables.h"

/*
 * The first table with that signature (4 characters) that rsdp's XSDT, or else RSDT, lists, or
 * NULL. Its length is at least min_length and its checksum is right.
 */
const void *acpi_find(const struct acpi_rsdp *rsdp, const char *signature, uint32_t min_length);

#endif
