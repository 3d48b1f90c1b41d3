/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * slot_cpus.h - which CPUs the slot has. Each slot gets a MADT of its own that lists those of its
 * option cpus= only: ACPI 6.4, section 5.2.12.
 */
#ifndef CPUS_SLOT_CPUS_H
#define CPUS_SLOT_CPUS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Finds the first CPU that is not the boot CPU, which calls this. False if the slot has no other one,
 * or rsdp is NULL.
 */
bool slot_second_cpu(const void *rsdp, uint32_t *apic_id);

#endif
