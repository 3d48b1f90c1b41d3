// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_devices.c - finds devices that would not come back from a switch, because their driver has
 * no methods for suspend and resume.
 *
 * The PM core passes over such a driver. The switch would succeed, and afterwards the device would
 * not be in the state that its driver expects. There are two kinds:
 *   - virtio devices. The PCI part resets the device at resume, even if the driver has no method to
 *     set it up again (virtio_device_restore() in drivers/virtio/virtio.c). virtio_gpu has none;
 *   - PCI devices that are bus masters. They read their orders from memory, at addresses that
 *     another slot's driver has changed. Drivers of other PCI devices often need no methods,
 *     because the device has next to no state; SMBus controllers are an example.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/pci.h>
#include <linux/string.h>
#include <linux/virtio.h>
#include "hooks.h"
#include "switchyard_core.h"

#define VIRTIO_BUS "virtio"

static bool virtio_is_lost(const struct device *device)
{
	const struct virtio_driver *driver = drv_to_virtio(device->driver);

	return !driver->freeze || !driver->restore;
}

static bool pci_is_lost(struct device *device)
{
	const struct pci_driver *driver = to_pci_driver(device->driver);
	const struct dev_pm_ops *pm = device->driver->pm;
	struct pci_dev *card = to_pci_dev(device);

	/* The PCI core itself saves and restores bridges. */
	if (!card->is_busmaster || pci_is_bridge(card) || driver->suspend || driver->resume)
		return false;
	return !pm || !(pm->suspend || pm->suspend_late || pm->suspend_noirq || pm->resume ||
			pm->resume_early || pm->resume_noirq);
}

/* Returns 1 and fills *data (struct switchyard_lost) if the device would not come back; else 0. */
static int look_at(struct device *device, void *data)
{
	struct switchyard_lost *lost = data;
	const struct device *card = NULL;

	/*
	 * The lock keeps the driver. Whoever holds it may hang in a driver's probe, and a switch
	 * must not wait for that: the PM core sees to such a device.
	 */
	if (!device_trylock(device))
		return 0;
	if (device->driver && dev_is_pci(device) && pci_is_lost(device))
		card = device;
	if (device->driver && !strcmp(device->bus->name, VIRTIO_BUS) && virtio_is_lost(device))
		card = device->parent;
	if (card) {
		strscpy(lost->device, dev_name(card), sizeof(lost->device));
		strscpy(lost->driver, device->driver->name, sizeof(lost->driver));
	}
	device_unlock(device);
	return !!card;
}

bool switchyard_find_lost(struct switchyard_lost *lost)
{
	struct pci_dev *card = NULL;

	for_each_pci_dev (card) {
		if (look_at(&card->dev, lost) || device_for_each_child(&card->dev, lost, look_at)) {
			pci_dev_put(card);
			return true;
		}
	}
	return false;
}
