/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gate_call.h - handles guests' calls of the gate (gate_handler_fn in arch/x86/gate/anchor.h).
 */
#ifndef MONITOR_CALL_GATE_CALL_H
#define MONITOR_CALL_GATE_CALL_H

#include "monitor/switch/monitor.h"

/* Gives the gate its handler and the monitor's state. It is called before any slot runs. */
void gate_call_init(struct monitor *monitor);

#endif
