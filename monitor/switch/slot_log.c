// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/slot_log.h"
#include <stddef.h>
#include "lib/string.h"
#include "lib/units.h"
#include "monitor/core/interrupted.h"
#include "monitor/core/vmcoreinfo.h"
#include "monitor/switch/kept_state.h"

#define LAST_PAGES   (GIB / PAGE_SIZE) /* a crash does not wait for more to be looked at */
#define LAST_RECORDS 20		       /* most of a screen: the trace, and what came before it */

/*
 * True if the page tables that the boot CPU used last say the same as the note about where the
 * kernel is. Kernels that ran in this RAM before may have left notes, too, and they were elsewhere:
 * KASLR. If the boot CPU has not come to the gate in this run, its CR3 is 0, and then any note will
 * do.
 */
static bool is_of_last_run(const struct slot *slot, const struct cpu_context *cpu,
			   const struct guest_memory *memory, const struct vmcoreinfo *info)
{
	struct page_walk walk = slot_memory_tables(slot, cpu->cr3, cpu->cr4);
	uint64_t text, physical;

	if (!memory->is_64 || !cpu->cr3 || cpu->progress != GATE_PARKED ||
	    !vmcoreinfo_number(info, "SYMBOL(_stext)", &text))
		return true;
	return page_walk_find(&walk, text, &physical) && physical == text + memory->image_offset;
}

/* Opens the log that the note tells of. False: there is none, or an earlier kernel's. */
static bool open_by_note(const struct slot *slot, const struct kept_state *kept,
			 const struct vmcoreinfo *info, struct printk_log *log, struct error *error)
{
	if (!printk_log_open(log, &slot->ram, info, error))
		return false;
	guest_memory_add(&log->memory, &slot->dma);
	return is_of_last_run(slot, kept->cpu[0], &log->memory, info);
}

/* Linux never moves its note, and a long search would be felt where the slot stands still. */
static bool is_at_hint(const struct slot *slot, const struct kept_state *kept,
		       struct printk_log *log, struct vmcoreinfo *info)
{
	uint64_t at = kept->log_hint;
	struct error none;

	return at && vmcoreinfo_search(&slot->ram, &at, 1, info) &&
	       open_by_note(slot, kept, info, log, &none);
}

static enum slot_log search(const struct slot *slot, struct kept_state *kept, uint64_t pages,
			    struct printk_log *log, struct error *error)
{
	static struct vmcoreinfo info;

	if (!kept->log_note && is_at_hint(slot, kept, log, &info))
		kept->log_note = kept->log_hint;
	if (!kept->log_note)
		kept->log_note = slot->ram.base;
	if (!vmcoreinfo_search(&slot->ram, &kept->log_note, pages, &info)) {
		if (kept->log_note < slot->ram.base + slot->ram.size)
			return SLOT_LOG_AGAIN;
		kept->log_note = 0;
		fail(error,
		     "slot %s: no log in its memory that can be read; expected that of Linux 5.10 "
		     "or later, with VMCOREINFO",
		     slot->name);
		return SLOT_LOG_NONE;
	}
	if (open_by_note(slot, kept, &info, log, error)) {
		kept->log_hint = kept->log_note;
		return SLOT_LOG_FOUND;
	}
	kept->log_note += PAGE_SIZE;
	return SLOT_LOG_AGAIN;
}

enum slot_log slot_log_open(const struct monitor *monitor, const struct slot *slot, uint64_t pages,
			    struct printk_log *log, struct error *error)
{
	if (slot->state == SWITCHYARD_RUNNING)
		fail(error, "slot %s runs; expected one that does not", slot->name);
	else if (!slot->runs)
		fail(error, "slot %s has never run", slot->name);
	else
		return search(slot, kept_state(slot_index(&monitor->slots, slot)), pages, log,
			      error);
	return SLOT_LOG_NONE;
}

bool slot_log_find(const struct monitor *monitor, const struct slot *slot, struct printk_log *log,
		   struct error *error)
{
	enum slot_log found;

	do
		found = slot_log_open(monitor, slot, UINT64_MAX, log, error);
	while (found == SLOT_LOG_AGAIN);
	return found == SLOT_LOG_FOUND;
}

enum slot_log slot_log_memory(const struct monitor *monitor, const struct slot *slot,
			      uint64_t pages, struct printk_log *log, struct slot_memory *told)
{
	const struct kept_state *kept = kept_state(slot_index(&monitor->slots, slot));
	enum slot_log found = SLOT_LOG_NONE;
	struct error none;

	if (slot->type == SWITCHYARD_LINUX)
		found = slot_log_open(monitor, slot, pages, log, &none);
	*told = (struct slot_memory){.slot = slot,
				     .cpu = kept->cpu,
				     .cpu_count = GATE_MAX_CPUS,
				     .registers = kept->registers,
				     .memory = found == SLOT_LOG_FOUND ? &log->memory : NULL,
				     .note = kept->log_note};
	interrupted_find_registers(kept->interrupted, told);
	return found;
}

bool slot_log_find_memory(const struct monitor *monitor, const struct slot *slot,
			  struct printk_log *log, struct slot_memory *told)
{
	while (slot_log_memory(monitor, slot, UINT64_MAX, log, told) == SLOT_LOG_AGAIN)
		;
	return told->memory;
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

	if (slot_log_open(monitor, slot, LAST_PAGES, &log, &error) == SLOT_LOG_FOUND)
		printk_log_show_last(&log, LAST_RECORDS, write_line, monitor);
}

/* Lines on their way to memory. */
struct lines {
	char *to;
	uint32_t room, used;
	bool full;
};

static void copy_line(const char *line, void *context)
{
	struct lines *lines = context;
	uint32_t length = (uint32_t)strlen(line);

	if (lines->full || lines->room - lines->used <= length) {
		lines->full = true;
		return;
	}
	memcpy(lines->to + lines->used, line, length);
	lines->to[lines->used + length] = '\n';
	lines->used += length + 1;
}

uint32_t slot_log_copy(const struct printk_log *log, uint64_t *first, char *to, uint32_t room)
{
	struct lines lines = {.to = to, .room = room};
	uint64_t end = printk_log_count(log);

	if (*first < end && end - *first > SLOT_LOG_AT_ONCE)
		end = *first + SLOT_LOG_AT_ONCE;
	for (; *first < end; (*first)++) {
		uint32_t before = lines.used;

		printk_log_show(log, *first, 1, copy_line, &lines);
		if (lines.full)
			return before;
	}
	return lines.used;
}
