// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - loading and unloading: finds the monitor and brings up the driver's parts.
 *
 * The monitor lists one ACPI table more than firmware does, "SWYD", which says where it keeps
 * this slot's struct switchyard_info (guest/linux/switchyard.h). No table, no driver.
 */
#include <linux/acpi.h>
#include <linux/io.h>
#include <linux/module.h>
#include "driver.h"

struct driver driver;

/* Physical address of the slot's struct switchyard_info, or 0, the reason printed. */
static u64 find_info(void)
{
	struct acpi_table_header *header;
	struct switchyard_acpi table;
	u32 length;

	if (ACPI_FAILURE(acpi_get_table(SWITCHYARD_SIGNATURE, 1, &header))) {
		pr_err("switchyard: no ACPI table \"%s\": this kernel was not started by Switchyard\n",
		       SWITCHYARD_SIGNATURE);
		return 0;
	}
	length = header->length;
	memcpy(&table, header, min_t(u32, length, sizeof(table)));
	acpi_put_table(header);

	if (length < sizeof(table)) {
		pr_err("switchyard: ACPI table \"%s\" has %u bytes, at least %zu expected\n",
		       SWITCHYARD_SIGNATURE, length, sizeof(table));
		return 0;
	}
	return table.info;
}

static int check_info(const struct switchyard_info *info)
{
	if (info->magic != SWITCHYARD_MAGIC) {
		pr_err("switchyard: the monitor's structure begins with 0x%x, 0x%x expected\n",
		       info->magic, SWITCHYARD_MAGIC);
	} else if (info->version != SWITCHYARD_ABI_VERSION) {
		pr_err("switchyard: the monitor speaks version %u of the guest ABI, this driver version %u\n",
		       info->version, SWITCHYARD_ABI_VERSION);
	} else if (info->size < sizeof(*info)) {
		pr_err("switchyard: the monitor's structure has %u bytes, at least %zu expected\n",
		       info->size, sizeof(*info));
	} else if (info->slot_count > SWITCHYARD_MAX_SLOTS || info->self < 1 ||
		   info->self > info->slot_count) {
		pr_err("switchyard: the monitor calls this slot number %u of %u, at most %u\n",
		       info->self, info->slot_count, SWITCHYARD_MAX_SLOTS);
	} else {
		return 0;
	}
	return -ENODEV;
}

static int map_info(void)
{
	u64 address = find_info();
	int error;

	if (!address)
		return -ENODEV;

	driver.info = memremap(address, sizeof(*driver.info), MEMREMAP_WB);
	if (!driver.info) {
		pr_err("switchyard: the monitor's structure at 0x%llx can't be mapped\n", address);
		return -ENODEV;
	}
	error = check_info(driver.info);
	if (error)
		memunmap(driver.info);
	return error;
}

static int __init switchyard_init(void)
{
	int error = map_info();

	if (error)
		return error;
	error = gate_init(&driver.gate, driver.info);
	if (error)
		goto unmap;
	error = request_init(&driver);
	if (error)
		goto undo_gate;
	error = ending_init();
	if (error)
		goto undo_request;
	error = crash_init();
	if (error)
		goto undo_ending;
	/* Last, as requests can come from here on. */
	error = device_init();
	if (error)
		goto undo_crash;
	error = keys_init();
	if (error)
		goto undo_device;

	pr_info("switchyard: slot %s, %u slots, gate at 0x%llx\n",
		driver.info->slot[driver.info->self - 1].name, driver.info->slot_count,
		driver.info->gate);
	return 0;

undo_device:
	device_exit();
undo_crash:
	crash_exit();
undo_ending:
	ending_exit();
undo_request:
	request_exit(&driver);
undo_gate:
	gate_exit(&driver.gate);
unmap:
	memunmap(driver.info);
	return error;
}

static void __exit switchyard_exit(void)
{
	keys_exit();
	device_exit();
	crash_exit();
	ending_exit();
	request_exit(&driver);
	gate_exit(&driver.gate);
	memunmap(driver.info);
}

module_init(switchyard_init);
module_exit(switchyard_exit);

MODULE_DESCRIPTION("Switchyard guest driver: gives the machine to another kernel");
MODULE_LICENSE("GPL");
