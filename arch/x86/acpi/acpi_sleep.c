// SPDX-License-Identifier: GPL-2.0-only
/*
 * acpi_sleep.c - the sleep types of S5, from the DSDT.
 *
 * This needs no AML interpreter, because in all known DSDTs \_S5 is a package of constants.
 */
#include "arch/x86/acpi/acpi_sleep.h"
#include <stddef.h>
#include "arch/x86/acpi/acpi_tables.h"
#include "arch/x86/memory/phys.h"
#include "lib/string.h"
#include "lib/units.h"

#define DSDT_LIMIT (16 * MIB) /* bytes; real ones have some hundred KiB */

/* AML (ACPI 20.2): the encoding of Name (\_S5, Package () {type a, type b, ...}). */
#define AML_NAME    0x08
#define AML_PACKAGE 0x12
#define AML_BYTE    0x0a
#define AML_ZERO    0x00
#define AML_ONE	    0x01
#define AML_ROOT    '\\'
#define S5_MIN	    8 /* bytes of name, package, length, count and one value */

/* Reads a small integer in AML, and moves *at behind it. */
static int aml_integer(const uint8_t **at, const uint8_t *end)
{
	if (*at >= end)
		return -1;
	switch (*(*at)++) {
	case AML_ZERO:
		return 0;
	case AML_ONE:
		return 1;
	case AML_BYTE:
		return *at < end ? *(*at)++ : -1;
	}
	return -1;
}

/* True if this "_S5_" names a package. It may also be a reference to the package. */
static bool names_package(const uint8_t *start, const uint8_t *name)
{
	if (name - start < 2 || name[4] != AML_PACKAGE)
		return false;
	return name[-1] == AML_NAME || (name[-1] == AML_ROOT && name[-2] == AML_NAME);
}

bool acpi_find_s5(uint64_t address, int *type_a, int *type_b)
{
	const struct acpi_header *dsdt = phys_range(address, sizeof(*dsdt));
	const uint8_t *start, *end;

	if (!dsdt || memcmp(dsdt->signature, "DSDT", sizeof(dsdt->signature)) ||
	    dsdt->length > DSDT_LIMIT || !phys_range(address, dsdt->length))
		return false;
	start = (const uint8_t *)(dsdt + 1);
	end = (const uint8_t *)dsdt + dsdt->length;
	for (const uint8_t *at = start; end - at > S5_MIN; at++) {
		const uint8_t *package;

		if (memcmp(at, "_S5_", 4) || !names_package(start, at))
			continue;
		package = at + 5;
		package += (*package >> 6) + 1; /* PkgLength: its first byte counts the others */
		package++;			/* number of elements */
		*type_a = aml_integer(&package, end);
		*type_b = aml_integer(&package, end);
		return *type_a >= 0 && *type_b >= 0;
	}
	return false;
}
