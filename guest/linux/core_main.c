// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_main.c - finds the monitor, starts the core's parts, and ends this kernel.
 *
 * The monitor adds an ACPI table, "SWYD", which has the address of this slot's struct
 * switchyard_info (switchyard.h). Without that table, the driver does not load.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/acpi.h>
#include <linux/io.h>
#include <linux/string.h>
#include "core.h"
#include "switchyard_names.h"

struct switchyard_core switchyard_core;

/* The physical address of the slot's struct switchyard_info. 0: none; it prints the reason. */
static u64 find_info(void)
{
	struct acpi_table_header *header;
	struct switchyard_acpi table;
	u32 length;

	if (ACPI_FAILURE(acpi_get_table(SWITCHYARD_SIGNATURE, 1, &header))) {
		pr_err("no ACPI table \"%s\": this kernel was not started by Switchyard\n",
		       SWITCHYARD_SIGNATURE);
		return 0;
	}
	length = header->length;
	memcpy(&table, header, min_t(u32, length, sizeof(table)));
	acpi_put_table(header);

	if (length < sizeof(table)) {
		pr_err("ACPI table \"%s\" has %u bytes, at least %zu expected\n",
		       SWITCHYARD_SIGNATURE, length, sizeof(table));
		return 0;
	}
	return table.info;
}

static int check_info(const struct switchyard_info *info)
{
	if (info->magic != SWITCHYARD_MAGIC) {
		pr_err("the monitor's structure begins with 0x%x, 0x%x expected\n", info->magic,
		       SWITCHYARD_MAGIC);
	} else if (info->version != SWITCHYARD_ABI_VERSION) {
		pr_err("the monitor speaks version %u of the guest ABI, this driver version %u\n",
		       info->version, SWITCHYARD_ABI_VERSION);
	} else if (info->size < sizeof(*info)) {
		pr_err("the monitor's structure has %u bytes, at least %zu expected\n", info->size,
		       sizeof(*info));
	} else if (info->slot_count > SWITCHYARD_MAX_SLOTS || info->self < 1 ||
		   info->self > info->slot_count) {
		pr_err("the monitor calls this slot number %u of %u, at most %u\n", info->self,
		       info->slot_count, SWITCHYARD_MAX_SLOTS);
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

	switchyard_core.info = memremap(address, sizeof(*switchyard_core.info), MEMREMAP_WB);
	if (!switchyard_core.info) {
		pr_err("the monitor's structure at 0x%llx can't be mapped\n", address);
		return -ENODEV;
	}
	error = check_info(switchyard_core.info);
	if (error)
		memunmap(switchyard_core.info);
	return error;
}

int switchyard_core_find(void)
{
	struct switchyard_core *core = &switchyard_core;
	int error = map_info();

	if (error)
		return error;
	error = switchyard_gate_init(&core->gate, core->info);
	if (error) {
		memunmap(core->info);
		return error;
	}
	core->info->notes.driver = 1;
	return 0;
}

int switchyard_core_init(void)
{
	struct switchyard_core *core = &switchyard_core;
	int error = switchyard_clock_init();

	if (error)
		return error;
	error = switchyard_request_init(core);
	if (error)
		goto undo_clock;
	error = switchyard_service_init();
	if (error)
		goto undo_request;
	error = switchyard_device_init();
	if (error)
		goto undo_service;
	error = switchyard_memory_init();
	if (error)
		goto undo_device;
	error = switchyard_storage_init();
	if (error)
		goto undo_memory;
	error = switchyard_keys_init();
	if (error)
		goto undo_storage;

	pr_info("slot %s, %u slots, gate at 0x%llx\n", core->info->slot[core->info->self - 1].name,
		core->info->slot_count, core->info->gate);
	return 0;

undo_storage:
	switchyard_storage_exit();
undo_memory:
	switchyard_memory_exit();
undo_device:
	switchyard_device_exit();
undo_service:
	switchyard_service_exit();
undo_request:
	switchyard_request_exit(core);
undo_clock:
	switchyard_clock_exit();
	return error;
}

void switchyard_core_exit(void)
{
	switchyard_keys_exit();
	switchyard_storage_exit();
	switchyard_memory_exit();
	switchyard_device_exit();
	switchyard_service_exit();
	switchyard_request_exit(&switchyard_core);
	switchyard_clock_exit();
}

void switchyard_core_lose(void)
{
	struct switchyard_core *core = &switchyard_core;

	core->info->notes.driver = 0;
	switchyard_gate_exit(&core->gate);
	memunmap(core->info);
}

u32 switchyard_self(void)
{
	return switchyard_core.info->self;
}

bool switchyard_others_work(void)
{
	const struct switchyard_info *info = switchyard_core.info;
	u32 i, count = min_t(u32, READ_ONCE(info->slot_count), SWITCHYARD_MAX_SLOTS);

	for (i = 0; i < count; i++)
		if (READ_ONCE(info->slot[i].flags) & SWITCHYARD_SLOT_WORKS)
			return true;
	return false;
}

/* It returns only if the gate refuses. */
static void leave_for_good(u64 op, u64 arg)
{
	s64 result = switchyard_gate_call(&switchyard_core.gate, op, arg);

	pr_emerg("the monitor did not take over: %s\n", switchyard_error_text(result));
}

void switchyard_end(enum switchyard_end reason)
{
	switchyard_storage_tell();
	leave_for_good(SWITCHYARD_END, reason);
}

void switchyard_crash(void)
{
	leave_for_good(SWITCHYARD_CRASH, 0);
}

static s64 interrupt_result;

void switchyard_interrupt(u64 told)
{
	switchyard_clock_hold();
	interrupt_result = switchyard_gate_call(&switchyard_core.gate, SWITCHYARD_INTERRUPT, told);
	switchyard_clock_release();
}

void switchyard_interrupt_over(void)
{
	if (interrupt_result)
		pr_err("the monitor did not take over at an NMI: %s\n",
		       switchyard_error_text(interrupt_result));
	else
		pr_notice("interrupted by an NMI, and continued\n");
	switchyard_memory_zap();
	switchyard_keys_forget();
	switchyard_memory_update();
}

void switchyard_guard(void)
{
	s64 result = switchyard_gate_call(&switchyard_core.gate, SWITCHYARD_GUARD, 0);

	if (result)
		pr_warn("a reset would not end this slot only: %s\n",
			switchyard_error_text(result));
}

void switchyard_spare(u32 spared)
{
	switchyard_core.info->notes.spared = spared;
}

void switchyard_wait(void)
{
	leave_for_good(SWITCHYARD_WAIT, 0);
}

void switchyard_crash_note(const char *message)
{
	struct switchyard_notes *notes = &switchyard_core.info->notes;

	strscpy(notes->message, message, sizeof(notes->message));
}

void switchyard_note_ib700(bool present)
{
	switchyard_core.info->notes.watchdogs = present ? SWITCHYARD_WATCHDOG_IB700 : 0;
}
