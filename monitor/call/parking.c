// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/call/parking.h"
#include "arch/x86/gate/crew.h"
#include "arch/x86/watchdog/watchdogs.h"
#include "lib/print.h"
#include "monitor/switch/integrity.h"

void parking_keep(struct monitor *monitor, const struct slot *slot, struct kept_state *kept,
		  enum kept_how how)
{
	kept_state_save(&monitor->slots, slot, kept, how);
	kept->crew = crew_waiting();
	if (how != KEPT_ENDED)
		kept_state_save_apart(monitor, slot, kept);
	else
		kept->apart_size = 0;
	kept_state_note_registers(kept);
	kept_state_idle(kept, 1);
	kept->cpu[0]->progress = GATE_PARKED;
}

void parking_warn_of_watchdog(struct monitor *monitor, const struct slot *slot)
{
	const char *name = watchdogs_locked();

	if (name)
		log_line(
			&monitor->log, LOG_WARN,
			"slot %s: its watchdog %s is locked: it can't be stopped, and resets the "
			"machine unless it is fed; the monitor does that at its prompt, other slots "
			"have to do it themselves",
			slot->name, name);
}

/*
 * The slot may have changed its text itself while it ran, so this warns only, and once a turn. One
 * more line says at the turn's end how much changed.
 */
static void report_text(struct monitor *monitor, const struct slot *slot,
			const struct text_turn *turn, uint32_t told,
			const struct text_piece *changed)
{
	uint64_t at = changed ? text_piece_address(changed) : 0;
	char size[SIZE_TEXT];

	if (changed && !told)
		log_line(&monitor->log, LOG_WARN,
			 "slot %s: its kernel text at %#lx to %#lx changed since it was last read: "
			 "by itself, as tracing does, or by another slot",
			 slot->name, at, at + text_piece_size(changed) - 1);
	if (!turn->next.end)
		return;
	if (turn->changed > 1)
		log_line(&monitor->log, LOG_WARN,
			 "slot %s: %u of %u pieces of its kernel text changed like this",
			 slot->name, turn->changed, turn->count);
	if (turn->left_out)
		log_line(&monitor->log, LOG_WARN,
			 "slot %s: %s of its kernel text are too much to be checked", slot->name,
			 format_size(size, turn->left_out));
	log_line(&monitor->log, LOG_DEBUG, "slot %s: %s of kernel text in %u pieces", slot->name,
		 format_size(size, turn->size), turn->count);
}

void parking_take_checksums(struct monitor *monitor, const struct slot *slot,
			    struct kept_state *kept, bool quick)
{
	const struct text_turn *turn = &kept->integrity.text;
	uint32_t told = turn->next.end ? 0 : turn->changed;
	const struct text_piece *changed =
		integrity_take(slot, kept, monitor->options.integrity, quick);

	if (kept->integrity.parts & INTEGRITY_PART_TEXT)
		report_text(monitor, slot, turn, told, changed);
}

void parking_warn_of_lost_cpus(struct monitor *monitor, const struct slot *slot, uint32_t others,
			       uint64_t crew)
{
	uint32_t count = 0;

	for (; crew; crew &= crew - 1)
		count++;
	if (count < others)
		log_line(&monitor->log, LOG_ERROR,
			 "slot %s: %u of its CPUs faulted in the monitor; it comes back without "
			 "them",
			 slot->name, others - count);
}
