// SPDX-License-Identifier: GPL-2.0-only
/*
 * storage.c - tells the monitor which block devices this kernel uses, and how much it has written
 * to them.
 *
 * Linux tells no module when something is mounted. But whoever uses a device as a whole claims it,
 * be it for a file system, in whichever mount namespace, for swap, or for a volume of LVM or RAID.
 * So the driver looks once a second if the claims are others than before, or something was written
 * to what is mounted read-only, or first to any device, which takes a microsecond for each device,
 * and wakes no idle CPU. How much was written is told when this kernel leaves.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/blkdev.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/kdev_t.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include "block.h"
#include "core.h"

#define MOUNTS	     "/proc/1/mountinfo"
#define MOUNTS_SIZE  (64 << 10)
#define POLL_JIFFIES HZ

/* A request to leave waits no longer for a disk that does not answer. */
#define LOOK_LIMIT (HZ / 2)
/* Who asks whose a device is waits longer: the answer must not be "nobody's" too early. */
#define LOOK_WELL_LIMIT (10 * HZ)

/* A device that is told. */
struct noted {
	struct block_device *bdev; /* with a reference to its struct device */
	u64 counted;		   /* sectors that the entry has of what Linux counts */
	struct switchyard_storage entry;
};

struct list {
	u32 count;
	struct noted noted[SWITCHYARD_STORAGE_LIMIT];
	bool more, more_written; /* there is no room for all of those */
};

/* What is told next. It is read with interrupts off, when all other CPUs stand still. */
static struct list *told, *fresh;
static bool changed;
static DEFINE_RAW_SPINLOCK(told_lock);

/* The call and its buffer: whole memory, which a module's own is not. */
static struct switchyard_call *call;
static struct switchyard_storage *buffer;

static char *mounts;

static struct work_struct look_work;
static struct delayed_work poll_work;
static DECLARE_WAIT_QUEUE_HEAD(looked);
static u32 looks_asked, looks_done;

/* Until the overdue look has found what this kernel uses, that may be more than what is told. */
static u32 looks_overdue, looks_found;
static u64 claims_before;

/* The row of a table that has the word. Returns NULL if none has. */
static char *find_row(char *rows, const char *word)
{
	char *found = strstr(rows, word);

	while (found && found > rows && found[-1] != '\n')
		found--;
	return found;
}

/*
 * The row of a mount: "36 35 98:0 / /mnt rw - ext4 /dev/vda1 rw" (proc(5)). btrfs has a number of
 * its own there, but names the device.
 */
static char *find_mount(const struct block_device *bdev)
{
	char word[48];
	char *row;

	snprintf(word, sizeof(word), " %u:%u ", MAJOR(bdev->bd_dev), MINOR(bdev->bd_dev));
	row = find_row(mounts, word);
	if (row)
		return row;
	snprintf(word, sizeof(word), " /dev/%pg r", bdev);
	return find_row(mounts, word);
}

static bool is_mounted_read_only(const char *row)
{
	char type[2], source[2], mode[3] = "";
	const char *rest = strstr(row, " - ");

	return rest && sscanf(rest, " - %1s%*s %1s%*s %2s", type, source, mode) == 3 &&
	       !strcmp(mode, "ro");
}

static enum switchyard_storage_use find_use(struct block_device *bdev,
					    struct switchyard_storage *entry)
{
	char place[40] = "";
	const char *row = find_mount(bdev);

	if (row && is_mounted_read_only(row))
		return 0;
	if (row && sscanf(row, "%*u %*u %*s %*s %39s", place) == 1) {
		snprintf(entry->name, sizeof(entry->name), "/dev/%pg on %s", bdev, place);
		return SWITCHYARD_STORAGE_MOUNTED;
	}
	snprintf(entry->name, sizeof(entry->name), "/dev/%pg, in use", bdev);
	return SWITCHYARD_STORAGE_MEMBER;
}

/* What was found out of the same device when it was in use. */
static void copy_id(const struct block_device *bdev, struct noted *noted)
{
	u32 i;

	for (i = 0; i < told->count; i++) {
		const struct noted *before = &told->noted[i];

		if (before->bdev != bdev)
			continue;
		memcpy(noted->entry.id, before->entry.id, sizeof(noted->entry.id));
		noted->entry.id_at = before->entry.id_at;
		noted->entry.written = before->entry.written;
		noted->counted = before->counted;
		return;
	}
}

static bool add(const struct noted *noted)
{
	if (fresh->count == SWITCHYARD_STORAGE_LIMIT)
		return false;
	get_device(&noted->bdev->bd_device);
	fresh->noted[fresh->count++] = *noted;
	return true;
}

