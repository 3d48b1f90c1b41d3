/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * monitor.h - the state that the monitor decides by, in one structure that is passed by pointer.
 *
 * It holds nothing of the user interface, which has a structure of its own (monitor/console/ui.h)
 * and points here.
 */
#ifndef MONITOR_SWITCH_MONITOR_H
#define MONITOR_SWITCH_MONITOR_H

#include "arch/x86/gate/exception.h"
#include "boot_info.h"
#include "monitor/config/options.h"
#include "monitor/log/log.h"
#include "monitor/plan/plan.h"
#include "monitor/slot/slot.h"
#include "monitor/snapshot/snapshot.h"
#include "monitor/switch/frontend.h"
#include "monitor/switch/new_image.h"
#include "monitor/check/selfcheck.h"
#include "monitor/storage/storage.h"
#include "monitor/switch/successor.h"

#define NO_SLOT UINT32_MAX

struct monitor {
	struct boot_info *boot;
	struct options options;
	struct log log;
	struct plan plan;
	struct slot_table slots;
	struct selfcheck selfcheck;
	struct frontend frontend;
	struct exception_report fault;
	bool devices_running; /* a slot ended or crashed with its devices active */
	bool boot_cpu_lost;   /* another CPU has the console, and no slot can run */
	struct succession succession;
	struct new_images new_images;
	struct snapshots snapshots;
	struct storage storage; /* what the slots use of disks, and who wrote to them */
	uint32_t lock;		/* for what CPUs do at the gate at the same time: gate_lock.h */
	uint32_t current;	/* index of the slot that runs or ran last; NO_SLOT: none */
};

#endif
