/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * watchdogs.h - the timers that reset the machine unless a kernel feeds them.
 *
 * The machine has other slots, too. So a watchdog runs only while the slot that has started it has
 * the machine. Each slot has its own setting.
 */
#ifndef ARCH_X86_WATCHDOG_WATCHDOGS_H
#define ARCH_X86_WATCHDOG_WATCHDOGS_H

#include "arch/x86/watchdog/i6300esb.h"
#include "arch/x86/watchdog/ipmi.h"
#include "arch/x86/watchdog/itco.h"
#include "arch/x86/watchdog/sp5100.h"

struct watchdogs_state {
	struct i6300esb_state i6300esb;
	struct itco_state itco;
	struct sp5100_state sp5100;
	struct ipmi_state ipmi;
};

/*
 * Finds those of this machine, and stops them, because nobody feeds what firmware started. Call it
 * once, after pci_init(), and before the first save. efi_system_table is the address of UEFI's
 * system table; 0: firmware is a BIOS.
 */
void watchdogs_init(uint64_t efi_system_table);

/*
 * A mirrored pair. Save reads the settings, and stops what runs. Restore starts it with its full
 * time. One that did not run, and is in state as in now, is left alone. now is what was saved last;
 * NULL: not known.
 */
void watchdogs_save(struct watchdogs_state *state);
void watchdogs_restore(const struct watchdogs_state *state, const struct watchdogs_state *now);

/*
 * The name of one that runs although it was stopped, because its kernel has locked it until the next
 * reset. NULL: there is none. It is valid after a save.
 */
const char *watchdogs_locked(void);

/* Feeds those. It is called again and again while the monitor waits. */
void watchdogs_feed(void);

#endif
