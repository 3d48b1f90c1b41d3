// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/switch.h"
#include <stddef.h>
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/gate/anchor.h"
#include "arch/x86/gate/enter.h"
#include "arch/x86/gate/gate.h"
#include "arch/x86/pci/pci.h"
#include "monitor/console/command.h"
#include "monitor/load/guest_map.h"
#include "monitor/switch/integrity.h"
#include "monitor/load/load.h"
#include "lib/print.h"
#include "monitor/switch/picture.h"
#include "monitor/switch/request.h"
#include "monitor/switch/kept_state.h"
#include "monitor/plan/store.h"
#include "lib/string.h"
#include "lib/units.h"
#include "guest/linux/switchyard_names.h"
#include "guest/linux/version.h"

/* The gate is called by guests, who can't pass it: the one pointer to the monitor that is kept. */
static struct monitor *gate_monitor;

static uint32_t slot_index(const struct monitor *monitor, const struct slot *slot)
{
	return (uint32_t)(slot - monitor->slots.slot);
}

/* The machine goes to slot: what its own tables and the monitor say of it. */
static void mark_running(struct monitor *monitor, struct slot *slot)
{
	monitor->current = slot_index(monitor, slot);
	slot->state = SWITCHYARD_RUNNING;
	slot->runs++;
	kept_state_publish(&monitor->slots);
	gate_set_context(&kept_state(monitor->current)->cpu);
}

/*
 * A slot that ended with its devices running has to be cut off from them, before the memory that
 * they write to is used for anything else.
 */
static void stop_devices(struct monitor *monitor)
{
	if (!monitor->devices_running)
		return;
	pci_stop_bus_masters();
	platform_quiet();
	monitor->devices_running = false;
}

static bool load(struct monitor *monitor, struct slot *slot, struct guest_entry *entry,
		 struct error *error)
{
	struct kept_state *kept = kept_state(slot_index(monitor, slot));
	struct region tables = {.base = (uint64_t)&kept->tables,
				.size = sizeof(kept->tables),
				.type = REGION_ACPI};
	struct region map[GUEST_MAX_REGIONS];
	struct load_context context = {
		.map = map,
		.rsdp = kept->rsdp,
		.rsdp_size = kept->rsdp ? monitor->boot->rsdp_size : 0,
		.info = (uint64_t)&kept->tables.info,
		.screen = screen_kind(&monitor->console.screen),
		.cursor_column = monitor->console.screen.text.column,
		.cursor_row = monitor->console.screen.text.row,
		.framebuffer = &monitor->boot->framebuffer,
		.loader_name = "Switchyard " SWITCHYARD_VERSION,
	};

	if (!store_check(slot, error))
		return false;
	context.map_count = guest_map(&monitor->plan, slot_index(monitor, slot), &tables, map,
				      GUEST_MAX_REGIONS, error);
	return context.map_count && load_slot(slot, &context, entry, error);
}

bool switch_boot(struct monitor *monitor, struct slot *slot, struct error *error)
{
	struct kept_state *kept = kept_state(slot_index(monitor, slot));
	struct guest_entry entry;
	char size[SIZE_TEXT];

	console_init(&monitor->console, &monitor->options);
	screen_clear(&monitor->console.screen);
	log_line(&monitor->log, LOG_INFO, "starting %s: %s, %s at %#lx", slot->name,
		 slot_type_name(slot->type), format_size(size, slot->ram.size), slot->ram.base);
	slot->state = SWITCHYARD_READY;
	stop_devices(monitor);
	if (!load(monitor, slot, &entry, error))
		return false;
	memset(&kept->tables.info.notes, 0, sizeof(kept->tables.info.notes));
	memset(&kept->cpu, 0, sizeof(kept->cpu));
	uart_drain(&monitor->console.uart);
	mark_running(monitor, slot);
	platform_restore_firmware();
	cpu_state_reset();
	if (entry.mode == ENTRY_LONG)
		guest_enter_long(&entry);
	guest_enter_protected(&entry);
}

