/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * selfcheck.c - a fake of a monitor without damage. Its slots have no state, but some RAM for it if
 * they were added.
 */
#include <stddef.h>
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/gate/descriptors.h"
#include "arch/x86/gate/gate.h"
#include "arch/x86/memory/paging.h"
#include "arch/x86/platform/platform.h"
#include "monitor/check/selfcheck.h"
#include "monitor/plan/plan_monitor.h"
#include "monitor/plan/plan_regions.h"
#include "monitor/switch/kept_state.h"
#include "monitor/switch/switch.h"

#define FAKE_KEPT  (5 * PAGE_SIZE)
#define FAKE_BLOCK (6 * PAGE_SIZE)

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
	static const struct state_item registers = {.name = "registers", .version = 1};
	static const struct state_layout layout = {
		.count = 1,
		.size = sizeof(struct cpu_context),
		.place[0] = {&registers, 0, sizeof(struct cpu_context)},
	};

	return &layout;
}

const struct debug_state *cpu_state_debug(const struct cpu_context *context)
{
	static const struct debug_state none;

	(void)context;
	return &none;
}

uint64_t cpu_state_form(void)
{
	return 1;
}

void cpu_state_own_types(struct cpu_context *context)
{
	(void)context;
}

const struct state_layout *platform_layout(void)
{
	static const struct state_layout none;

	return &none;
}

void kept_state_build_block(struct monitor *monitor, uint32_t index)
{
	(void)monitor;
	(void)index;
}

void kept_state_idle(struct kept_state *kept, uint32_t first)
{
	(void)kept;
	(void)first;
}

struct kept_state *kept_state(uint32_t index)
{
	static struct kept_state machines[SWITCHYARD_MAX_SLOTS];

	return &machines[index];
}

/* The RAM that is kept for slots that were added; 0: none. */
static uint64_t kept_bases[SWITCHYARD_MAX_SLOTS];

bool kept_state_add(struct monitor *monitor, uint32_t index, struct error *error)
{
	if (!plan_take(&monitor->plan, FAKE_KEPT, BELOW_4G, OWNER_KEPT, &kept_bases[index]))
		return fail(error, "this fake has no room");
	*kept_state(index) = (struct kept_state){0};
	monitor->slots.slot[index].block.size = FAKE_BLOCK;
	return true;
}

void kept_state_drop(struct monitor *monitor, uint32_t index)
{
	if (kept_bases[index])
		plan_release(&monitor->plan, kept_bases[index], FAKE_KEPT, OWNER_KEPT);
	kept_bases[index] = 0;
}

void switch_stop_ended_devices(struct monitor *monitor)
{
	monitor->devices_running = false;
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
