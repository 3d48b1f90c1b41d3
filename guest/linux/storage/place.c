// SPDX-License-Identifier: GPL-2.0-only
/*
 * place.c - where a block device is: behind which PCI function, on which of the disks there, and
 * where on that disk.
 *
 * Two kernels must say the same of one disk. So nothing counts here that a kernel numbers itself,
 * in the order in which it finds things: hosts, "ata1", buses of USB, names of disks.
 */
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/libata.h>
#include <linux/nvme_ioctl.h>
#include <linux/string.h>
#include <linux/usb.h>
#include <scsi/scsi_device.h>
#include "block.h"
#include "format/unit.h"

/* Names of USB have up to 126 characters of UTF-16. The end of a longer text does not count. */
#define UNIT_TEXT 192

/* "0000:00:04.0" above the disk, as PREPARE has it. */
static u32 pci_function_of(const struct device *device)
{
	unsigned int domain, bus, slot, function;

	for (; device; device = device->parent)
		if (switchyard_block_on_bus(device, "pci") &&
		    sscanf(dev_name(device), "%x:%x:%x.%x", &domain, &bus, &slot, &function) == 4)
			return bus << 8 | slot << 3 | function;
	return SWITCHYARD_STORAGE_NO_PCI;
}

/* Names of types that modules can't see. */
static bool is_type(const struct device *device, const char *type)
{
	return device->type && device->type->name && !strcmp(device->type->name, type);
}

static struct device *find_above(struct device *device, const char *type)
{
	while (device && !is_type(device, type))
		device = device->parent;
	return device;
}

/* "naa.5000c50015ea71ac": who the disk is in the world. */
static void add_name(struct gendisk *disk, char *text)
{
	static const struct {
		enum blk_unique_id type;
		const char *name;
	} kinds[] = {{BLK_UID_NAA, "naa"}, {BLK_UID_EUI64, "eui"}};
	unsigned int i;
	u8 id[16];

	for (i = 0; disk->fops->get_unique_id && i < ARRAY_SIZE(kinds); i++) {
		int size = disk->fops->get_unique_id(disk, id, kinds[i].type);

		if (size <= 0 || size > sizeof(id))
			continue;
		snprintf(text, UNIT_TEXT, "%s.%*phN", kinds[i].name, size, id);
		return;
	}
}

/* A stick is not where it is plugged in: the ports of a USB 3 controller have two numbers each. */
static void add_usb(const struct usb_device *usb, const char *address, char *text)
{
	if (usb->serial)
		snprintf(text, UNIT_TEXT, "usb %s %04x:%04x %s", address,
			 le16_to_cpu(usb->descriptor.idVendor),
			 le16_to_cpu(usb->descriptor.idProduct), usb->serial);
}

/* Targets of SAS, Fibre Channel and iSCSI have the numbers in which Linux finds them. */
static bool has_own_address(const struct scsi_device *unit)
{
	const struct device *host = unit->sdev_gendev.parent->parent;

	return is_type(host, "scsi_host") && (switchyard_block_on_bus(host->parent, "pci") ||
					      switchyard_block_on_bus(host->parent, "virtio"));
}

static void add_scsi(struct gendisk *disk, struct scsi_device *unit, char *text)
{
	struct device *usb = find_above(&unit->sdev_gendev, "usb_device");
	struct device *ata = find_above(&unit->sdev_gendev, "ata_port");
	char address[48];

	snprintf(address, sizeof(address), "%u:%u:%llu", unit->channel, unit->id, unit->lun);
	if (usb)
		add_usb(to_usb_device(usb), address, text);
	else if (ata)
		snprintf(text, UNIT_TEXT, "ata%u %s",
			 container_of(ata, struct ata_port, tdev)->port_no, address);
	else if (has_own_address(unit))
		snprintf(text, UNIT_TEXT, "scsi %s", address);
	else
		add_name(disk, text);
}

/* The namespace. Linux numbers them itself, as it finds them: "nvme0n1". */
static void add_nvme(struct gendisk *disk, char *text)
{
	int id = disk->fops->ioctl ? disk->fops->ioctl(disk->part0, 0, NVME_IOCTL_ID, 0) : 0;

	if (id > 0)
		snprintf(text, UNIT_TEXT, "nsid%d", id);
}

/* Which of the function's disks it is. Empty: that is not known. */
static void describe_unit(struct gendisk *disk, bool behind_pci, char *text)
{
	struct device *drive = disk_to_dev(disk)->parent;

	text[0] = '\0';
	if (!drive)
		return;
	if (!behind_pci)
		add_name(disk, text);
	else if (switchyard_block_on_bus(drive, "scsi"))
		add_scsi(disk, to_scsi_device(drive), text);
	else if (!strncmp(disk->disk_name, "nvme", 4))
		add_nvme(disk, text);
}

static u16 unit_of(struct gendisk *disk, bool behind_pci)
{
	const struct device *drive = disk_to_dev(disk)->parent;
	char text[UNIT_TEXT];

	if (behind_pci && switchyard_block_on_bus(drive, "virtio"))
		return SWITCHYARD_STORAGE_ONLY_UNIT;
	describe_unit(disk, behind_pci, text);
	return text[0] ? switchyard_unit(text) : SWITCHYARD_STORAGE_NO_UNIT;
}

/* The devices above the disk, and what its driver knows of it, stay while it has its mutex. */
static void find_place(struct gendisk *disk, struct switchyard_storage *entry)
{
	entry->disk = SWITCHYARD_STORAGE_NO_PCI;
	entry->unit = SWITCHYARD_STORAGE_NO_UNIT;
	mutex_lock(&disk->open_mutex);
	if (disk_live(disk)) {
		entry->disk = pci_function_of(disk_to_dev(disk));
		entry->unit = unit_of(disk, entry->disk != SWITCHYARD_STORAGE_NO_PCI);
	}
	mutex_unlock(&disk->open_mutex);
}

void switchyard_block_place(struct block_device *bdev, struct switchyard_storage *entry)
{
	entry->start = bdev->bd_start_sect;
	entry->sectors = bdev_nr_sectors(bdev);
	find_place(bdev->bd_disk, entry);
}

bool switchyard_block_is_at(struct block_device *bdev, const struct switchyard_storage *entry)
{
	struct switchyard_storage own;

	switchyard_block_place(bdev, &own);
	return entry->start == own.start && entry->sectors == own.sectors &&
	       entry->disk == own.disk && switchyard_same_unit(entry->unit, own.unit);
}