/* result is what the slot's call of the gate returns. */
__attribute__((noreturn)) static void resume(struct monitor *monitor, struct slot *slot,
					     int64_t result)
{
	struct kept_state *kept = kept_state(slot_index(monitor, slot));

	stop_devices(monitor);
	uart_drain(&monitor->console.uart);
	mark_running(monitor, slot);
	picture_restore(monitor, monitor->current);
	platform_restore(&kept->platform);
	cpu_state_restore(&kept->cpu);
	gate_resume(&kept->cpu, result);
}

bool switch_to(struct monitor *monitor, struct slot *slot, struct error *error)
{
	if (slot->state == SWITCHYARD_PARKED &&
	    !integrity_verify(slot, kept_state(slot_index(monitor, slot)), error))
		return false;
	return switch_force(monitor, slot, error);
}

bool switch_force(struct monitor *monitor, struct slot *slot, struct error *error)
{
	switch (slot->state) {
	case SWITCHYARD_READY:
		return switch_boot(monitor, slot, error);
	case SWITCHYARD_PARKED:
		resume(monitor, slot, 0);
	case SWITCHYARD_CRASHED:
		return fail(error, "slot %s has crashed (%s); \"boot %s\" starts it afresh",
			    slot->name, slot->crash, slot->name);
	case SWITCHYARD_RUNNING:
		break;
	}
	return fail(error, "slot %s runs already", slot->name);
}

bool switch_kill(struct monitor *monitor, struct slot *slot, struct error *error)
{
	if (slot->state != SWITCHYARD_PARKED && slot->state != SWITCHYARD_CRASHED)
		return fail(error, "slot %s is %s; only a parked or crashed slot can be killed",
			    slot->name, switchyard_state_name(slot->state));
	slot->state = SWITCHYARD_READY;
	if (monitor->current == slot_index(monitor, slot))
		monitor->current = NO_SLOT;
	return true;
}

/* After this the machine is quiet, and the slot's state complete. */
static void park(struct slot *slot, struct kept_state *kept)
{
	const struct switchyard_notes *notes = &kept->tables.info.notes;

	platform_save(&kept->platform);
	kept->platform.pit.reload = notes->pit_reload;
	kept->platform.pic.base[0] = notes->pic_master;
	kept->platform.pic.base[1] = notes->pic_slave;
	kept->platform.keyboard.leds = notes->keyboard_leds;
	kept->cpu.progress = GATE_PARKED;
	slot->state = SWITCHYARD_PARKED;
}

static void end(struct monitor *monitor, struct slot *slot, uint64_t how)
{
	static const char *const names[] = {
		[SWITCHYARD_END_POWEROFF] = "powered off",
		[SWITCHYARD_END_REBOOT] = "rebooted",
		[SWITCHYARD_END_HALT] = "halted",
	};

	slot->state = SWITCHYARD_READY;
	monitor->current = NO_SLOT;
	monitor->devices_running = true;
	log_line(&monitor->log, LOG_INFO, "slot %s has %s; it is ready to be started again",
		 slot->name, names[how]);
}

static void crash(struct monitor *monitor, struct slot *slot, const struct switchyard_notes *notes)
{
	slot->state = SWITCHYARD_CRASHED;
	monitor->devices_running = true;
	request_copy_message(slot->crash, sizeof(notes->message),
			     notes->message[0] ? notes->message : "it gave no reason");
	log_line(&monitor->log, LOG_ERROR, "slot %s has crashed: %s", slot->name, slot->crash);
}

void switch_fault(struct monitor *monitor)
{
	struct kept_state *kept;
	struct slot *slot;

	if (monitor->current == NO_SLOT)
		return;
	slot = &monitor->slots.slot[monitor->current];
	kept = kept_state(monitor->current);
	if (slot->state != SWITCHYARD_RUNNING)
		return;
	platform_save(&kept->platform);
	slot->state = SWITCHYARD_CRASHED;
	monitor->devices_running = true;
	format_text(slot->crash, sizeof(slot->crash), "%s",
		    kept->cpu.progress == GATE_IDLE ? "fault before it had tables of its own"
						    : "fault in the gate");
	console_init(&monitor->console, &monitor->options);
}

/* The monitor's own console, after a slot had the machine. */
static void take_over(struct monitor *monitor)
{
	console_init(&monitor->console, &monitor->options);
	screen_clear(&monitor->console.screen);
	console_printf(&monitor->console, "\n");
}

