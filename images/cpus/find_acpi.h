/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * find_acpi.h - finds ACPI's tables by their signature: ACPI 6.4, section 5.2.
 */
#ifndef CPUS_FIND_ACPI_H
#define CPUS_FIND_ACPI_H

#include <stdint.h>

struct table_header {
	char signature[4];
	uint32_t length;
	uint8_t rest[28];
} __attribute__((packed));

/* The table with that signature, which is below 4 GiB. NULL if there is none, or if rsdp is NULL. */
const void *acpi_table(const void *rsdp, const char *signature);

#endif
