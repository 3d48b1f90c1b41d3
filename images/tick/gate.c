// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * gate.c - calls Switchyard's gate. guest/linux/switchyard.h says what must be true at a call. For
 * tick it always is, because tick uses Switchyard's identity map, and does not mind that its second
 * CPU is stopped.
 */
#include "switchyard_names.h"
#include "tick.h"

typedef int64_t gate_function(uint64_t op, uint64_t arg);

int64_t gate_call(struct tick *tick, uint64_t op, uint64_t arg)
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

/* A switch that is not quick. */
static int64_t deep_call(struct tick *tick, uint64_t op, uint64_t arg)
{
	int64_t result = gate_call(tick, op, arg);

	if (!result || result == SWITCHYARD_EIMAGE)
		second_cpu_start(tick);
	return result;
}

/* With the option `quick`, a switch that may not be quick is deep. */
static int64_t quick_or_deep_call(struct tick *tick, uint64_t op, uint64_t arg)
{
	int64_t result;

	if (!tick->quick)
		return deep_call(tick, op, arg);
	result = quick_call(tick, op, arg);
	return result == SWITCHYARD_EREFUSED && tick->options.quick ? deep_call(tick, op, arg)
								    : result;
}

static int64_t leave(struct tick *tick, uint64_t op, uint64_t arg)
{
	int64_t result = quick_or_deep_call(tick, op, arg);

	if (result < 0) {
		gate_explain(tick, result);
		return result;
	}
	/* Another kernel saw the release of the keys that were held at the call, so forget them. */
	tick->keyboard = (struct keyboard){0};
	tick->switches++;
	if (tick->second.present)
		say(tick, "back after %u switches, second CPU after %u, at %lu", tick->switches,
		    tick->second.parks, tick->second.count);
	else
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
	gate_explain(tick, gate_call(tick, SWITCHYARD_END, SWITCHYARD_END_POWEROFF));
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
	gate_call(tick, SWITCHYARD_CRASH, 0);
}
