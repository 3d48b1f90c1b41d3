// SPDX-License-Identifier: GPL-2.0-only
/*
 * block.c - what there is to know of a block device: which file system lies on it, and what was
 * written to it.
 */
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/kernel.h>
#include <linux/pagemap.h>
#include <linux/part_stat.h>
#include <linux/string.h>
#include <linux/xarray.h>
#include <scsi/scsi_device.h>
#include "block.h"
#include "compat.h"
#include "core.h"

/* The class of all block devices. Linux has no name for it that modules can use. */
static typeof(((struct device *)0)->class) block_devices;

#define SWAP_ID_AT 1036

/* How file systems, swap and volumes are known, and at which byte of the device their ids are. */
static const struct {
	u32 magic_at;
	u32 magic_size;
	const char *magic;
	u32 id_at;
} kinds[] = {
	{1080, 2, "\x53\xef", 1128},	      /* ext2, ext3, ext4: s_magic, s_uuid */
	{0, 4, "XFSB", 32},		      /* XFS: sb_uuid */
	{65600, 8, "_BHRfS_M", 65568},	      /* btrfs: fsid */
	{1024, 4, "\x10\x20\xf5\xf2", 1132},  /* F2FS: uuid */
	{4086, 10, "SWAPSPACE2", SWAP_ID_AT}, /* mkswap: sws_uuid */
	{512, 8, "LABELONE", 544}, /* LVM: the volume's UUID, of which 16 letters count */
	{4096, 4, "\xfc\x4e\x2b\xa9", 4096 + 16}, /* MD 1.2: set_uuid */
	{0, 6, "LUKS\xba\xbe", 168},		  /* LUKS: UUID as text */
	/* Serial numbers of 4 or 8 bytes; what is beside them does not change either. */
	{82, 8, "FAT32   ", 67}, /* BS_VolID, the label */
	{54, 5, "FAT16", 39},
	{54, 5, "FAT12", 39},
	{3, 8, "EXFAT   ", 90}, /* to VolumeSerialNumber and FileSystemRevision; flags follow */
	{3, 8, "NTFS    ", 72},
};

int switchyard_block_init(void)
{
	struct gendisk *disk = compat_alloc_disk();

	if (IS_ERR_OR_NULL(disk))
		return -ENOMEM;
	block_devices = disk_to_dev(disk)->class;
	put_disk(disk);
	return 0;
}

struct each {
	int (*look)(struct block_device *bdev, void *data);
	void *data;
};

/* RAM, and files of file systems, which are devices of their own. */
static bool is_left_out(const struct device *device)
{
	static const char *const names[] = {"loop", "ram", "zram"};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strncmp(dev_name(device), names[i], strlen(names[i])))
			return true;
	return false;
}

static int look_at(struct device *device, void *data)
{
	const struct each *each = data;
	struct block_device *bdev = dev_to_bdev(device);

	return is_left_out(device) || !bdev_nr_sectors(bdev) ? 0 : each->look(bdev, each->data);
}

void switchyard_block_each(int (*look)(struct block_device *bdev, void *data), void *data)
{
	struct each each = {look, data};

	class_for_each_device(block_devices, NULL, &each, look_at);
}

/*
 * Another slot's kernel may have been told of a change, and the drive tells it once. Disks that
 * somebody has open stay as they are: what is kept of them would be thrown away.
 */
static int doubt_medium(struct device *device, void *none)
{
	struct block_device *bdev = dev_to_bdev(device);
	struct device *drive = disk_to_dev(bdev->bd_disk)->parent;

	if (!bdev_is_partition(bdev) && bdev->bd_disk->flags & GENHD_FL_REMOVABLE &&
	    !disk_openers(bdev->bd_disk) && switchyard_block_on_bus(drive, "scsi"))
		to_scsi_device(drive)->changed = 1;
	return 0;
}

void switchyard_storage_doubt_media(void)
{
	class_for_each_device(block_devices, NULL, NULL, doubt_medium);
}

/* All bytes are in one page. */
static bool read_bytes(struct block_device *bdev, u64 at, void *to, u32 size)
{
	struct page *page;

	if (at + size > bdev_nr_bytes(bdev))
		return false;
	page = read_mapping_page(compat_bdev_mapping(bdev), at >> PAGE_SHIFT, NULL);
	if (IS_ERR(page))
		return false;
	memcpy_from_page(to, page, offset_in_page(at), size);
	put_page(page);
	return true;
}

