// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/watchdog/i6300esb.h"
#include <stddef.h>
#include "arch/x86/memory/paging.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/pci/pci.h"

#define ID 0x25ab8086u

/* In configuration space. A locked lock register ignores what is written, until the next reset. */
#define CONFIG	    0x60
#define LOCK	    0x68
#define LOCK_ENABLE 0x02

/* In memory, at BAR 0. Each write needs the two unlocking ones before it. */
#define PRELOAD(stage)	(4 * (stage))
#define RELOAD		0x0c
#define RELOAD_UNLOCK_1 0x80
#define RELOAD_UNLOCK_2 0x86
#define RELOAD_FEED	0x100
#define REGISTERS_SIZE	0x10
#define STAGES		2

static const struct pci_function *device; /* NULL: this machine has none */

bool i6300esb_find(void)
{
	const struct pci_functions *functions = pci_functions();

	device = NULL;
	for (uint32_t i = 0; i < functions->count && !device; i++)
		if (functions->function[i].id == ID)
			device = &functions->function[i];
	return device;
}

/* Where its registers are now. 0: the slot's kernel has switched them off. */
static uint64_t registers(void)
{
	uint64_t bar = pci_read32(device->address, PCI_BAR0) & PCI_BAR_MEMORY_MASK;
	bool decodes = pci_read16(device->address, PCI_COMMAND) & PCI_COMMAND_MEMORY;

	return bar && decodes && paging_map_registers(bar, REGISTERS_SIZE) ? bar : 0;
}

static void unlock(uint64_t at)
{
	volatile uint16_t *reload = phys(at + RELOAD);

	*reload = RELOAD_UNLOCK_1;
	*reload = RELOAD_UNLOCK_2;
}

static volatile uint32_t *preload(uint64_t at, uint32_t stage)
{
	return phys(at + PRELOAD(stage));
}

void i6300esb_feed(void)
{
	uint64_t at = registers();

	if (!at)
		return;
	unlock(at);
	*(volatile uint16_t *)phys(at + RELOAD) = RELOAD_FEED;
}

bool i6300esb_runs(void)
{
	return pci_read8(device->address, LOCK) & LOCK_ENABLE;
}

bool i6300esb_save(struct i6300esb_state *state)
{
	uint64_t at = registers();

	state->config = pci_read16(device->address, CONFIG);
	state->lock = pci_read8(device->address, LOCK);
	state->times = at;
	for (uint32_t stage = 0; at && stage < STAGES; stage++)
		state->preload[stage] = *preload(at, stage);
	if (state->lock & LOCK_ENABLE)
		pci_write8(device->address, LOCK, state->lock & (uint8_t)~LOCK_ENABLE);
	return state->lock & LOCK_ENABLE;
}

/* QEMU's times read as 0, so they never differ here, and stay as the last slot has set them. */
static void restore_times(const struct i6300esb_state *state)
{
	uint64_t at = state->times ? registers() : 0;

	for (uint32_t stage = 0; at && stage < STAGES; stage++) {
		if (*preload(at, stage) == state->preload[stage])
			continue;
		unlock(at);
		*preload(at, stage) = state->preload[stage];
	}
}

/* It starts with its full time, because it is fed right before. */
void i6300esb_restore(const struct i6300esb_state *state)
{
	if (pci_read16(device->address, CONFIG) != state->config)
		pci_write16(device->address, CONFIG, state->config);
	restore_times(state);
	if (state->lock & LOCK_ENABLE)
		i6300esb_feed();
	if (pci_read8(device->address, LOCK) != state->lock)
		pci_write8(device->address, LOCK, state->lock);
}
