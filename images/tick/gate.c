// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * gate.c - calls Switchyard's gate. guest/linux/switchyard.h says what must be true at a call. For
 * tick it always is, because tick has one CPU and uses Switchyard's identity map.
 */
#include "switchyard_names.h"
#include "tick.h"

typedef int64_t gate_function(uint64_t op, uint64_t arg);

static int64_t gate(struct tick *tick, uint64_t op, uint64_t arg)
{
	if (!tick->switchyard)
		return SWITCHYARD_EBADOP;
	return ((gate_function *)tick->switchyard->gate)(op, arg);
}

void gate_explain(struct tick *tick, int64_t error)
{
	if (!tick->switchyard)
		say(tick, "no Switchyard to switch with");
	else
		say(tick, "the gate refused: error -%lu, %s", (uint64_t)-error,
		    switchyard_error_text((int)error));
}

void gate_tell_devices(struct tick *tick)
{
	static struct switchyard_call call __attribute__((aligned(8))) = {
		.size = sizeof(call),
		.service = SWITCHYARD_PREPARE,
		.kind = SWITCHYARD_MONITOR,
	};

	gate(tick, SWITCHYARD_SERVICE, (uint64_t)&call);
}

static int64_t leave(struct tick *tick, uint64_t op, uint64_t arg)
{
	int64_t result = gate(tick, op, arg);

	if (result < 0) {
		gate_explain(tick, result);
		return result;
	}
	/* Another kernel saw the release of the keys that were held at the call, so forget them. */
	tick->keyboard = (struct keyboard){0};
	tick->switches++;
	say(tick, "back after %u switches", tick->switches);
	return result;
}

int64_t gate_switch(struct tick *tick, uint32_t slot)
{
	return leave(tick, SWITCHYARD_SWITCH, slot);
}

int64_t gate_monitor(struct tick *tick)
{
	return leave(tick, SWITCHYARD_MONITOR, 0);
}

void gate_poweroff(struct tick *tick)
{
	gate_explain(tick, gate(tick, SWITCHYARD_END, SWITCHYARD_END_POWEROFF));
}

void gate_crash(struct tick *tick, const char *message)
{
	struct switchyard_notes *notes;

	if (!tick->switchyard)
		return;
	notes = &tick->switchyard->notes;
	for (uint32_t i = 0; i + 1 < sizeof(notes->message); i++) {
		notes->message[i] = message[i];
		if (!message[i])
			break;
	}
	gate(tick, SWITCHYARD_CRASH, 0);
}
