/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fault.h - what becomes of a fault of the monitor's own: it is reported, a slot that had the
 * machine has crashed, and the person decides.
 */
#ifndef MONITOR_SWITCH_FAULT_H
#define MONITOR_SWITCH_FAULT_H

#include "monitor/switch/monitor.h"

/* Takes care of faults from here on. After cpu_state_keep_firmware(). */
void fault_init(struct monitor *monitor);

#endif
