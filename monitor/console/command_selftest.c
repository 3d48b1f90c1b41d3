// SPDX-License-Identifier: GPL-2.0-only
/*
 * command_selftest.c - `selftest`. It checks everything that the monitor can check of itself, and
 * prints one line for each check.
 */
#include "monitor/console/command_selftest.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/gate/descriptors.h"
#include "arch/x86/memory/paging.h"
#include "monitor/switch/integrity.h"
#include "lib/print.h"
#include "monitor/check/selfcheck.h"
#include "monitor/switch/kept_state.h"
#include "monitor/plan/store.h"

static bool check_code(struct monitor *monitor, struct error *error)
{
	const void *page = selfcheck_damage(&monitor->selfcheck);

	return !page || fail(error, "changed in the page at %#lx", (uintptr_t)page);
}

static bool check_descriptors(struct monitor *monitor, struct error *error)
{
	if (!descriptors_loaded())
		return fail(error, "others than the monitor's are loaded");
	return selfcheck_descriptors(&monitor->selfcheck) || fail(error, "changed");
}

static bool check_paging(struct monitor *monitor, struct error *error)
{
	uint64_t address;

	(void)monitor;
	if (read_cr3() != paging_cr3_now())
		return fail(error, "others than the monitor's are loaded");
	return paging_check(&address) ||
	       fail(error, "memory at %#lx is not mapped to itself", address);
}

static bool check_plan(struct monitor *monitor, struct error *error)
{
	const struct plan *plan = &monitor->plan;

	for (uint32_t i = 0; i + 1 < plan->count; i++) {
		const struct plan_region *region = &plan->region[i];

		if (region->base + region->size > region[1].base ||
		    region->base + region->size < region->base)
			return fail(error, "the regions at %#lx and %#lx overlap", region->base,
				    region[1].base);
	}
	return true;
}

static bool check_images(struct monitor *monitor, struct error *error)
{
	for (uint32_t i = 0; i < monitor->slots.count; i++)
		if (!store_check(&monitor->slots.slot[i], error))
			return false;
	return true;
}

static bool check_slots(struct monitor *monitor, struct error *error)
{
	for (uint32_t i = 0; i < monitor->slots.count; i++) {
		const struct slot *slot = &monitor->slots.slot[i];

		if (slot_waits(slot) && !integrity_verify(slot, kept_state(i), error))
			return false;
	}
	return true;
}

static const struct selftest {
	const char *name;
	bool (*check)(struct monitor *monitor, struct error *error);
} selftests[] = {
	{"code and constants", check_code}, {"descriptor tables", check_descriptors},
	{"page tables", check_paging},	    {"memory plan", check_plan},
	{"pristine images", check_images},  {"parked slots", check_slots},
};

#define SELFTEST_COUNT (sizeof(selftests) / sizeof(selftests[0]))

void command_selftest(struct ui *ui, int argc, char **argv)
{
	struct error error;

	(void)argc;
	(void)argv;
	for (uint32_t i = 0; i < SELFTEST_COUNT; i++) {
		const struct selftest *test = &selftests[i];

		if (test->check(ui->monitor, &error))
			console_printf(&ui->console, "%s: ok\n", test->name);
		else
			console_error(&ui->console, "%s: %s", test->name, error.text);
	}
}
