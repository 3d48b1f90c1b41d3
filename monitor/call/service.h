/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * service.h - what a guest asks of the gate without giving the machine away.
 */
#ifndef MONITOR_CALL_SERVICE_H
#define MONITOR_CALL_SERVICE_H

#include "monitor/switch/monitor.h"

/*
 * Answers SWITCHYARD_SERVICE for the slot that runs, and returns what the gate returns. address is
 * the guest's struct switchyard_call. It may have any value, and the structure any contents, which
 * may change at any time. The caller holds monitor->lock. Nothing is written to the terminal,
 * because the slot has it.
 */
int64_t service_answer(struct monitor *monitor, uint64_t address);

#endif
