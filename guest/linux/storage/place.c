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

/* Serial numbers of USB have up to 126 characters. The end of a longer text does not count. */
#define UNIT_TEXT 192

static bool is_on_bus(const struct device *device, const char *bus)
{
	return device->bus && !strcmp(device->bus->name, bus);
}

/* "0000:00:04.0" above the disk, as PREPARE has it. */
static u32 pci_function_of(const struct device *device)
{
	unsigned int domain, bus, slot, function;

	for (; device; device = device->parent)
		if (is_on_bus(device, "pci") &&
		    sscanf(dev_name(device), "%x:%x:%x.%x", &domain, &bus, &slot, &function) == 4)
			return bus << 8 | slot << 3 | function;
	return SWITCHYARD_STORAGE_NO_PCI;
}

static __printf(2, 3) void add(char *text, const char *format, ...)
{
	size_t used = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	vscnprintf(text + used, UNIT_TEXT - used, format, arguments);
	va_end(arguments);
}

/* The next device above that is of a type which modules can't see. */
static struct device *find_above(struct device *device, const char *type)
{
	while (device && !(device->type && device->type->name && !strcmp(device->type->name, type)))
		device = device->parent;
	return device;
}

/* "usb2.3 0951:1666 08606E6D": the ports on the way, and the stick, which may be exchanged. */
static bool add_usb(struct device *drive, char *text)
{
	struct device *device = find_above(drive, "usb_device");
	const struct usb_device *usb;

	if (!device)
		return false;
	usb = to_usb_device(device);
	add(text, "usb%s %04x:%04x %s ", usb->devpath, le16_to_cpu(usb->descriptor.idVendor),
	    le16_to_cpu(usb->descriptor.idProduct), usb->serial ?: "");
	return true;
}

/* "ata2": the controller's port, of SATA and IDE. */
static bool add_ata(struct device *drive, char *text)
{
	struct device *device = find_above(drive, "ata_port");

	if (device)
		add(text, "ata%u ", container_of(device, struct ata_port, tdev)->port_no);
	return device;
}

/* "naa.5000c50015ea71ac": who the disk is in the world. */
static bool add_name(struct gendisk *disk, char *text)
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
		add(text, "%s.%*phN ", kinds[i].name, size, id);
		return true;
	}
	return false;
}

/*
 * A stick or a disk in the same port may be another one, and cheap ones share their names, so both
 * count. USB drives are asked for names by some of Linux's drivers only. Hosts of SAS and Fibre
 * Channel number the disks that they find, so there the name is enough.
 */
static void add_scsi(struct gendisk *disk, struct device *drive, char *text)
{
	const struct scsi_device *unit = to_scsi_device(drive);
	bool usb = add_usb(drive, text), port = usb || add_ata(drive, text);
	bool named = !usb && add_name(disk, text);

	if (port || !named)
		add(text, "%u:%u:%llu", unit->channel, unit->id, unit->lun);
}

/* The namespace. Linux numbers them itself, as it finds them: "nvme0n1". */
static void add_nvme(struct gendisk *disk, char *text)
{
	int id = strncmp(disk->disk_name, "nvme", 4) || !disk->fops->ioctl
			 ? 0
			 : disk->fops->ioctl(disk->part0, 0, NVME_IOCTL_ID, 0);

	if (id > 0)
		add(text, "nsid%d", id);
}

/* Which of the function's disks it is. Empty if that is not known, or there is only one. */
static void describe_unit(struct gendisk *disk, bool behind_pci, char *text)
{
	struct device *drive = disk_to_dev(disk)->parent;

	text[0] = '\0';
	if (!drive)
		return;
	if (!behind_pci)
		add_name(disk, text);
	else if (is_on_bus(drive, "scsi"))
		add_scsi(disk, drive, text);
	else
		add_nvme(disk, text);
}

/* FNV-1a, its 32 bits folded to 16, as the ABI has it. */
static u16 hash(const char *text)
{
	u32 sum = 2166136261u;
	u16 folded;

	for (; *text; text++)
		sum = (sum ^ (u8)*text) * 16777619u;
	folded = sum ^ sum >> 16;
	return folded ?: SWITCHYARD_STORAGE_ONLY_UNIT;
}

void switchyard_block_place(struct block_device *bdev, struct switchyard_storage *entry)
{
	u32 function = pci_function_of(disk_to_dev(bdev->bd_disk));
	bool behind_pci = function != SWITCHYARD_STORAGE_NO_PCI;
	char unit[UNIT_TEXT];

	describe_unit(bdev->bd_disk, behind_pci, unit);
	entry->start = bdev->bd_start_sect;
	entry->sectors = bdev_nr_sectors(bdev);
	entry->disk = function;
	entry->unit = unit[0]	   ? hash(unit)
		      : behind_pci ? SWITCHYARD_STORAGE_ONLY_UNIT
				   : SWITCHYARD_STORAGE_NO_UNIT;
}

bool switchyard_block_is_at(struct block_device *bdev, const struct switchyard_storage *entry)
{
	struct switchyard_storage own;

	switchyard_block_place(bdev, &own);
	return entry->start == own.start && entry->sectors == own.sectors &&
	       entry->disk == own.disk &&
	       (entry->unit == own.unit || entry->unit == SWITCHYARD_STORAGE_NO_UNIT ||
		own.unit == SWITCHYARD_STORAGE_NO_UNIT);
}
