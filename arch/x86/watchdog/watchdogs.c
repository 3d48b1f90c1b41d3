// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/watchdog/watchdogs.h"
#include <stddef.h>
#include "arch/x86/pci/pci_config.h"
#include "arch/x86/time/clock.h"

#define FEED_US 500000 /* the shortest time that a watchdog can have is about 1 s */

/* Gives a device's pair of functions its part of the state. */
#define WATCHDOG_PAIR(device)                                          \
	static void device##_to(struct watchdogs_state *state)         \
	{                                                              \
		device##_save(&state->device);                         \
	}                                                              \
	static void device##_from(const struct watchdogs_state *state) \
	{                                                              \
		device##_restore(&state->device);                      \
	}

WATCHDOG_PAIR(i6300esb)
WATCHDOG_PAIR(itco)
WATCHDOG_PAIR(sp5100)
WATCHDOG_PAIR(ipmi)

/* The other functions are not called if find() returns false: there is none in this machine. */
struct watchdog {
	const char *name;
	bool (*find)(void);
	void (*save)(struct watchdogs_state *state); /* reads its setting, and stops it */
	void (*restore)(const struct watchdogs_state *state);
	bool (*runs)(void);
	void (*feed)(void);
};

#define WATCHDOG(name, device) \
	name, device##_find, device##_to, device##_from, device##_runs, device##_feed

static const struct watchdog watchdogs[] = {
	{WATCHDOG("i6300esb", i6300esb)},
	{WATCHDOG("iTCO", itco)},
	{WATCHDOG("sp5100", sp5100)},
	{WATCHDOG("IPMI", ipmi)},
};
#define WATCHDOG_COUNT (sizeof(watchdogs) / sizeof(watchdogs[0]))

static struct {
	bool present[WATCHDOG_COUNT];
	bool locked[WATCHDOG_COUNT];
	uint64_t fed_us; /* when those that are locked were fed last */
} now;

void watchdogs_init(uint64_t efi_system_table)
{
	struct watchdogs_state dropped = {0};

	ipmi_set_firmware(efi_system_table);
	for (uint32_t i = 0; i < WATCHDOG_COUNT; i++)
		now.present[i] = watchdogs[i].find();
	watchdogs_save(&dropped);
}

/*
 * Both leave the address register of PCI's configuration mechanism 1 as it was: the item "pci" keeps
 * it, and is saved after this one and restored before it.
 */
void watchdogs_save(struct watchdogs_state *state)
{
	uint32_t address;

	pci_config_save(&address);
	for (uint32_t i = 0; i < WATCHDOG_COUNT; i++) {
		if (!now.present[i])
			continue;
		watchdogs[i].save(state);
		now.locked[i] = watchdogs[i].runs();
	}
	now.fed_us = 0;
	watchdogs_feed();
	pci_config_restore(address);
}

void watchdogs_restore(const struct watchdogs_state *state)
{
	uint32_t address;

	pci_config_save(&address);
	now.fed_us = 0;
	watchdogs_feed();
	for (uint32_t i = 0; i < WATCHDOG_COUNT; i++)
		if (now.present[i])
			watchdogs[i].restore(state);
	pci_config_restore(address);
}

const char *watchdogs_locked(void)
{
	for (uint32_t i = 0; i < WATCHDOG_COUNT; i++)
		if (now.locked[i])
			return watchdogs[i].name;
	return NULL;
}

void watchdogs_feed(void)
{
	uint64_t time_us = clock_us();

	if (now.fed_us && time_us - now.fed_us < FEED_US)
		return;
	now.fed_us = time_us;
	for (uint32_t i = 0; i < WATCHDOG_COUNT; i++)
		if (now.locked[i])
			watchdogs[i].feed();
}
