/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_machine.h - a fake machine's CPUs and IO-APICs for tests on the host. Its memory is
 * fake.h's.
 */
#ifndef TESTS_FAKE_MACHINE_H
#define TESTS_FAKE_MACHINE_H

#include <setjmp.h>
#include "arch/x86/acpi/machine.h"

#define FAKE_MAX_CPUS 260

struct fake_machine {
	struct machine machine;
	struct machine_cpu cpu[FAKE_MAX_CPUS];
	uint32_t cpu_count;
	uint64_t rte[IOAPIC_MAX_PINS]; /* of every IO-APIC, by pin */
	jmp_buf rebooted;	       /* machine_reboot() jumps there, with 1 */
};

extern struct fake_machine fake_machine;

#endif
