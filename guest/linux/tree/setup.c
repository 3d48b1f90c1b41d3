// SPDX-License-Identifier: GPL-2.0-only
/*
 * setup.c - finds the monitor, long before drivers can be started, so that a panic or a restart in
 * the first second ends this kernel alone.
 *
 * That happens twice: in setup_arch(), with page tables for the boot CPU only and a mapping that
 * does not last, and again before other CPUs are started.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/acpi.h>
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/string.h>
#include <linux/switchyard.h>
#include "core.h"
#include "hooks.h"
#include "intree.h"

/* Two pages, aligned to their size: core_gate.c says why. */
static u64 early_top[2 * PTRS_PER_PGD] __initdata __aligned(2 * PAGE_SIZE);
static u64 *early_tops[] __initdata = {early_top};

static struct switchyard_info *early_info __initdata;

static u64 info_address __initdata;

static int __init note_table(struct acpi_table_header *header)
{
	const struct switchyard_acpi *table = (const struct switchyard_acpi *)header;

	if (header->length >= sizeof(*table))
		info_address = table->info;
	return 0;
}

/* What is wrong with it is told when it is looked at again. */
static bool __init is_usable(const struct switchyard_info *info)
{
	return info->magic == SWITCHYARD_MAGIC && info->version == SWITCHYARD_ABI_VERSION &&
	       info->size >= sizeof(*info);
}

void __init switchyard_setup(void)
{
	struct switchyard_core *core = &switchyard_core;
	struct switchyard_info *info;

	if (acpi_table_parse(SWITCHYARD_SIGNATURE, note_table) || !info_address)
		return;
	info = early_memremap(info_address, sizeof(*info));
	if (!info)
		return;
	early_info = info;
	if (!is_usable(info))
		return;
	core->info = info;
	core->gate.top = early_tops;
	core->gate.identity = pgtable_l5_enabled() ? info->identity_pml4 : info->identity_pdpt;
	core->gate.entry = info->gate;
	info->notes.driver = 1;
}

/* From here on, each CPU can call the gate. */
static int __init switchyard_find_again(void)
{
	if (!early_info)
		return 0;
	if (switchyard_core_find())
		memset(&switchyard_core, 0, sizeof(switchyard_core));
	else
		switchyard_functions_find();
	early_memunmap(early_info, sizeof(*early_info));
	return 0;
}
early_initcall(switchyard_find_again);

bool switchyard_present(void)
{
	return switchyard_core.gate.entry;
}

/* Linux has started the other CPUs. */
static int __init switchyard_guard_first(void)
{
	if (switchyard_present())
		switchyard_guard_again();
	return 0;
}
core_initcall(switchyard_guard_first);
