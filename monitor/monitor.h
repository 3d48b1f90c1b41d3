/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * monitor.h - the monitor's whole state, in one structure that is passed by pointer.
 */
#ifndef MONITOR_MONITOR_H
#define MONITOR_MONITOR_H

#include "arch/x86/gate/exception.h"
#include "boot_info.h"
#include "monitor/console/console.h"
#include "lib/error.h"
#include "monitor/log/log.h"
#include "monitor/config/options.h"
#include "monitor/plan/plan.h"
#include "monitor/switch/selfcheck.h"
#include "monitor/slot/slot.h"

#define NO_SLOT UINT32_MAX

struct monitor {
	struct boot_info *boot;
	uint64_t boot_offset; /* of *boot from the start of the monitor's image */
	struct exception_report fault;
	struct options options;
	struct console console;
	struct log log;
	struct plan plan;
	struct slot_table slots;
	struct selfcheck selfcheck;
	bool devices_running; /* a slot ended or crashed with its devices active */
	uint32_t current; /* the slot that runs, or that ran last and is parked; NO_SLOT: none */
};

#endif