/* Kept only: the screen and the serial port are still those of the slot that asks. */
static void log_refusal(struct log *log, const char *text)
{
	struct console *console = log->console;

	log->console = NULL;
	log_line(log, LOG_ERROR, "%s", text);
	log->console = console;
}

/* Before the slot that asks is parked: it can be told then. */
static int64_t check_target(struct monitor *monitor, const struct slot *slot)
{
	struct error error;

	if (slot->state != SWITCHYARD_PARKED ||
	    integrity_verify(slot, kept_state(slot_index(monitor, slot)), &error))
		return 0;
	log_refusal(&monitor->log, error.text);
	return SWITCHYARD_EDAMAGED;
}

/* After the slot's screen and serial port are saved. */
static void take_checksums(struct monitor *monitor, const struct slot *slot,
			   struct kept_state *kept)
{
	const struct integrity *integrity = &kept->integrity;
	char size[SIZE_TEXT];

	integrity_take(slot, kept, monitor->options.integrity);
	if (integrity->text)
		log_line(&monitor->log, LOG_DEBUG, "slot %s: %s of kernel text in %u ranges",
			 slot->name, format_size(size, integrity->page_count * PAGE_SIZE),
			 integrity->range_count);
	if (integrity->left_out)
		log_line(&monitor->log, LOG_WARN,
			 "slot %s: %s of its kernel text are too much to be checked", slot->name,
			 format_size(size, integrity->left_out));
}

/* A monitor that is damaged switches to nobody: the person is told, and decides. */
static const void *check_monitor(const struct monitor *monitor)
{
	return monitor->options.integrity == INTEGRITY_OFF ? NULL
							   : selfcheck_damage(&monitor->selfcheck);
}

/* Answers calls of the gate. */
static int64_t gate_main(uint64_t op, uint64_t arg)
{
	struct monitor *monitor = gate_monitor;
	struct slot *slot = &monitor->slots.slot[monitor->current];
	struct kept_state *kept = kept_state(monitor->current);
	const void *damage = check_monitor(monitor);
	const char *reason;
	struct error error;
	int64_t result;

	if (!lapic_is_boot_cpu())
		return SWITCHYARD_ENOTBOOTCPU;
	result = request_check(&monitor->slots, monitor->current, op, arg);
	if (!result && op == SWITCHYARD_SWITCH)
		result = check_target(monitor, &monitor->slots.slot[arg - 1]);
	if (result)
		return result;
	/* One that ends needs its CPU state no more, so it may be what can't be kept. */
	if (!cpu_state_save(&kept->cpu, &reason) && op != SWITCHYARD_END &&
	    op != SWITCHYARD_CRASH) {
		fail(&error, "slot %s can't be parked: %s", slot->name, reason);
		log_refusal(&monitor->log, error.text);
		return SWITCHYARD_ESTATE;
	}
	park(slot, kept);
	picture_save(monitor, monitor->current);
	if (op == SWITCHYARD_SWITCH || op == SWITCHYARD_MONITOR)
		take_checksums(monitor, slot, kept);

	if (op == SWITCHYARD_SWITCH && !damage) {
		if (switch_force(monitor, &monitor->slots.slot[arg - 1], &error))
			__builtin_unreachable();
		log_line(&monitor->log, LOG_ERROR, "%s", error.text);
		resume(monitor, slot, SWITCHYARD_EIMAGE);
	}
	take_over(monitor);
	if (damage)
		log_line(&monitor->log, LOG_ERROR,
			 "the monitor's code or constants changed in the page at %#lx; "
			 "save what you can, and reboot",
			 (uintptr_t)damage);
	if (op == SWITCHYARD_END)
		end(monitor, slot, arg);
	else if (op == SWITCHYARD_CRASH)
		crash(monitor, slot, &kept->tables.info.notes);
	else
		log_line(&monitor->log, LOG_INFO, "slot %s is parked", slot->name);
	console_loop(monitor);
}

void switch_init(struct monitor *monitor)
{
	gate_monitor = monitor;
	gate_init(gate_main);
}
