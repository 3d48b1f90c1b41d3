// SPDX-License-Identifier: GPL-2.0-only
/*
 * gate_call.c - handles a guest's call of the gate. The call is refused, or the slot is parked, and
 * another slot or the person gets the machine.
 */
#include "monitor/call/gate_call.h"
#include "arch/x86/acpi/power.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/gate/anchor.h"
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/gate/crew.h"
#include "arch/x86/gate/gate.h"
#include "arch/x86/gate/gate_cpu.h"
#include "arch/x86/gate/gate_lock.h"
#include "arch/x86/interrupt/lapic.h"
#include "arch/x86/platform/platform.h"
#include "arch/x86/platform/wake.h"
#include "arch/x86/time/clock.h"
#include "guest/linux/switchyard_check.h"
#include "lib/print.h"
#include "lib/string.h"
#include "monitor/call/departure.h"
#include "monitor/call/parking.h"
#include "monitor/call/request.h"
#include "monitor/call/service.h"
#include "monitor/core/interrupted.h"
#include "monitor/owner/owner.h"
#include "monitor/slot/life.h"
#include "monitor/switch/handover.h"
#include "monitor/switch/integrity.h"
#include "monitor/switch/kept_state.h"
#include "monitor/switch/picture.h"
#include "monitor/switch/slot_block.h"
#include "monitor/switch/slot_snapshot.h"
#include "monitor/switch/successor.h"
#include "monitor/switch/switch.h"

/* Guests call the gate and can't pass a pointer to the monitor, so it is kept here. */
static struct monitor *gate_monitor;

/* What another CPU asked for when the boot CPU did not come; op 0: none. */
static struct request left_alone_with;

/*
 * This runs before the caller is parked, so that the call can still be refused. The caller still
 * owns the screen and the serial port, so the log keeps the reason, but does not show it.
 */
static int64_t check_target(struct monitor *monitor, const struct slot *slot)
{
	struct error error;

	if (!slot_waits(slot) ||
	    integrity_verify(slot, kept_state(slot_index(&monitor->slots, slot)), &error))
		return 0;
	log_keep(&monitor->log, LOG_ERROR, "%s", error.text);
	return SWITCHYARD_EDAMAGED;
}

/* A damaged monitor does not switch to another slot. The person is told, and decides. */
static const void *check_monitor(struct monitor *monitor)
{
	switch (monitor->options.integrity) {
	case INTEGRITY_OFF:
		return NULL;
	case INTEGRITY_CONTROL:
	case INTEGRITY_TEXT:
		return selfcheck_damage_in_turn(&monitor->selfcheck);
	case INTEGRITY_ALL:
		break;
	}
	return selfcheck_damage(&monitor->selfcheck);
}

/* The caller still owns the screen and the serial port, or gets them back at once. */
static void keep_why_not_parked(struct monitor *monitor, const struct slot *slot,
				const char *reason)
{
	log_keep(&monitor->log, LOG_ERROR, "slot %s can't be parked: %s", slot->name, reason);
}

/* What its devices mean for other slots, and theirs for the one that is asked for. */
static int64_t check_devices(struct monitor *monitor, const struct slot *slot,
			     const struct request *request)
{
	struct error error;

	if (request_allowed(monitor, slot, request, &error))
		return 0;
	log_keep(&monitor->log, LOG_ERROR, "slot %s: %s", slot->name, error.text);
	return SWITCHYARD_EREFUSED;
}

/* Everything that can be known before anything changes. */
static int64_t check_request(struct monitor *monitor, struct slot *slot,
			     const struct request *request)
{
	int64_t result =
		request_check(&monitor->slots, monitor->current, request->op, request->arg);

	if (!result && request->op == SWITCHYARD_PARK)
		result = SWITCHYARD_EBADOP; /* the boot CPU has nobody to wait for */
	slot->has_driver |= request->op != SWITCHYARD_END || slot_block(slot)->info.notes.driver;
	if (!result && request_op(request) == SWITCHYARD_SWITCH)
		result = check_target(monitor, &monitor->slots.slot[request_slot(request) - 1]);
	return result ? result : check_devices(monitor, slot, request);
}

/* How many other CPUs come along. */
static uint32_t others_of(const struct request *request)
{
	return (uint32_t)(request->arg >> SWITCHYARD_OTHERS_SHIFT);
}

