// SPDX-License-Identifier: GPL-2.0-only
/*
 * no_cpu.c - no parser asks the CPU. But fuzz_console reaches `selftest`, which looks at CR3, and
 * links what builds a slot's ACPI tables, which asks for the boot CPU's number.
 */
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/interrupt/lapic.h"

uint64_t read_cr3(void)
{
	return 0;
}

uint32_t lapic_id(void)
{
	return 0;
}
