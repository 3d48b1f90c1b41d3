/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * acpi.h - finding the firmware's ACPI tables.
 */
#ifndef ARCH_X86_ACPI_ACPI_H
#define ARCH_X86_ACPI_ACPI_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/acpi/acpi_tables.h"

/*
 * The first table with that signature (4 characters) that rsdp's XSDT, or else RSDT, lists. NULL
 * if there is none, or if its length is less than min_length, goes beyond mapped memory, or its
 * checksum is wrong.
 */
const void *acpi_find(const struct acpi_rsdp *rsdp, const char *signature, uint32_t min_length);

/*
 * The values for PM1a's and PM1b's sleep type fields that switch the machine off, from the DSDT at
 * that address. False: it is no DSDT in mapped memory, or does not say.
 */
bool acpi_find_s5(uint64_t dsdt, int *type_a, int *type_b);

#endif
