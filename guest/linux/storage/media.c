// SPDX-License-Identifier: GPL-2.0-only
/*
 * media.c - USB sticks and disks that were exchanged while another slot had the machine.
 *
 * When Linux resumes a USB device, it takes it for the one that was there before if its descriptors
 * and its serial number are the same, and keeps what it has in memory for it
 * (Documentation/driver-api/usb/persist.rst). Sticks of one model may have no serial number, or all
 * the same. A file system that is mounted would then be written to the wrong one.
 *
 * So the driver reads the first bytes of each such disk and partition before it leaves, when tasks
 * are frozen, and once more when USB is back, before they go on. If they are others, the disk takes
 * no more requests, and its driver starts afresh with what is there now.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/jhash.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <scsi/scsi_device.h>
#include "block.h"
#include "core.h"

#define MOST_MEDIA 16

/* A switch does not wait longer for a stick that does not answer. */
#define NOTE_LIMIT  HZ
#define CHECK_LIMIT (10 * HZ)

#define TRIES	    3

/* Where partition tables and file systems have their numbers (kinds[] in block.c). */
static const u64 looked_at[] = {0, 64 << 10};

static struct medium {
	struct block_device *bdev; /* with a reference to its device */
	struct scsi_device *drive; /* with a reference */
	u64 written;
	u32 sum;
	struct device *interface; /* if its driver is to start afresh, with a reference */
} media[MOST_MEDIA];
static u32 count;
static DEFINE_MUTEX(lock);

static struct work_struct note_work, check_work, renew_work;
static DECLARE_COMPLETION(noted);
static DECLARE_COMPLETION(checked);

static struct device *parent_on(struct device *device, const char *bus)
{
	for (; device; device = device->parent)
		if (switchyard_block_on_bus(device, bus))
			return device;
	return NULL;
}

/* The disk's own device, of SCSI, if it is at USB. */
static struct scsi_device *find_drive(struct block_device *bdev)
{
	struct device *drive = disk_to_dev(bdev->bd_disk)->parent;

	if (!switchyard_block_on_bus(drive, "scsi") || !parent_on(drive, "usb"))
		return NULL;
	return to_scsi_device(drive);
}

/* Past the pages that Linux keeps of it. Returns 0 or a negative errno. */
static int read_page(struct block_device *bdev, u64 at, struct page *page)
{
	struct bio *bio = bio_alloc(bdev, 1, REQ_OP_READ, GFP_NOIO);
	int error;

	bio->bi_iter.bi_sector = at >> SECTOR_SHIFT;
	__bio_add_page(bio, page, PAGE_SIZE, 0);
	error = submit_bio_wait(bio);
	bio_put(bio);
	return error;
}

static int read_sum(struct block_device *bdev, u32 *sum)
{
	struct page *page = alloc_page(GFP_NOIO);
	u64 size = bdev_nr_bytes(bdev);
	int error = 0;
	u32 i;

	if (!page)
		return -ENOMEM;
	*sum = 0;
	for (i = 0; !error && i < ARRAY_SIZE(looked_at); i++) {
		if (looked_at[i] + PAGE_SIZE > size)
			continue;
		error = read_page(bdev, looked_at[i], page);
		*sum = jhash2(page_address(page), PAGE_SIZE / sizeof(u32), *sum);
	}
	__free_page(page);
	return error;
}

static void forget_all(void)
{
	while (count) {
		struct medium *medium = &media[--count];

		put_device(medium->interface);
		put_device(&medium->drive->sdev_gendev);
		put_device(&medium->bdev->bd_device);
	}
}

static bool is_open(const struct block_device *bdev)
{
	return disk_openers(bdev->bd_disk);
}

/*
 * Another slot may write to the partitions of a disk that nobody has open here. Only if the disk
 * itself begins with something else does it count as another one. A drive that refuses to read,
 * because its medium may be another one by now (doubt_medium()), is asked for nothing.
 */
static int note_one(struct block_device *bdev, void *none)
{
	struct scsi_device *drive = find_drive(bdev);
	u32 sum;

	if (!drive || drive->changed || (!is_open(bdev) && bdev_is_partition(bdev)) ||
	    read_sum(bdev, &sum))
		return 0;
	if (count == MOST_MEDIA) {
		pr_warn_once("it is not looked whether %pg is exchanged: there are too many\n",
			     bdev);
		return 0;
	}
	get_device(&bdev->bd_device); /* a partition's has one to its disk */
	get_device(&drive->sdev_gendev);
	media[count++] = (struct medium){
		.bdev = bdev,
		.drive = drive,
		.written = switchyard_block_written(bdev),
		.sum = sum,
	};
	return 0;
}

