/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * power.h - switching the machine off, and resetting it. machine_init() was called before.
 */
#ifndef ARCH_X86_ACPI_POWER_H
#define ARCH_X86_ACPI_POWER_H

/* Resets the machine: ACPI's reset register, then the keyboard controller, then a triple fault. */
void machine_reboot(void) __attribute__((noreturn));

/* Switches the machine off by ACPI (S5). Returns only if that is not possible: the reason. */
const char *machine_poweroff(void);

#endif
