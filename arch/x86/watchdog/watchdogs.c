// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/watchdog/watchdogs.h"
#include <stddef.h>
#include "arch/x86/pci/pci_config.h"
#include "arch/x86/time/clock.h"
#include "lib/string.h"

#define FEED_US 500000 /* the shortest time that a watchdog can have is about 1 s */

/* Gives a device's pair of functions its part of the state. */
#define WATCHDOG_PAIR(device)                                          \
	static bool device##_to(struct watchdogs_state *state)         \
	{                                                              \
		return device##_save(&state->device);                  \
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
	uint32_t offset, size; /* of its part of the state */
	bool by_ports;	       /* it may use configuration mechanism 1 of PCI */
	bool (*find)(void);
	bool (*save)(struct watchdogs_state *state); /* reads its setting; stops it: true */
	void (*restore)(const struct watchdogs_state *state);
	bool (*runs)(void);
	void (*feed)(void);
};

#define WATCHDOG(label, device)                                                            \
	.name = label, .offset = offsetof(struct watchdogs_state, device),                 \
	.size = sizeof(struct device##_state), .find = device##_find, .save = device##_to, \
	.restore = device##_from, .runs = device##_runs, .feed = device##_feed

static const struct watchdog watchdogs[] = {
	{WATCHDOG("i6300esb", i6300esb), .by_ports = true},
	{WATCHDOG("iTCO", itco)},
	{WATCHDOG("sp5100", sp5100), .by_ports = true},
	{WATCHDOG("IPMI", ipmi)},
};
#define WATCHDOG_COUNT (sizeof(watchdogs) / sizeof(watchdogs[0]))

static struct {
	bool present[WATCHDOG_COUNT];
	bool by_ports; /* one of them may use configuration mechanism 1 of PCI */
	bool ran[WATCHDOG_COUNT];
	bool locked[WATCHDOG_COUNT];
	uint64_t fed_us; /* when those that are locked were fed last */
} has;

void watchdogs_init(uint64_t efi_system_table)
{
	struct watchdogs_state dropped = {0};

	ipmi_set_firmware(efi_system_table);
	has.by_ports = false;
	for (uint32_t i = 0; i < WATCHDOG_COUNT; i++) {
		has.present[i] = watchdogs[i].find();
		has.by_ports |= has.present[i] && watchdogs[i].by_ports;
	}
	watchdogs_save(&dropped);
}

/*
 * Both leave the address register of PCI's configuration mechanism 1 as it was: the item "pci" keeps
 * it, and is saved after this one and restored before it.
 */
static uint32_t ports_save(void)
{
	uint32_t address = 0;

	if (has.by_ports)
		pci_config_save(&address);
	return address;
}

static void ports_restore(uint32_t address)
{
	if (has.by_ports)
		pci_config_restore(address);
}

void watchdogs_save(struct watchdogs_state *state)
{
	uint32_t address = ports_save();

	for (uint32_t i = 0; i < WATCHDOG_COUNT; i++) {
		if (!has.present[i])
			continue;
		has.ran[i] = watchdogs[i].save(state);
		has.locked[i] = has.ran[i] && watchdogs[i].runs();
	}
	has.fed_us = 0;
	watchdogs_feed();
	ports_restore(address);
}

/* A setting that was not stopped is in the device as it was read. */
static bool has_setting(uint32_t i, const struct watchdogs_state *state,
			const struct watchdogs_state *now)
{
	uint32_t offset = watchdogs[i].offset;

	return now && !has.ran[i] &&
	       !memcmp((const uint8_t *)state + offset, (const uint8_t *)now + offset,
		       watchdogs[i].size);
}

void watchdogs_restore(const struct watchdogs_state *state, const struct watchdogs_state *now)
{
	uint32_t address = ports_save();

	has.fed_us = 0;
	watchdogs_feed();
	for (uint32_t i = 0; i < WATCHDOG_COUNT; i++)
		if (has.present[i] && !has_setting(i, state, now))
			watchdogs[i].restore(state);
	ports_restore(address);
}

const char *watchdogs_locked(void)
{
	for (uint32_t i = 0; i < WATCHDOG_COUNT; i++)
		if (has.locked[i])
			return watchdogs[i].name;
	return NULL;
}

void watchdogs_feed(void)
{
	uint64_t time_us = clock_us();

	if (has.fed_us && time_us - has.fed_us < FEED_US)
		return;
	has.fed_us = time_us;
	for (uint32_t i = 0; i < WATCHDOG_COUNT; i++)
		if (has.locked[i])
			watchdogs[i].feed();
}
