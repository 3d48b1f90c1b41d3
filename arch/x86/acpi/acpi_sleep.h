/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * acpi_sleep.h - what to write to ACPI's PM1 control registers for a sleep state.
 */
#ifndef ARCH_X86_ACPI_ACPI_SLEEP_H
#define ARCH_X86_ACPI_ACPI_SLEEP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The values for PM1a's and PM1b's sleep type fields that switch the machine off, from the DSDT at
 * that address. False: it is no DSDT in mapped memory, or does not say.
 */
bool acpi_find_s5(uint64_t dsdt, int *type_a, int *type_b);

#endif