/*
 * The same for a switch to which the slot's other CPUs come. If it is refused, they return with the
 * same result.
 */
static int64_t check_with_others(struct monitor *monitor, struct slot *slot,
				 const struct request *request)
{
	uint32_t others = others_of(request);
	int64_t result = check_request(monitor, slot, request), gathered;
	const char *reason;

	if (others >= gate_cpus.count) {
		crew_refuse(SWITCHYARD_EBADOP);
		return SWITCHYARD_EBADOP;
	}
	gathered = crew_gather(others, &reason);
	if (gathered)
		keep_why_not_parked(monitor, slot, reason);
	if (!result)
		result = gathered;
	if (result)
		crew_refuse(result);
	return result;
}

static enum kept_how how_kept(const struct request *request)
{
	if (request->op == SWITCHYARD_END || request->op == SWITCHYARD_CRASH)
		return KEPT_ENDED;
	if (request->op & SWITCHYARD_QUICK)
		return KEPT_QUICK;
	return request->op & SWITCHYARD_KEEP_CPUS ? KEPT_CPUS : KEPT_DEEP;
}

/*
 * The slot is parked. It goes on when its memory is copied, or can't be. Nothing is printed: the
 * screen and the serial port are still as the slot left them.
 */
__attribute__((noreturn)) static void go_on_after_snapshot(struct monitor *monitor,
							   struct slot *slot, uint64_t id)
{
	struct snapshot *snapshot = snapshot_prepared(&monitor->snapshots, slot, id);
	struct error *failure = &monitor->snapshots.failure;

	failure->text[0] = '\0';
	if (!snapshot)
		fail(failure, "no snapshot with the number %lu was prepared", id);
	else if (slot_snapshot_take(monitor, slot, snapshot, failure))
		switch_resume(monitor, slot, 0);
	log_keep(&monitor->log, LOG_ERROR, "slot %s: no snapshot was taken: %s", slot->name,
		 failure->text);
	switch_resume(monitor, slot, SWITCHYARD_EREFUSED);
}

/* An interrupt of a function that the monitor can't mask would come to the next slot. */
static void go_back_unless_all_work(struct monitor *monitor, struct slot *slot)
{
	struct error error;

	if (owner_all_work(&monitor->slots, slot, &error))
		return;
	keep_why_not_parked(monitor, slot, error.text);
	switch_resume(monitor, slot, SWITCHYARD_EREFUSED);
}

/* Saves the CPUs of a slot that can't choose. Returns why it can't go on where it was; NULL: it can. */
static const char *save_interrupted(const struct slot *slot, struct kept_state *kept,
				    const struct switchyard_interrupted *told)
{
	const char *reason = NULL;

	if (told->absent)
		reason = "a CPU did not take the NMI";
	if (told->others)
		crew_gather(told->others, &reason);
	if (!kept_state_works(slot, KEPT_INTERRUPTED))
		reason = "the monitor can't keep devices that work for it";
	if (!cpu_state_save(kept->cpu[0], &reason))
		cpu_state_take();
	return reason;
}

/*
 * An NMI has stopped the slot's kernel. A person wants the machine, whatever that kernel was doing,
 * so this fails only if the call is wrong. What can't be kept is said.
 */
static int64_t interrupted(struct monitor *monitor, struct slot *slot, uint64_t address)
{
	struct kept_state *kept = kept_state(monitor->current);
	const void *damage = check_monitor(monitor);
	struct switchyard_interrupted told;
	const char *reason;
	struct error error;

	if (!interrupted_read(slot, address, &told) || told.others >= gate_cpus.count) {
		crew_refuse(SWITCHYARD_EBADOP);
		return SWITCHYARD_EBADOP;
	}
	slot->has_driver = true;
	reason = save_interrupted(slot, kept, &told);
	format_text(slot->crash, sizeof(slot->crash), "%s", reason ? reason : "");
	slot->works = kept_state_works(slot, KEPT_INTERRUPTED);
	monitor->devices_running |= !slot->works;
	parking_keep(monitor, slot, kept, KEPT_INTERRUPTED);
	kept->interrupted = address;
	if (slot->works && !slot->crash[0] && !owner_all_work(&monitor->slots, slot, &error))
		format_text(slot->crash, sizeof(slot->crash), "%s", error.text);
	picture_save(monitor, monitor->current);
	life_apply(slot, LIFE_INTERRUPT);
	storage_interrupt(&monitor->storage, monitor->current, slot);
	parking_take_checksums(monitor, slot, kept, true);
	parking_warn_of_watchdog(monitor, slot);
	departure_to_next(monitor, slot, SWITCHYARD_INTERRUPT, 0, damage);
}

