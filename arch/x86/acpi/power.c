// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/acpi/power.h"
#include "arch/x86/acpi/acpi_sleep.h"
#include "arch/x86/acpi/fadt.h"
#include "arch/x86/acpi/machine.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/io.h"
#include "arch/x86/cpu/segments.h"
#include "arch/x86/keyboard/i8042.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/time/clock.h"

#define RESET_WAIT_US	 100000
#define POWEROFF_WAIT_US 1000000
#define KEYBOARD_POLLS	 10000

static void write_reset_register(void)
{
	const struct acpi_fadt *fadt = machine()->fadt;

	if (!fadt ||
	    fadt->header.length < __builtin_offsetof(struct acpi_fadt, arm_boot_architecture) ||
	    !(fadt->flags & ACPI_FADT_RESET_SUPPORTED) || !fadt->reset_register.address)
		return;
	if (fadt->reset_register.space == ACPI_SPACE_IO)
		outb((uint16_t)fadt->reset_register.address, fadt->reset_value);
	else if (fadt->reset_register.space == ACPI_SPACE_MEMORY &&
		 phys_range(fadt->reset_register.address, sizeof(fadt->reset_value)))
		*(volatile uint8_t *)phys(fadt->reset_register.address) = fadt->reset_value;
	clock_wait_us(RESET_WAIT_US);
}

void machine_reboot(void)
{
	static const struct descriptor_pointer no_idt;

	write_reset_register();
	for (int i = 0; i < KEYBOARD_POLLS && inb(I8042_STATUS) & I8042_STATUS_INPUT; i++)
		io_wait();
	outb(I8042_COMMAND, I8042_PULSE_RESET);
	clock_wait_us(RESET_WAIT_US);
	__asm__ volatile("lidt %0; int3" : : "m"(no_idt)); /* a triple fault resets any PC */
	cpu_stop();
}

static void sleep(uint16_t port, int type)
{
	uint16_t value = inw(port) & (uint16_t)~ACPI_PM1_SLEEP_TYPE_MASK;

	value |= (uint16_t)(type << ACPI_PM1_SLEEP_TYPE_SHIFT) & ACPI_PM1_SLEEP_TYPE_MASK;
	outw(port, value | ACPI_PM1_SLEEP_ENABLE);
}

void power_enable_acpi(void)
{
	const struct acpi_fadt *fadt = machine()->fadt;
	uint16_t control = fadt ? fadt_port(fadt, fadt->pm1a_control, &fadt->x_pm1a_control) : 0;

	if (!control || !fadt->smi_command || (inw(control) & ACPI_PM1_SCI_ENABLE))
		return;
	outb((uint16_t)fadt->smi_command, fadt->acpi_enable);
	clock_wait_us(RESET_WAIT_US);
}

const char *machine_poweroff(void)
{
	const struct acpi_fadt *fadt = machine()->fadt;
	uint16_t control_a, control_b;
	int type_a, type_b;

	if (!fadt)
		return "this machine has no ACPI tables that say how";
	if (!acpi_find_s5(fadt_dsdt(fadt), &type_a, &type_b))
		return "the ACPI tables don't name the sleep type of S5";
	control_a = fadt_port(fadt, fadt->pm1a_control, &fadt->x_pm1a_control);
	control_b = fadt_port(fadt, fadt->pm1b_control, &fadt->x_pm1b_control);
	if (!control_a)
		return "the ACPI tables name no I/O port of the PM1a control register";
	power_enable_acpi();
	sleep(control_a, type_a);
	if (control_b)
		sleep(control_b, type_b);
	clock_wait_us(POWEROFF_WAIT_US);
	return "the machine did not react to ACPI's S5 request";
}
