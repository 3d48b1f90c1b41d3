// SPDX-License-Identifier: GPL-2.0-only
/*
 * fake_machine.c - the functions of arch/x86/acpi/machine.h, power.h and ioapic.h, for a fake
 * machine (fake_machine.h).
 */
#include <string.h>
#include "arch/x86/acpi/power.h"
#include "arch/x86/memory/phys.h"
#include "fake_machine.h"

struct fake_machine fake_machine;

const struct machine *machine(void)
{
	return &fake_machine.machine;
}

uint32_t machine_cpus(struct machine_cpu *cpus, uint32_t max)
{
	for (uint32_t i = 0; i < fake_machine.cpu_count && i < max; i++)
		cpus[i] = fake_machine.cpu[i];
	return fake_machine.cpu_count;
}

const char *machine_cpu_name(void)
{
	return "Fake CPU";
}

bool machine_read(uint64_t address, void *buffer, uint32_t size, uint64_t *bad)
{
	for (uint32_t i = 0; i < size; i++) {
		const uint8_t *byte = phys(address + i);

		if (!byte) {
			*bad = address + i;
			return false;
		}
		((uint8_t *)buffer)[i] = *byte;
	}
	return true;
}

void machine_reboot(void)
{
	longjmp(fake_machine.rebooted, 1);
}

const char *machine_poweroff(void)
{
	return "this fake can't";
}

uint64_t ioapic_read_rte(const struct ioapic *ioapic, uint32_t pin)
{
	(void)ioapic;
	return fake_machine.rte[pin];
}
