// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/fault.h"
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/platform/platform.h"
#include "lib/print.h"
#include "monitor/slot/life.h"
#include "monitor/switch/kept_state.h"

static void fault_print(void *context, const char *line)
{
	struct monitor *monitor = context;

	log_error(&monitor->log, line);
}

/* If a slot had the machine, it has crashed, and the machine is quiet. */
static void fault_crash_slot(struct monitor *monitor)
{
	struct kept_state *kept;
	struct slot *slot;

	if (monitor->current == NO_SLOT)
		return;
	slot = &monitor->slots.slot[monitor->current];
	kept = kept_state(monitor->current);
	if (!life_step(slot->state, LIFE_CRASH))
		return;
	platform_save(kept->platform, cpu_state_lapic(kept->cpu[0]));
	monitor->devices_running |= life_apply(slot, LIFE_CRASH)->devices_running;
	format_text(slot->crash, sizeof(slot->crash), "%s",
		    kept->cpu[0]->progress == GATE_IDLE ? "fault before it had tables of its own"
							: "fault in the gate");
	monitor->frontend.take(monitor->frontend.context);
}

static void fault_recover(void *context)
{
	struct monitor *monitor = context;

	fault_crash_slot(monitor);
	monitor->frontend.talk(monitor->frontend.context);
}

void fault_init(struct monitor *monitor)
{
	monitor->fault = (struct exception_report){
		.print = fault_print,
		.recover = fault_recover,
		.context = monitor,
	};
	exception_report_to(&monitor->fault);
}
