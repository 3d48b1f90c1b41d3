// SPDX-License-Identifier: GPL-2.0-only
/*
 * power.c - switching the machine off, and resetting it (machine.h).
 */
#include "arch/x86/clock.h"
#include "arch/x86/cpu.h"
#include "arch/x86/io.h"
#include "arch/x86/machine.h"
#include "arch/x86/phys.h"
#include "lib/string.h"

#define KEYBOARD_COMMAND    0x64
#define KEYBOARD_STATUS_IBF 0x02
#define KEYBOARD_RESET	    0xfe /* pulse the reset line: IBM PS/2 keyboard controller command */
#define RESET_WAIT_US	    100000
#define POWEROFF_WAIT_US    1000000
#define KEYBOARD_POLLS	    10000

/* AML (ACPI 20.2): what encodes Name (\_S5, Package () {type a, type b, ...}). */
#define AML_NAME    0x08
#define AML_PACKAGE 0x12
#define AML_BYTE    0x0a
#define AML_ZERO    0x00
#define AML_ONE	    0x01
#define AML_ROOT    '\\'

static void write_reset_register(void)
{
	const struct acpi_fadt *fadt = machine()->fadt;

	if (!fadt ||
	    fadt->header.length < __builtin_offsetof(struct acpi_fadt, arm_boot_architecture) ||
	    !(fadt->flags & ACPI_FADT_RESET_SUPPORTED))
		return;
	if (fadt->reset_register.space == ACPI_SPACE_IO)
		outb((uint16_t)fadt->reset_register.address, fadt->reset_value);
	else if (fadt->reset_register.space == ACPI_SPACE_MEMORY)
		*(volatile uint8_t *)phys(fadt->reset_register.address) = fadt->reset_value;
	clock_wait_us(RESET_WAIT_US);
}

void machine_reboot(void)
{
	static const struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) no_idt;

	write_reset_register();
	for (int i = 0; i < KEYBOARD_POLLS && inb(KEYBOARD_COMMAND) & KEYBOARD_STATUS_IBF; i++)
		io_wait();
	outb(KEYBOARD_COMMAND, KEYBOARD_RESET);
	clock_wait_us(RESET_WAIT_US);
	__asm__ volatile("lidt %0; int3" : : "m"(no_idt)); /* a triple fault resets any PC */
	cpu_stop();
}

/* A small integer in AML; *at moves behind it. */
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

/* Is this "_S5_" the name of a package, as opposed to a reference to it? */
static bool names_package(const uint8_t *start, const uint8_t *name)
{
	if (name - start < 2 || name[4] != AML_PACKAGE)
		return false;
	return name[-1] == AML_NAME || (name[-1] == AML_ROOT && name[-2] == AML_NAME);
}

/*
 * The sleep types of S5, from the DSDT. An AML interpreter is not needed for that: every DSDT that
 * is known spells
 * \_S5 out as a package of constants.
 */
static bool find_s5(const struct acpi_header *dsdt, int *type_a, int *type_b)
{
	const uint8_t *start = (const uint8_t *)(dsdt + 1);
	const uint8_t *end = (const uint8_t *)dsdt + dsdt->length;

	for (const uint8_t *at = start; at + 8 < end; at++) {
		const uint8_t *package;

		if (memcmp(at, "_S5_", 4) || !names_package(start, at))
			continue;
		package = at + 5;
		package += (*package >> 6) + 1; /* PkgLength: its lead byte counts the others */
		package++;			/* number of elements */
		*type_a = aml_integer(&package, end);
		*type_b = aml_integer(&package, end);
		return *type_a >= 0 && *type_b >= 0;
	}
	return false;
}

static void sleep(uint32_t port, int type)
{
	uint16_t value;

	if (!port)
		return;
	value = inw((uint16_t)port) & (uint16_t)~ACPI_PM1_SLEEP_TYPE_MASK;
	outw((uint16_t)port,
	     value | (uint16_t)(type << ACPI_PM1_SLEEP_TYPE_SHIFT) | ACPI_PM1_SLEEP_ENABLE);
}

const char *machine_poweroff(void)
{
	const struct acpi_fadt *fadt = machine()->fadt;
	const struct acpi_header *dsdt;
	int type_a, type_b;

	if (!fadt)
		return "this machine has no ACPI tables that say how";
	dsdt = phys(fadt->dsdt);
	if (!dsdt || memcmp(dsdt->signature, "DSDT", sizeof(dsdt->signature)) ||
	    !find_s5(dsdt, &type_a, &type_b))
		return "the ACPI tables don't name the sleep type of S5";
	if (!(inw((uint16_t)fadt->pm1a_control) & ACPI_PM1_SCI_ENABLE) && fadt->smi_command) {
		outb((uint16_t)fadt->smi_command, fadt->acpi_enable);
		clock_wait_us(RESET_WAIT_US);
	}
	sleep(fadt->pm1a_control, type_a);
	sleep(fadt->pm1b_control, type_b);
	clock_wait_us(POWEROFF_WAIT_US);
	return "the machine did not react to ACPI's S5 request";
}
