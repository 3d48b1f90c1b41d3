/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * block.h - what the parts of the driver that see to storage share.
 *
 * storage.c tells the monitor which block devices this kernel uses. guard.c holds those that parked
 * slots use, so that nobody uses them here. block.c finds out about one device, and place.c where
 * that is.
 */
#ifndef SWITCHYARD_BLOCK_H
#define SWITCHYARD_BLOCK_H

#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/string.h>
#include <linux/types.h>
#include "switchyard.h"

/*
 * Calls look() for each block device that can have a file system, until it returns something else
 * than 0. It sleeps.
 */
void switchyard_block_each(int (*look)(struct block_device *bdev, void *data), void *data);

int switchyard_block_init(void);

/* Where the device is: start, sectors, disk, unit. It sleeps. */
void switchyard_block_place(struct block_device *bdev, struct switchyard_storage *entry);

/* True if the entry, which is another slot's, may mean a device in this place. It sleeps. */
bool switchyard_block_is_at(struct block_device *bdev, const struct switchyard_storage *entry);

/* Reads the device's id to the entry. The device is open. It sleeps until the device answers. */
void switchyard_block_id(struct block_device *bdev, struct switchyard_storage *entry);

/* True if the id that was read is one of a swap area. */
bool switchyard_block_is_swap(const struct switchyard_storage *entry);

/* Sectors written to the device itself: those of its partitions are theirs. In any context. */
u64 switchyard_block_written(struct block_device *bdev);

/* True if something that was written to the device itself is still in memory. In any context. */
bool switchyard_block_is_dirty(struct block_device *bdev);

/* True if somebody has claimed the device itself, for a file system, swap or a volume. */
bool switchyard_block_is_claimed(struct block_device *bdev);

/* True if the entry, which is another slot's, means this device. It sleeps. */
bool switchyard_block_is(struct block_device *bdev, const struct switchyard_storage *entry);

/* True if there is such a device, and it is on that bus. */
static inline bool switchyard_block_on_bus(const struct device *device, const char *bus)
{
	return device && device->bus && !strcmp(device->bus->name, bus);
}

/* A device that is open; with a holder, for that one alone. */
struct switchyard_block_open {
	struct block_device *bdev;
	struct file *file; /* since Linux 6.9, what is open is a file */
	bool alone;
};

int switchyard_block_get(dev_t number, void *holder, struct switchyard_block_open *open);
void switchyard_block_put(struct switchyard_block_open *open);

/* Holds what parked slots use, and lets go of what they no longer use. It sleeps. */
void switchyard_guard_storage(void);
void switchyard_guard_storage_exit(void);

/* True if that is why the device is claimed. */
bool switchyard_guard_holds(const struct block_device *bdev);

#endif
