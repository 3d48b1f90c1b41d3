/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ipmi.h - the watchdog of a server's management controller (BMC): IPMI 2.0, chapter 27.
 *
 * SMBIOS tells where the controller is. Only one with the KCS interface in I/O ports is known.
 */
#ifndef ARCH_X86_WATCHDOG_IPMI_H
#define ARCH_X86_WATCHDOG_IPMI_H

#include <stdbool.h>
#include <stdint.h>

#define IPMI_SETTING_SIZE 6

struct ipmi_state {
	bool known; /* the controller has answered; otherwise the rest says nothing */
	/* As "set watchdog timer" takes it: use, actions, time before, flags to clear, time. */
	uint8_t setting[IPMI_SETTING_SIZE];
};

/* Says where UEFI's tables are; 0: firmware is a BIOS. It is called before ipmi_find(). */
void ipmi_set_firmware(uint64_t efi_system_table);

/* The functions of a row in watchdogs.c, which says what they do. */
bool ipmi_find(void);
bool ipmi_save(struct ipmi_state *state);
void ipmi_restore(const struct ipmi_state *state);
bool ipmi_runs(void);
void ipmi_feed(void);

#endif
