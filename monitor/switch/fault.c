// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/fault.h"
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/platform/platform.h"
#include "lib/print.h"
#include "monitor/owner/owner.h"
#include "monitor/slot/life.h"
#include "monitor/switch/kept_state.h"
#include "monitor/switch/successor.h"

static void fault_take(void *context)
{
	struct monitor *monitor = context;

	monitor->frontend.take(monitor->frontend.context);
}

static void fault_print(void *context, const char *line)
{
	struct monitor *monitor = context;

	log_error(&monitor->log, line);
}

/* While no switch is under way, progress is that of the last one: GATE_IDLE or GATE_PARKED. */
static const char *fault_reason(enum gate_progress progress, bool in_monitor)
{
	if (!in_monitor)
		return "fault before it had tables of its own";
	return progress == GATE_IDLE || progress == GATE_PARKED ? "fault in the monitor"
								: "fault in the gate";
}

/* A slot that had the machine becomes a crashed slot, and the machine becomes quiet. */
static void fault_recover(void *context, bool in_monitor)
{
	struct monitor *monitor = context;
	struct kept_state *kept;
	struct slot *slot;

	if (monitor->current == NO_SLOT)
		return;
	slot = &monitor->slots.slot[monitor->current];
	kept = kept_state(monitor->current);
	if (!life_step(slot->state, LIFE_CRASH))
		return;
	kept_state_save(&monitor->slots, slot, kept, KEPT_ENDED);
	monitor->devices_running |= life_apply(slot, LIFE_CRASH)->devices_running;
	owner_end(&monitor->slots, slot);
	new_image_drop(monitor, monitor->current);
	format_text(slot->crash, sizeof(slot->crash), "%s",
		    fault_reason(kept->cpu[0]->progress, in_monitor));
	kept_state_note_registers(kept);
	kept->cpu[0]->progress = GATE_PARKED;
	monitor->succession.faulted = slot;
	monitor->frontend.take(monitor->frontend.context); /* platform_save() reset its devices */
}

__attribute__((noreturn)) static void fault_talk(void *context)
{
	struct monitor *monitor = context;

	successor_start_after_fault(monitor);
	monitor->frontend.talk(monitor->frontend.context);
}

void fault_init(struct monitor *monitor)
{
	monitor->fault = (struct exception_report){
		.take = fault_take,
		.print = fault_print,
		.recover = fault_recover,
		.talk = fault_talk,
		.context = monitor,
	};
	exception_report_to(&monitor->fault);
}
