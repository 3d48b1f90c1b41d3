// SPDX-License-Identifier: GPL-2.0-only
/*
 * guard.c - keeps this kernel from the block devices that parked slots use.
 *
 * The driver claims such a device, as a file system does that is mounted from it. Then mount,
 * swapon, LVM, RAID and mkfs find it busy, whoever asks for it. It says in the kernel's log why.
 * Programs that do not ask, like fsck.fat and dd, find it read-only.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "block.h"
#include "compat.h"
#include "core.h"

/* Entries of other slots that are looked at. With more, every device counts as in use. */
#define MOST_ENTRIES 64

static bool storage_guard = true;
module_param(storage_guard, bool, 0644);
MODULE_PARM_DESC(storage_guard, "Keeps file systems and swap of parked slots from being used here");

/* A device that a parked slot uses. */
struct held {
	struct list_head list;
	dev_t number;
	bool here; /* it was in use here already, so that it is not held */
	bool was_read_only;
	bool stays;
	struct switchyard_block_open open;
	struct switchyard_storage entry;
};

static LIST_HEAD(all_held);
static DEFINE_MUTEX(lock); /* of all_held, and of those who change it */

/* What others use. */
struct others {
	u32 count;
	struct switchyard_storage entry[MOST_ENTRIES];
};

static struct held *find_held(dev_t number)
{
	struct held *held;

	list_for_each_entry (held, &all_held, list)
		if (held->number == number)
			return held;
	return NULL;
}

static const char *slot_name(const struct switchyard_storage *entry)
{
	u32 slot = entry->slot;

	return slot >= 1 && slot <= SWITCHYARD_MAX_SLOTS ? switchyard_core.info->slot[slot - 1].name
							 : "?";
}

static const char *use_name(const struct switchyard_storage *entry)
{
	return entry->name[0] ? entry->name : "more block devices than it can tell";
}

/* udev looks again who has the device, for udisks and others that offer it. */
static void tell_udev(struct block_device *bdev)
{
	kobject_uevent(bdev_kobj(bdev), KOBJ_CHANGE);
}

static int claim(struct held *held, struct block_device *bdev)
{
	int error = switchyard_block_get(held->number, &all_held, &held->open);

	held->here = error;
	if (error)
		return error;
	held->was_read_only = compat_bdev_is_read_only(bdev);
	compat_bdev_make_read_only(bdev);
	tell_udev(bdev);
	pr_notice("%pg can't be used here, because slot %s, which is parked, has %s\n", bdev,
		  slot_name(&held->entry), use_name(&held->entry));
	return 0;
}

/* The claim fails if somebody has the device already: then this comes too late. */
static void hold(struct block_device *bdev, const struct switchyard_storage *entry)
{
	struct held *held = kzalloc(sizeof(*held), GFP_KERNEL);
	int error;

	if (!held)
		return;
	held->number = bdev->bd_dev;
	held->entry = *entry;
	held->stays = true;
	error = claim(held, bdev);
	if (error && error != -EBUSY) {
		kfree(held);
		return;
	}
	list_add(&held->list, &all_held);
	if (!error)
		return;
	tell_udev(bdev);
	if (entry->use != SWITCHYARD_STORAGE_MORE)
		pr_err("%pg is in use here, and slot %s, which is parked, has %s: that destroys it\n",
		       bdev, slot_name(entry), use_name(entry));
}

/* Whoever had it here may have let go of it, or had it for a moment only, as fsck does. */
static void keep(struct held *held, struct block_device *bdev)
{
	held->stays = true;
	if (held->here)
		claim(held, bdev);
}

static void let_go(struct held *held)
{
	list_del(&held->list);
	if (!held->here) {
		pr_info("%pg can be used here\n", held->open.bdev);
		if (!held->was_read_only)
			compat_bdev_make_writable(held->open.bdev);
		tell_udev(held->open.bdev);
		switchyard_block_put(&held->open);
	}
	kfree(held);
}

static int look_at(struct block_device *bdev, void *data)
{
	const struct others *others = data;
	struct held *held = find_held(bdev->bd_dev);
	u32 i;

	for (i = 0; i < others->count; i++) {
		if (!switchyard_block_is(bdev, &others->entry[i]))
			continue;
		if (held)
			keep(held, bdev);
		else
			hold(bdev, &others->entry[i]);
		break;
	}
	return 0;
}

/* If the monitor can't be asked, nothing changes. */
static bool ask_for_others(struct others *others)
{
	u64 count;

	if (switchyard_service_storage(others->entry, sizeof(others->entry), &count))
		return false;
	others->count = min_t(u64, count, MOST_ENTRIES);
	if (count > MOST_ENTRIES)
		others->entry[MOST_ENTRIES - 1].use = SWITCHYARD_STORAGE_MORE;
	return true;
}

static void look_again(struct others *others)
{
	struct held *held, *next;

	list_for_each_entry (held, &all_held, list)
		held->stays = false;
	if (others->count)
		switchyard_block_each(look_at, others);
	list_for_each_entry_safe (held, next, &all_held, list)
		if (!held->stays)
			let_go(held);
}

void switchyard_guard_storage(void)
{
	struct others *others = kzalloc(sizeof(*others), GFP_KERNEL);

	if (!others)
		return;
	mutex_lock(&lock);
	if (!READ_ONCE(storage_guard) || ask_for_others(others))
		look_again(others);
	mutex_unlock(&lock);
	kfree(others);
}

void switchyard_guard_storage_exit(void)
{
	struct held *held, *next;

	mutex_lock(&lock);
	list_for_each_entry_safe (held, next, &all_held, list)
		let_go(held);
	mutex_unlock(&lock);
}

bool switchyard_guard_holds(const struct block_device *bdev)
{
	return READ_ONCE(bdev->bd_holder) == &all_held;
}

bool switchyard_storage_find_held(struct switchyard_held *answer)
{
	const struct held *held;

	if (!switchyard_storage_look_well())
		return false;
	mutex_lock(&lock);
	held = find_held(MKDEV(answer->major, answer->minor));
	if (held) {
		strscpy(answer->slot, slot_name(&held->entry), sizeof(answer->slot));
		strscpy(answer->name, use_name(&held->entry), sizeof(answer->name));
		answer->here = held->here;
	}
	mutex_unlock(&lock);
	return true;
}