static bool is_used(struct block_device *bdev, struct switchyard_storage *entry)
{
	if (!switchyard_block_is_claimed(bdev) || switchyard_guard_holds(bdev))
		return false;
	entry->use = find_use(bdev, entry);
	return entry->use;
}

static int add_used(struct block_device *bdev, void *none)
{
	struct noted noted = {.bdev = bdev};
	struct switchyard_storage *entry = &noted.entry;

	if (!is_used(bdev, entry))
		return 0;
	switchyard_block_place(bdev, entry);
	copy_id(bdev, &noted);
	switchyard_block_id(bdev, entry);
	if (entry->use == SWITCHYARD_STORAGE_MEMBER && switchyard_block_is_swap(entry)) {
		entry->use = SWITCHYARD_STORAGE_SWAP;
		snprintf(entry->name, sizeof(entry->name), "/dev/%pg, swap", bdev);
	}
	fresh->more |= !add(&noted);
	return 0;
}

/* What a program has written, and Linux still has in memory, is written when this kernel leaves. */
static int add_written(struct block_device *bdev, void *none)
{
	struct noted noted = {.bdev = bdev};
	struct switchyard_storage *entry = &noted.entry;
	bool dirty = switchyard_block_is_dirty(bdev);

	if (is_used(bdev, entry) || (!dirty && !switchyard_block_written(bdev)))
		return 0;
	entry->use = SWITCHYARD_STORAGE_WRITTEN;
	snprintf(entry->name, sizeof(entry->name), "/dev/%pg", bdev);
	switchyard_block_place(bdev, entry);
	copy_id(bdev, &noted);
	entry->written += dirty;
	fresh->more_written |= !add(&noted);
	return 0;
}

/* If the tables can't be read, each device that is claimed counts as in use. */
static void find_all(void)
{
	fresh->count = 0;
	fresh->more = false;
	fresh->more_written = false;
	if (switchyard_file_read(MOUNTS, mounts, MOUNTS_SIZE) < 0)
		mounts[0] = '\0';
	switchyard_block_each(add_used, NULL);
	switchyard_block_each(add_written, NULL);
}

static void put_all(struct list *list)
{
	while (list->count)
		put_device(&list->noted[--list->count].bdev->bd_device);
}

/* Counts do not go down. Without statistics, everything may have been written. */
static bool count_written(struct noted *noted)
{
	u64 before = noted->entry.written, count = switchyard_block_written(noted->bdev);

	if (!blk_queue_io_stat(bdev_get_queue(noted->bdev)))
		noted->entry.written++;
	else if (count > noted->counted)
		noted->entry.written += count - noted->counted;
	noted->counted = max(noted->counted, count);
	return noted->entry.written != before;
}

/* The last one, which stands for more, must not hide that it is in use itself. */
static bool is_more_used(const struct noted *last)
{
	return told->more || last->entry.use != SWITCHYARD_STORAGE_WRITTEN;
}

/* One more entry, or the last one, stands for what is not listed. */
static u32 add_more(u32 count)
{
	u32 i, at = min_t(u32, count, SWITCHYARD_STORAGE_LIMIT - 1);
	bool used = at < count && is_more_used(&told->noted[at]);

	buffer[at] = (struct switchyard_storage){
		.use = used ? SWITCHYARD_STORAGE_MORE : SWITCHYARD_STORAGE_MORE_WRITTEN,
		.written = jiffies,
	};
	for (i = at; i < count; i++)
		buffer[at].written += told->noted[i].entry.written + jiffies;
	return at + 1;
}

static bool is_more(void)
{
	return told->more || told->more_written ||
	       (s32)(READ_ONCE(looks_overdue) - looks_found) > 0;
}

static u32 fill_buffer(void)
{
	u32 i, count = told->count;

	for (i = 0; i < count; i++)
		buffer[i] = told->noted[i].entry;
	return is_more() ? add_more(count) : count;
}

/* The caller has told_lock, or no other CPU runs. Interrupts are off. */
static void tell(void)
{
	s64 result;
	u32 i;

	for (i = 0; i < told->count; i++)
		changed |= count_written(&told->noted[i]);
	if (!changed && !is_more())
		return;
	changed = false;
	*call = (struct switchyard_call){
		.size = sizeof(*call),
		.service = SWITCHYARD_STORAGE,
		.address = virt_to_phys(buffer),
		.length = fill_buffer() * sizeof(buffer[0]),
	};
	result =
		switchyard_gate_call(&switchyard_core.gate, SWITCHYARD_SERVICE, virt_to_phys(call));
	if (result)
		pr_warn_once("the monitor can't be told what this kernel has mounted: %.*s\n",
			     (int)sizeof(call->text), call->text);
}

void switchyard_storage_tell(void)
{
	unsigned long flags;

	if (!call)
		return;
	/* The CPU that has it may have been stopped, and then nobody else is there. */
	if (!raw_spin_trylock_irqsave(&told_lock, flags))
		return;
	tell();
	raw_spin_unlock_irqrestore(&told_lock, flags);
}

