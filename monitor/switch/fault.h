/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fault.h - faults while the monitor has the machine: they are reported, a slot that had the
 * machine is marked as crashed, and the person decides what to do next.
 */
#ifndef MONITOR_SWITCH_FAULT_H
#define MONITOR_SWITCH_FAULT_H

#include "monitor/switch/monitor.h"

/* Faults are handled from here on. It is called after cpu_state_keep_firmware(). */
void fault_init(struct monitor *monitor);

#endif
