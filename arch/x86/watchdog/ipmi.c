// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/watchdog/ipmi.h"
#include "arch/x86/acpi/smbios.h"
#include "arch/x86/watchdog/kcs.h"
#include "lib/string.h"

/* SMBIOS, section 7.39: IPMI device information. */
struct smbios_ipmi {
	uint8_t type, length;
	uint16_t handle;
	uint8_t interface, revision, address, storage;
	uint64_t base;	  /* bit 0: in I/O ports */
	uint8_t modifier; /* bit 4: the lowest bit of the base; bits 6 and 7: registers' distance */
} __attribute__((packed));

#define SMBIOS_IPMI	       38
#define INTERFACE_KCS	       1
#define BASE_PORTS	       1u
#define BASE_LEAST	       0x100u /* below are the chip set's own: timers, interrupts, DMA */
#define BASE_LOW_BIT(modifier) ((modifier) >> 4 & 1)
#define SPACING(modifier)      ((modifier) >> 6)

/* Requests, section 27.1. The function is "application", in the upper six bits. */
#define APPLICATION   (0x06 << 2)
#define RESET_TIMER   0x22 /* starts it, too */
#define SET_TIMER     0x24
#define GET_TIMER     0x25
#define USE	      0	   /* first byte of the setting */
#define USE_RUNS      0x40 /* for SET_TIMER it means: do not stop the timer */
#define CLEARED_FLAGS 3	   /* its fourth byte */
#define COMPLETED     0

static uint64_t firmware;
static struct kcs kcs;
static bool asked_and_runs; /* after the last save */

void ipmi_set_firmware(uint64_t efi_system_table)
{
	firmware = efi_system_table;
}

/* Gets the setting. False: the controller does not answer, or has no watchdog. */
static bool get_setting(uint8_t *setting)
{
	static const uint8_t request[] = {APPLICATION, GET_TIMER};
	uint8_t answer[1 + IPMI_SETTING_SIZE];

	if (kcs_ask(&kcs, request, sizeof(request), answer, sizeof(answer)) != sizeof(answer) ||
	    answer[0] != COMPLETED)
		return false;
	memcpy(setting, answer + 1, IPMI_SETTING_SIZE);
	setting[CLEARED_FLAGS] = 0; /* those that are set stay on record */
	return true;
}

static void set_setting(const uint8_t *setting, uint8_t use)
{
	uint8_t request[2 + IPMI_SETTING_SIZE] = {APPLICATION, SET_TIMER}, completion;

	memcpy(request + 2, setting, IPMI_SETTING_SIZE);
	request[2 + USE] = use;
	kcs_ask(&kcs, request, sizeof(request), &completion, sizeof(completion));
}

bool ipmi_find(void)
{
	static const uint16_t spacing[] = {1, 4, 16};
	uint8_t setting[IPMI_SETTING_SIZE];
	struct smbios_ipmi found;

	asked_and_runs = false;
	if (!smbios_find(firmware, SMBIOS_IPMI, &found, sizeof(found)) ||
	    found.interface != INTERFACE_KCS || !(found.base & BASE_PORTS) ||
	    found.base < BASE_LEAST || found.base > UINT16_MAX ||
	    SPACING(found.modifier) >= sizeof(spacing) / sizeof(spacing[0]))
		return false;
	kcs.data = (uint16_t)((found.base & ~(uint64_t)BASE_PORTS) | BASE_LOW_BIT(found.modifier));
	kcs.status = (uint16_t)(kcs.data + spacing[SPACING(found.modifier)]);
	return get_setting(setting);
}

void ipmi_feed(void)
{
	static const uint8_t request[] = {APPLICATION, RESET_TIMER};
	uint8_t completion;

	kcs_ask(&kcs, request, sizeof(request), &completion, sizeof(completion));
}

bool ipmi_runs(void)
{
	return asked_and_runs;
}

/* The controller takes a millisecond to answer, so it is asked again only if it had to stop. */
bool ipmi_save(struct ipmi_state *state)
{
	uint8_t setting[IPMI_SETTING_SIZE];

	asked_and_runs = false;
	state->known = get_setting(state->setting);
	if (!state->known || !(state->setting[USE] & USE_RUNS))
		return false;
	set_setting(state->setting, state->setting[USE] & (uint8_t)~USE_RUNS);
	asked_and_runs = get_setting(setting) && (setting[USE] & USE_RUNS);
	return true;
}

/* Setting it does not start it. */
void ipmi_restore(const struct ipmi_state *state)
{
	uint8_t now[IPMI_SETTING_SIZE];

	if (!state->known || !get_setting(now) || !memcmp(now, state->setting, sizeof(now)))
		return;
	set_setting(state->setting, state->setting[USE]);
	if (state->setting[USE] & USE_RUNS)
		ipmi_feed();
}
