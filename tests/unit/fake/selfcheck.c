/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * selfcheck.c - a fake of a monitor without damage. Its slots have no state.
 */
#include <stddef.h>
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/gate/descriptors.h"
#include "arch/x86/gate/gate.h"
#include "arch/x86/memory/paging.h"
#include "arch/x86/platform/platform.h"
#include "monitor/check/selfcheck.h"
#include "monitor/switch/kept_state.h"

const void *selfcheck_damage(const struct selfcheck *check)
{
	(void)check;
	return NULL;
}

bool selfcheck_descriptors(const struct selfcheck *check)
{
	(void)check;
	return true;
}

bool descriptors_loaded(void)
{
	return true;
}

uint64_t paging_cr3_now(void)
{
	return read_cr3();
}

bool paging_check(uint64_t *address)
{
	(void)address;
	return true;
}

const struct state_layout *cpu_state_layout(void)
{
	static const struct state_layout none;

	return &none;
}

const struct state_layout *platform_layout(void)
{
	return cpu_state_layout();
}

struct kept_state *kept_state(uint32_t index)
{
	static struct kept_state machines[SWITCHYARD_MAX_SLOTS];

	return &machines[index];
}

uint64_t kept_state_size(const struct monitor *monitor, uint32_t index)
{
	(void)monitor;
	return (index + 1) * KIB;
}

uint64_t kept_state_own_size(void)
{
	return 2 * KIB;
}

void paging_copy(uint64_t pml4, uint64_t pdpt)
{
	(void)pml4;
	(void)pdpt;
}

bool paging_is_copy(uint64_t pml4, uint64_t pdpt)
{
	(void)pml4;
	(void)pdpt;
	return true;
}

void gate_entry(void)
{
}