/* Handles a call on the boot CPU. It stays a function, so that instructions can be counted from it. */
__attribute__((noinline)) static int64_t gate_main(const struct request *request)
{
	struct monitor *monitor = gate_monitor;
	struct slot *slot = &monitor->slots.slot[monitor->current];
	struct kept_state *kept = kept_state(monitor->current);
	enum kept_how how = how_kept(request);
	bool parks = how != KEPT_ENDED, others_come = how == KEPT_CPUS || how == KEPT_QUICK;
	const void *damage = check_monitor(monitor);
	uint64_t op = request_op(request), arg = request->arg;
	const char *reason;
	int64_t result = others_come ? check_with_others(monitor, slot, request)
				     : check_request(monitor, slot, request);

	if (result)
		return result;
	/* A slot that ends needs no CPU state, so state that can't be saved does not matter. */
	if (!parks) {
		cpu_state_take();
	} else if (!cpu_state_save(kept->cpu[0], &reason)) {
		keep_why_not_parked(monitor, slot, reason);
		crew_refuse(SWITCHYARD_ESTATE);
		return SWITCHYARD_ESTATE;
	}
	parking_keep(monitor, slot, kept, how);
	if (!(kept->spared & SWITCHYARD_SPARE_PICTURE))
		picture_save(monitor, monitor->current);
	if (parks) {
		life_apply(slot, LIFE_PARK);
		storage_park(&monitor->storage, monitor->current, slot);
		slot->works = how == KEPT_QUICK;
		slot->uses.translates |= platform_translates_in(kept->platform);
		parking_take_checksums(monitor, slot, kept, slot->works);
	}
	parking_warn_of_watchdog(monitor, slot);
	if (others_come)
		parking_warn_of_lost_cpus(monitor, slot, others_of(request), kept->crew);
	if (how == KEPT_QUICK)
		go_back_unless_all_work(monitor, slot);

	if (op == SWITCHYARD_SNAPSHOT && !damage)
		go_on_after_snapshot(monitor, slot, (uint32_t)arg);
	if ((op == SWITCHYARD_SWITCH || op == SWITCHYARD_BOOT) && !damage)
		departure_to_target(monitor, slot, op, arg);
	departure_to_next(monitor, slot, op, arg, damage);
}

/*
 * The machine was reset. A device that worked for a parked slot does not know any more what it was
 * told, so that slot's kernel can't go on. Its memory and its log can be read.
 */
static void end_those_with_devices(struct monitor *monitor)
{
	for (uint32_t i = 0; i < monitor->slots.count; i++) {
		struct slot *slot = &monitor->slots.slot[i];

		if (!slot->works)
			continue;
		life_apply(slot, LIFE_LOSE);
		storage_begin(&monitor->storage, i);
		owner_end(&monitor->slots, slot);
		new_image_drop(monitor, i);
		format_text(slot->crash, sizeof(slot->crash),
			    "the machine was reset under its devices");
		log_keep(&monitor->log, LOG_ERROR, "slot %s has crashed: %s", slot->name,
			 slot->crash);
	}
}

/*
 * The machine was reset, and came back to the boot CPU (wake.h). RAM is as it was, and devices are
 * as after power-on. The slot that had the machine is gone.
 */
static void go_on_after_reset(void)
{
	struct monitor *monitor = gate_monitor;
	struct slot *slot = &monitor->slots.slot[monitor->current];
	struct request request = left_alone_with;
	static const char reason[] = "it reset the machine";

	if (!request.op) {
		request.op = SWITCHYARD_CRASH;
		memcpy(slot_block(slot)->info.notes.message, reason, sizeof(reason));
	}
	left_alone_with.op = 0;
	clock_after_reset();
	cpu_state_take();
	wake_chipset();
	end_those_with_devices(monitor);
	platform_restore_firmware();
	parking_keep(monitor, slot, kept_state(monitor->current), KEPT_ENDED);
	departure_to_next(monitor, slot, request.op, request.arg, NULL);
}

/*
 * Continues a call on a CPU that is not the boot CPU, with the boot CPU's stack, which is larger.
 * The boot CPU may still execute the slot's code, and would be reset by INIT. So its calls are
 * refused from now on, and no other slot gets the machine.
 */