static void look(struct work_struct *work)
{
	u32 asked = READ_ONCE(looks_asked);

	find_all();
	raw_spin_lock_irq(&told_lock);
	swap(told, fresh);
	looks_found = asked;
	changed = true;
	tell();
	raw_spin_unlock_irq(&told_lock);
	put_all(fresh);
	switchyard_guard_storage();
	WRITE_ONCE(looks_done, asked);
	wake_up_all(&looked);
}

static bool look_within(long limit)
{
	u32 asked;

	if (!call)
		return true;
	asked = READ_ONCE(looks_asked) + 1;
	WRITE_ONCE(looks_asked, asked);
	queue_work(system_unbound_wq, &look_work);
	if (wait_event_timeout(looked, (s32)(READ_ONCE(looks_done) - asked) >= 0, limit))
		return true;
	WRITE_ONCE(looks_overdue, asked);
	return false;
}

void switchyard_storage_look(void)
{
	look_within(LOOK_LIMIT);
}

bool switchyard_storage_look_well(void)
{
	return look_within(LOOK_WELL_LIMIT);
}

/* Told as in use, so that it may be written to, or, if it is not claimed, as written to. */
static bool is_told(const struct block_device *bdev, bool claimed)
{
	unsigned long flags;
	bool found;
	u32 i;

	raw_spin_lock_irqsave(&told_lock, flags);
	found = told->more || (!claimed && told->more_written);
	for (i = 0; i < told->count; i++)
		found |= told->noted[i].bdev == bdev &&
			 (!claimed || told->noted[i].entry.use != SWITCHYARD_STORAGE_WRITTEN);
	raw_spin_unlock_irqrestore(&told_lock, flags);
	return found;
}

/*
 * A file system that is mounted read-only can become writable, and its claim stays as it is. What
 * was written to a disk that is pulled out is known only if that was told before.
 */
static int add_claim(struct block_device *bdev, void *data)
{
	bool claimed = switchyard_block_is_claimed(bdev) && !switchyard_guard_holds(bdev);
	u64 written = switchyard_block_written(bdev);
	u64 *claims = data;

	if (!written || is_told(bdev, claimed))
		written = 0;
	else if (!claimed)
		written = 1;
	*claims = *claims * 31 + (bdev->bd_dev ^ (bdev_nr_sectors(bdev) << 20)) * 2 + claimed +
		  (written << 32);
	return 0;
}

/* A device has come, or somebody has claimed or left one. */
static bool claims_changed(void)
{
	u64 claims = 0, before = claims_before;

	switchyard_block_each(add_claim, &claims);
	claims_before = claims;
	return claims != before;
}

void switchyard_storage_look_before_quick(void)
{
	if (call && claims_changed())
		switchyard_storage_look();
}

void switchyard_storage_look_after_quick(void)
{
	if (call)
		queue_work(system_unbound_wq, &look_work);
}

static void poll(struct work_struct *work)
{
	if (claims_changed())
		queue_work(system_unbound_wq, &look_work);
	queue_delayed_work(system_unbound_wq, &poll_work, POLL_JIFFIES);
}

static void free_all(void)
{
	kfree(call);
	kfree(buffer);
	kfree(told);
	kfree(fresh);
	kvfree(mounts);
	call = NULL;
}

/* The buffer is as long as a power of two, so that it is in one piece. */
static bool allocate(void)
{
	call = kzalloc(roundup_pow_of_two(sizeof(*call)), GFP_KERNEL);
	buffer = kcalloc(SWITCHYARD_STORAGE_LIMIT, sizeof(*buffer), GFP_KERNEL);
	told = kzalloc(sizeof(*told), GFP_KERNEL);
	fresh = kzalloc(sizeof(*fresh), GFP_KERNEL);
	mounts = kvmalloc(MOUNTS_SIZE, GFP_KERNEL);
	return call && buffer && told && fresh && mounts;
}

int switchyard_storage_init(void)
{
	if (switchyard_block_init() || !allocate()) {
		free_all();
		pr_err("no memory for a list of block devices\n");
		return -ENOMEM;
	}
	switchyard_media_init();
	INIT_WORK(&look_work, look);
	INIT_DEFERRABLE_WORK(&poll_work, poll);
	switchyard_storage_look();
	queue_delayed_work(system_unbound_wq, &poll_work, POLL_JIFFIES);
	return 0;
}

void switchyard_storage_exit(void)
{
	cancel_delayed_work_sync(&poll_work);
	cancel_work_sync(&look_work);
	switchyard_media_exit();
	switchyard_guard_storage_exit();
	put_all(told);
	free_all();
}
