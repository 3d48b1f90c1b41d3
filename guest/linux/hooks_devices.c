// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_devices.c - devices that a switch would spoil, because their driver neither suspends nor resumes them.
 *
 * The PM core does not refuse such a driver: it passes over it, the switch succeeds, and afterwards the
 * device does not do what its driver believes. There are two kinds:
 *   - virtio: the PCI part resets the device at resume, whether the driver proper knows of it or not
 *     (virtio_device_restore() in drivers/virtio/virtio.c). virtio_gpu and 9p do not;
 *   - a PCI device that fetches its orders from memory, which another slot's driver has given it anew.
 *     Others hold so little that drivers of that kind do without, such as those of SMBus controllers.
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

	/* The PCI core itself takes care of bridges. */
	if (!card->is_busmaster || pci_is_bridge(card) || driver->suspend || driver->resume)
		return false;
	return !pm || !(pm->suspend || pm->suspend_late || pm->suspend_noirq || pm->resume ||
			pm->resume_early || pm->resume_noirq);
}

/* Returns 1 and fills in *data, a struct switchyard_lost, if a switch would spoil the device, else 0. */
static int look_at(struct device *device, void *data)
{
	struct switchyard_lost *lost = data;
	const struct device *card = NULL;

	/* So that the driver stays. */
	device_lock(device);
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