static void go_on_alone(void)
{
	struct monitor *monitor = gate_monitor;
	struct slot *slot = &monitor->slots.slot[monitor->current];

	cpu_state_take();
	parking_keep(monitor, slot, kept_state(monitor->current), KEPT_ENDED);
	departure_tell(monitor, slot, left_alone_with.op, left_alone_with.arg, NULL);
	log_line(&monitor->log, LOG_ERROR,
		 "the boot CPU did not come: no kernel can run any more; save what you can, and "
		 "reboot");
	successor_reset(monitor);
	monitor->frontend.talk(monitor->frontend.context);
}

/* It changes nothing that CPUs share, except a byte of the CMOS. */
static int64_t guard(void)
{
	wake_arm();
	return 0;
}

/*
 * A call on another CPU. It may be one of several at the same time, and the slot may go on, so this
 * changes nothing before the boot CPU is known to wait or to be lost.
 */
static int64_t other_cpu_call(const struct request *request)
{
	struct monitor *monitor = gate_monitor;
	int64_t result =
		request_check(&monitor->slots, monitor->current, request->op, request->arg);

	if (request_op(request) == SWITCHYARD_SWITCH || request_op(request) == SWITCHYARD_BOOT ||
	    request_op(request) == SWITCHYARD_MONITOR ||
	    request_op(request) == SWITCHYARD_SNAPSHOT || request->op == SWITCHYARD_INTERRUPT)
		return SWITCHYARD_ENOTBOOTCPU;
	if (result)
		return result;
	if (request->op == SWITCHYARD_GUARD)
		return guard();
	if (request->op == SWITCHYARD_PARK)
		return crew_park();
	if (request->op == SWITCHYARD_WAIT || handover_give(request))
		cpu_stop();
	/*
	 * The gate refuses the boot CPU from now on. If it is in the gate already, the lock says
	 * who goes on: the boot CPU may still end the slot, and then stops this CPU.
	 */
	gate_cpu_set_context(0, NULL);
	gate_lock_take(&monitor->lock, GATE_LOCK_REQUEST); /* for good */
	left_alone_with = *request;
	if (wake_possible()) { /* a reset of the machine brings the boot CPU back */
		wake_arm();    /* the kernel may not have asked for it */
		machine_reboot();
	}
	monitor->boot_cpu_lost = true;
	gate_take_over(go_on_alone);
}

/*
 * The gate_handler_fn of the monitor. The lock is held for services and for what the boot CPU asks
 * for, because a CPU must have left its service when the boot CPU sends INIT. If the slot gives up
 * the machine, the lock is free again when the next kernel gets it.
 */
static int64_t gate_answer(uint64_t op, uint64_t arg)
{
	struct request request = {op, arg};
	struct monitor *monitor = gate_monitor;
	bool serves = op == SWITCHYARD_SERVICE;
	uint32_t ticket;
	int64_t result;

	if (!serves && !lapic_is_boot_cpu())
		return other_cpu_call(&request);
	if (op == SWITCHYARD_GUARD && !arg)
		return guard();
	if (op == SWITCHYARD_WAIT && !arg && !handover_wait(&request))
		cpu_stop();
	ticket = gate_lock_take(&monitor->lock, serves ? GATE_LOCK_SERVICE : GATE_LOCK_REQUEST);
	if (serves)
		result = service_answer(monitor, arg);
	else if (op == SWITCHYARD_INTERRUPT)
		result = interrupted(monitor, &monitor->slots.slot[monitor->current], arg);
	else
		result = gate_main(&request);
	gate_lock_release(&monitor->lock, ticket);
	return result;
}

/* Below the first slot's slice, so that no slot has it, and what firmware calls RAM. */
static bool is_ram(const struct boot_info *boot, uint64_t page)
{
	for (uint32_t i = 0; i < boot->region_count; i++) {
		const struct region *region = &boot->region[i];

		if (region->type == REGION_RAM && region->base <= page &&
		    region->base + region->size >= page + PAGE_SIZE)
			return true;
	}
	return false;
}

void gate_call_init(struct monitor *monitor)
{
	gate_monitor = monitor;
	gate_init(gate_answer);
	crew_init(is_ram(monitor->boot, CREW_START_PAGE));
	wake_init(!monitor->boot->uefi, go_on_after_reset);
}