void switchyard_block_id(struct block_device *bdev, struct switchyard_storage *entry)
{
	char magic[10];
	unsigned int i;

	entry->id_at = 0;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!read_bytes(bdev, kinds[i].magic_at, magic, kinds[i].magic_size) ||
		    memcmp(magic, kinds[i].magic, kinds[i].magic_size))
			continue;
		if (read_bytes(bdev, kinds[i].id_at, entry->id, sizeof(entry->id)))
			entry->id_at = kinds[i].id_at;
		return;
	}
}

bool switchyard_block_is_swap(const struct switchyard_storage *entry)
{
	return entry->id_at == SWAP_ID_AT;
}

static u64 sectors_written(struct block_device *bdev)
{
	return part_stat_read(bdev, sectors[STAT_WRITE]) +
	       part_stat_read(bdev, sectors[STAT_DISCARD]);
}

/* The whole comes first: a write is counted for the partition before it is counted there. */
u64 switchyard_block_written(struct block_device *bdev)
{
	u64 written = sectors_written(bdev), parts = 0;
	struct block_device *part;
	unsigned long index;

	if (bdev_is_partition(bdev))
		return written;
	rcu_read_lock();
	xa_for_each_start (&bdev->bd_disk->part_tbl, index, part, 1)
		parts += sectors_written(part);
	rcu_read_unlock();
	return written > parts ? written - parts : 0;
}

bool switchyard_block_is_dirty(struct block_device *bdev)
{
	struct address_space *mapping = compat_bdev_mapping(bdev);

	return mapping_tagged(mapping, PAGECACHE_TAG_DIRTY) ||
	       mapping_tagged(mapping, PAGECACHE_TAG_WRITEBACK);
}

/* Linux marks a disk, too, if one of its partitions is claimed. */
bool switchyard_block_is_claimed(struct block_device *bdev)
{
	bool claimed = READ_ONCE(bdev->bd_holders);
	struct block_device *part;
	unsigned long index;

	if (!claimed || bdev_is_partition(bdev))
		return claimed;
	rcu_read_lock();
	xa_for_each_start (&bdev->bd_disk->part_tbl, index, part, 1)
		claimed &= !READ_ONCE(part->bd_holders);
	rcu_read_unlock();
	return claimed;
}

/* A device that is not open has nothing in memory, and must have nothing afterwards. */
static bool has_id(struct block_device *bdev, const struct switchyard_storage *entry)
{
	struct switchyard_block_open open;
	u8 id[sizeof(entry->id)];
	bool same;

	if (switchyard_block_get(bdev->bd_dev, NULL, &open))
		return false;
	same = read_bytes(bdev, entry->id_at, id, sizeof(id)) && !memcmp(id, entry->id, sizeof(id));
	switchyard_block_put(&open);
	return same;
}

bool switchyard_block_is(struct block_device *bdev, const struct switchyard_storage *entry)
{
	if (entry->use == SWITCHYARD_STORAGE_MORE)
		return true;
	if (entry->id_at)
		return entry->sectors == bdev_nr_sectors(bdev) &&
		       offset_in_page(entry->id_at) + sizeof(entry->id) <= PAGE_SIZE &&
		       has_id(bdev, entry);
	return switchyard_block_is_at(bdev, entry);
}

#ifdef COMPAT_BDEV_FILE

int switchyard_block_get(dev_t number, void *holder, struct switchyard_block_open *open)
{
	open->file = bdev_file_open_by_dev(number, BLK_OPEN_READ, holder, NULL);
	if (IS_ERR(open->file))
		return PTR_ERR(open->file);
	open->bdev = file_bdev(open->file);
	return 0;
}

void switchyard_block_put(struct switchyard_block_open *open)
{
	bdev_fput(open->file);
}

#else

int switchyard_block_get(dev_t number, void *holder, struct switchyard_block_open *open)
{
	open->alone = holder;
	open->bdev = blkdev_get_by_dev(number, FMODE_READ | (holder ? FMODE_EXCL : 0), holder);
	return PTR_ERR_OR_ZERO(open->bdev);
}

void switchyard_block_put(struct switchyard_block_open *open)
{
	blkdev_put(open->bdev, FMODE_READ | (open->alone ? FMODE_EXCL : 0));
}

#endif
