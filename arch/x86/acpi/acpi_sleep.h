/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * acpi_sleep.h - the values for ACPI's PM1 control registers that switch the machine off.
 */
#ifndef ARCH_X86_ACPI_ACPI_SLEEP_H
#define ARCH_X86_ACPI_ACPI_SLEEP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads the sleep types of S5 for PM1a and PM1b from the DSDT at that physical address. False:
 * there is no DSDT in mapped memory, or it has no \_S5 that can be read.
 */
bool acpi_find_s5(uint64_t dsdt, int *type_a, int *type_b);

#endif
