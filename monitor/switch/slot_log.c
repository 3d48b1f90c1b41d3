// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/slot_log.h"
#include "lib/units.h"
#include "monitor/core/vmcoreinfo.h"
#include "monitor/switch/kept_state.h"

#define LAST_RECORDS 20 /* most of a screen: the trace, and what came before it */

/*
 * True if the page tables that a CPU used last say the same as the note about where the kernel is.
 * Kernels that ran in this RAM before may have left notes, too, and they were elsewhere: KASLR. A
 * slot that did not come to the gate has no such page tables, and then any note will do.
 */
static bool is_of_last_run(const struct slot *slot, const struct cpu_context *cpu,
			   const struct guest_memory *memory, const struct vmcoreinfo *info)
{
	struct page_walk walk = {.cr3 = cpu->cr3,
				 .cr4 = cpu->cr4,
				 .base = slot->ram.base,
				 .size = slot->ram.size};
	uint64_t text, physical;

	if (!memory->is_64 || cpu->progress != GATE_PARKED ||
	    !vmcoreinfo_number(info, "SYMBOL(_stext)", &text))
		return true;
	return page_walk_find(&walk, text, &physical) && physical == text + memory->image_offset;
}

/* The first note in the slot's memory that fits, with the log that it describes. */
static bool find_log(const struct slot *slot, const struct cpu_context *cpu, struct printk_log *log,
		     struct error *error)
{
	static struct vmcoreinfo info;
	uint64_t at = slot->ram.base;

	while (vmcoreinfo_search(&slot->ram, &at, slot->ram.size / PAGE_SIZE, &info)) {
		at += PAGE_SIZE;
		if (printk_log_open(log, &slot->ram, &info, error) &&
		    is_of_last_run(slot, cpu, &log->memory, &info))
			return true;
	}
	if (error->text[0])
		return false;
	return fail(error, "slot %s: no VMCOREINFO in its memory; expected a Linux kernel",
		    slot->name);
}

bool slot_log_open(const struct monitor *monitor, const struct slot *slot, struct printk_log *log,
		   struct error *error)
{
	uint32_t index = slot_index(&monitor->slots, slot);

	error->text[0] = '\0';
	if (slot->state == SWITCHYARD_RUNNING)
		return fail(error, "slot %s runs; expected one that does not", slot->name);
	if (!slot->runs)
		return fail(error, "slot %s has never run", slot->name);
	return find_log(slot, kept_state(index)->cpu[0], log, error);
}

static void write_line(const char *line, void *context)
{
	const struct monitor *monitor = context;

	monitor->frontend.write(monitor->frontend.context, line);
	monitor->frontend.write(monitor->frontend.context, "\n");
}

void slot_log_show_last(struct monitor *monitor, const struct slot *slot)
{
	static struct printk_log log;
	struct error error;

	if (slot_log_open(monitor, slot, &log, &error))
		printk_log_show(&log, LAST_RECORDS, write_line, monitor);
}
