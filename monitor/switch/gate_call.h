/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gate_call.h - what becomes of a guest's call of the gate (gate_handler_fn in
 * arch/x86/gate/anchor.h).
 */
#ifndef MONITOR_SWITCH_GATE_CALL_H
#define MONITOR_SWITCH_GATE_CALL_H

#include "monitor/switch/monitor.h"

/* Tells the gate whose monitor it is. Before any slot runs. */
void gate_call_init(struct monitor *monitor);

#endif