static void note(struct work_struct *work)
{
	mutex_lock(&lock);
	forget_all();
	switchyard_block_each(note_one, NULL);
	mutex_unlock(&lock);
	complete_all(&noted);
}

void switchyard_media_note(void)
{
	reinit_completion(&noted);
	queue_work(system_unbound_wq, &note_work);
	if (!wait_for_completion_timeout(&noted, NOTE_LIMIT))
		pr_warn("a USB disk does not answer: it is not looked whether one is exchanged\n");
}

/*
 * A drive whose medium may have been changed refuses to read. If it is the same, it was not
 * changed.
 */
static bool is_same(const struct medium *medium)
{
	u32 sum;
	int i;

	/* This kernel itself has written in between. */
	if (switchyard_block_written(medium->bdev) != medium->written)
		return true;
	for (i = 0; i < TRIES; i++) {
		medium->drive->changed = 0;
		if (!read_sum(medium->bdev, &sum))
			return sum == medium->sum;
	}
	return false;
}

/* No function of SCSI's is needed for that, which may be a module. */
static void take_offline(struct scsi_device *drive)
{
	mutex_lock(&drive->state_mutex);
	drive->sdev_state = SDEV_OFFLINE;
	mutex_unlock(&drive->state_mutex);
}

/*
 * True if somebody has another disk of the same USB device open, as readers of cards and docks have
 * several. When its driver starts afresh, all of them go.
 */
static bool has_open_neighbour(const struct medium *medium)
{
	const struct device *interface = parent_on(&medium->drive->sdev_gendev, "usb");
	u32 i;

	for (i = 0; i < count; i++)
		if (media[i].drive != medium->drive && is_open(media[i].bdev) &&
		    scsi_device_online(media[i].drive) &&
		    parent_on(&media[i].drive->sdev_gendev, "usb") == interface)
			return true;
	return false;
}

/* A disk that nobody has open has nothing in memory but its partitions. */
static bool check_one(struct medium *medium)
{
	struct scsi_device *drive = medium->drive;

	if (!device_is_registered(disk_to_dev(medium->bdev->bd_disk)) ||
	    !scsi_device_online(drive) || is_same(medium))
		return false;
	if (!is_open(medium->bdev) && has_open_neighbour(medium)) {
		pr_notice("%pg holds something else than before; its partitions may be others\n",
			  medium->bdev);
		return false;
	}
	take_offline(drive);
	medium->interface = get_device(parent_on(&drive->sdev_gendev, "usb"));
	if (is_open(medium->bdev))
		pr_err("%pg is another one than before, or silent: nothing is written to it\n",
		       medium->bdev);
	else
		pr_notice("%pg is looked at afresh\n", medium->bdev);
	return true;
}

static void check(struct work_struct *work)
{
	bool any = false;
	u32 i;

	mutex_lock(&lock);
	for (i = 0; i < count; i++)
		any |= check_one(&media[i]);
	if (any)
		queue_work(system_long_wq, &renew_work);
	else
		forget_all();
	mutex_unlock(&lock);
	complete_all(&checked);
}

static void renew_one(const struct medium *medium)
{
	if (!medium->interface || !device_is_registered(medium->interface))
		return;
	if (has_open_neighbour(medium) || device_reprobe(medium->interface))
		pr_warn("%s: its driver does not start afresh; plug it in again\n",
			dev_name(medium->interface));
}

/* The USB core may need tasks for that, so it comes when they run again. */
static void renew(struct work_struct *work)
{
	u32 i;

	mutex_lock(&lock);
	for (i = 0; i < count; i++)
		renew_one(&media[i]);
	forget_all();
	mutex_unlock(&lock);
}

void switchyard_media_check(void)
{
	if (!READ_ONCE(count))
		return;
	reinit_completion(&checked);
	queue_work(system_unbound_wq, &check_work);
	if (!wait_for_completion_timeout(&checked, CHECK_LIMIT))
		pr_err("a USB disk does not answer, and may be another one than before\n");
}

void switchyard_media_init(void)
{
	INIT_WORK(&note_work, note);
	INIT_WORK(&check_work, check);
	INIT_WORK(&renew_work, renew);
}

void switchyard_media_exit(void)
{
	cancel_work_sync(&note_work);
	flush_work(&check_work);
	flush_work(&renew_work);
	forget_all();
}
