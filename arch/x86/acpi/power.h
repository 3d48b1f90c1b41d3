/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * power.h - switches the machine off, and resets it. machine_init() must have been called before.
 */
#ifndef ARCH_X86_ACPI_POWER_H
#define ARCH_X86_ACPI_POWER_H

/* Tries ACPI's reset register, then the keyboard controller, then a triple fault. */
void machine_reboot(void) __attribute__((noreturn));

/* Switches from the firmware's handling of ACPI's events to the kernel's, if that is not done yet. */
void power_enable_acpi(void);

/* Switches the machine off by ACPI (S5). If that is not possible, it returns the reason. */
const char *machine_poweroff(void);

#endif
