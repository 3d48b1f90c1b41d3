// SPDX-License-Identifier: GPL-2.0-only
/*
 * switch.c - gives the machine to a slot that boots, or to one that is resumed.
 */
#include "monitor/switch/switch.h"
#include <stddef.h>
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/gate/crew.h"
#include "arch/x86/gate/enter.h"
#include "arch/x86/gate/gate.h"
#include "arch/x86/gate/gate_cpu.h"
#include "arch/x86/gate/gate_lock.h"
#include "arch/x86/platform/platform.h"
#include "guest/linux/version.h"
#include "lib/print.h"
#include "lib/string.h"
#include "monitor/config/own_words.h"
#include "monitor/dump/dump_slot.h"
#include "monitor/load/guest_map.h"
#include "monitor/load/load.h"
#include "monitor/load/load_linux.h"
#include "monitor/owner/owner.h"
#include "monitor/plan/store.h"
#include "monitor/slot/life.h"
#include "monitor/switch/handover.h"
#include "monitor/switch/integrity.h"
#include "monitor/switch/kept_state.h"
#include "monitor/switch/picture.h"
#include "monitor/switch/slot_block.h"
#include "monitor/switch/slot_log.h"

/* Notes in the slot's block and in the monitor that slot gets the machine. */
static void mark_running(struct monitor *monitor, struct slot *slot, enum life_event event)
{
	monitor->current = slot_index(&monitor->slots, slot);
	kept_state(monitor->current)->log_note = 0;
	kept_state(monitor->current)->interrupted = 0;
	kept_state(monitor->current)->from_file = false;
	life_apply(slot, event);
	slot->works = false;
	slot->lost = false;
	/* The gate took the lock when the last kernel gave up the machine. */
	gate_lock_reset(&monitor->lock);
	handover_reset();
	succession_begin_turn(&monitor->succession, slot);
	slot_block_publish(&monitor->slots, monitor->current);
	crew_dismiss(kept_state(monitor->current)->crew);
	for (uint32_t cpu = 0; cpu < gate_cpus.count; cpu++)
		gate_cpu_set_context(cpu, kept_state(monitor->current)->cpu[cpu]);
}

/*
 * If a slot ended with its devices active, they are stopped here, before the memory that they write
 * to is used for anything else. next is the state that is restored after that; NULL: firmware's.
 */
static void stop_devices(struct monitor *monitor, const void *next)
{
	platform_stop_devices(monitor->devices_running, next);
	monitor->devices_running = false;
}

void switch_stop_ended_devices(struct monitor *monitor)
{
	if (monitor->devices_running)
		stop_devices(monitor, NULL);
}

static bool has_boot_cpu(const struct monitor *monitor, struct error *error)
{
	return !monitor->boot_cpu_lost ||
	       fail(error, "the boot CPU did not come back from the slot that ended, and no kernel "
			   "can run without it; save what you can, and reboot");
}

static bool load_pristine(struct monitor *monitor, struct slot *slot, struct guest_entry *entry,
			  struct error *error)
{
	struct frontend_screen screen = monitor->frontend.screen(monitor->frontend.context);
	const struct kept_state *kept = kept_state(slot_index(&monitor->slots, slot));
	struct region map[GUEST_MAX_REGIONS];
	struct load_context context = {
		.map = map,
		.info = slot_block_info(slot),
		.efi = slot_block_efi(slot),
		.screen = screen.kind,
		.cursor_column = screen.column,
		.cursor_row = screen.row,
		.framebuffer = &monitor->boot->framebuffer,
		.loader_name = "Switchyard " SWITCHYARD_VERSION,
	};

	smbios_efi_entries(monitor->boot->efi_system_table, &context.smbios);
	kept_state_build_block(monitor, slot_index(&monitor->slots, slot));
	context.rsdp = kept->rsdp;
	context.rsdp_size = kept->rsdp ? monitor->boot->rsdp_size : 0;
	context.map_count = guest_map(&monitor->plan, slot_index(&monitor->slots, slot),
				      &slot->block, map, GUEST_MAX_REGIONS, error);
	return context.map_count && load_slot(slot, &context, entry, error);
}

static bool any_parked(const struct slot_table *slots)
{
	for (uint32_t i = 0; i < slots->count; i++)
		if (slot_waits(&slots->slot[i]))
			return true;
	return false;
}

/* Nothing keeps a kernel without the driver from what parked kernels have mounted. */
static void warn_of_storage(struct monitor *monitor, const struct slot *slot)
{
	for (uint32_t i = 0; i < monitor->slots.count; i++) {
		const struct slot *other = &monitor->slots.slot[i];
		const char *use = storage_first_use(&monitor->storage, i);

		if (other != slot && slot_waits(other) && use)
			log_line(&monitor->log, LOG_WARN,
				 "slot %s has %s in use; nothing keeps slot %s from it until that "
				 "one's driver is loaded",
				 other->name, use, slot->name);
	}
}

/*
 * The kernel takes the terminal soon, so this is all that a person sees of it. A kernel that is
 * tried is a new one: what others in this slot have shown says nothing about it.
 */
static void warn_before_start(struct monitor *monitor, const struct slot *slot, bool is_tried)
{
	char words[OWN_WORDS_SIZE];
	struct error warning;

	if (*load_linux_words(slot, words))
		log_line(&monitor->log, LOG_INFO, "slot %s: appended to its command line:%s",
			 slot->name, words);
	if ((!slot->has_driver || is_tried) && !slot->efi && any_parked(&monitor->slots))
		log_line(&monitor->log, LOG_WARN,
			 "slot %s: its kernel has never shown a driver; until it does, its panic "
			 "or reboot takes the parked slots along",
			 slot->name);
	if (!slot->has_driver || is_tried)
		warn_of_storage(monitor, slot);
	if (!load_enough(slot, &warning))
		log_line(&monitor->log, LOG_WARN, "slot %s: %s", slot->name, warning.text);
}

/* Nobody leaves the machine. */
static bool devices_allow(const struct monitor *monitor, const struct slot *slot, bool boot,
			  struct error *error)
{
	return owner_allows(&monitor->slots, &(struct owner_request){.to = slot, .boot = boot},
			    error);
}

static void set_way_back(struct slot *slot, const struct slot *tries)
{
	slot->end = 0;
	slot->has_driver = slot->has_driver && !tries;
	slot->back = (struct successor){.kind = tries ? SUCCESSOR_SLOT : SUCCESSOR_MONITOR};
	if (tries)
		memcpy(slot->back.slot, tries->name, sizeof(slot->back.slot));
}

/* Its memory becomes the slot's /proc/vmcore. */
static bool make_dump_slot(struct monitor *monitor, struct slot *slot, const struct slot *of,
			   struct error *error)
{
	static struct printk_log log;
	struct slot_memory told;
	bool found = slot_log_find_memory(monitor, of, &log, &told);

	if (!dump_slot_make(&monitor->plan, &told, slot, error))
		return false;
	log_line(&monitor->log, LOG_INFO, "slot %s: its /proc/vmcore is the memory of slot %s",
		 slot->name, of->name);
	if (!found)
		log_line(&monitor->log, LOG_WARN,
			 "slot %s: no VMCOREINFO in its memory that can be read; makedumpfile "
			 "and vmcore-dmesg need it",
			 of->name);
	if (dump_slot_changes_kind(&told, slot))
		log_line(
			&monitor->log, LOG_WARN,
			"slot %s: its kernel is 32-bit, and slot %s's 64-bit one shows it as x86-64; "
			"copy it, and make byte 18 of the copy 3",
			of->name, slot->name);
	return true;
}

/* How a slot starts. */
struct start {
	const struct slot *tries; /* the slot that comes next; NULL: its options say which one */
	const struct slot *dumps; /* the slot whose memory it shows; NULL: none's */
};

static bool boot(struct monitor *monitor, struct slot *slot, const struct start *start,
		 struct error *error)
{
	struct kept_state *kept = kept_state(slot_index(&monitor->slots, slot));
	const struct frontend *frontend = &monitor->frontend;
	struct guest_entry entry;
	char place[SLOT_PLACE_TEXT];

	if (!has_boot_cpu(monitor, error) || !life_allows(slot, LIFE_RESET, error) ||
	    !dump_slot_allows(&monitor->slots, slot, error) ||
	    !slot_block_allows(monitor, slot, error))
		return false;
	frontend->take(frontend->context);
	frontend->clear_screen(frontend->context);
	log_line(&monitor->log, LOG_INFO, "starting %s: %s, %s", slot->name,
		 slot_type_name(slot->type), slot_place(slot, place));
	stop_devices(monitor, NULL);
	if (!store_check(slot, error)) /* a parked slot stays parked then */
		return false;
	dump_slot_drop(&monitor->plan, slot);
	if (start->dumps && !make_dump_slot(monitor, slot, start->dumps, error))
		return false;
	warn_before_start(monitor, slot, start->tries);
	owner_end(&monitor->slots, slot);
	life_apply(slot, LIFE_RESET);
	storage_begin(&monitor->storage, slot_index(&monitor->slots, slot));
	set_way_back(slot, start->tries);
	new_image_drop(monitor, slot_index(&monitor->slots, slot));
	if (!load_pristine(monitor, slot, &entry, error))
		return false;
	kept->crew = 0;
	kept_state_idle(kept, 0);
	kept->cpu[0]->cr3 = 0; /* that of the last run (slot_log.c) */
	kept->log_hint = 0;
	integrity_forget(&kept->integrity);
	owner_take(&monitor->slots, slot, true, log_warn, &monitor->log);
	frontend->give(frontend->context);
	mark_running(monitor, slot, LIFE_BOOT);
	platform_restore_firmware();
	cpu_state_reset();
	if (entry.mode == ENTRY_LONG) {
		/* The kernel may keep these page tables, so they must be the slot's own. */
		write_cr3(slot_block(slot)->info.identity_pml4);
		guest_enter_long(&entry);
	}
	guest_enter_protected(&entry);
}

bool switch_boot(struct monitor *monitor, struct slot *slot, struct error *error)
{
	return devices_allow(monitor, slot, true, error) &&
	       boot(monitor, slot, &(struct start){0}, error);
}

bool switch_boot_force(struct monitor *monitor, struct slot *slot, struct error *error)
{
	return boot(monitor, slot, &(struct start){0}, error);
}

bool switch_try(struct monitor *monitor, struct slot *slot, const struct slot *tries,
		struct error *error)
{
	return boot(monitor, slot, &(struct start){.tries = tries}, error);
}

bool switch_dump(struct monitor *monitor, const struct slot *slot, struct slot *via,
		 struct error *error)
{
	return dump_slot_possible(slot, via, error) && devices_allow(monitor, via, true, error) &&
	       boot(monitor, via, &(struct start){.dumps = slot}, error);
}

static void restore_platform(const struct slot *slot, const struct kept_state *kept, bool from_file)
{
	platform_set_ram(&slot->ram, &slot->dma);
	if (from_file)
		platform_restore_plain(kept->platform, kept->spared);
	else
		platform_restore(kept->platform, kept->apart_size ? (void *)kept->apart : NULL,
				 cpu_state_lapic(kept->cpu[0]), kept->spared);
}

void switch_resume(struct monitor *monitor, struct slot *slot, int64_t result)
{
	struct kept_state *kept = kept_state(slot_index(&monitor->slots, slot));
	bool from_file = kept->from_file;

	owner_take(&monitor->slots, slot, false, log_warn, &monitor->log);
	stop_devices(monitor, from_file ? NULL : kept->platform);
	monitor->frontend.give(monitor->frontend.context);
	slot_block_renew(&monitor->slots, slot_index(&monitor->slots, slot));
	mark_running(monitor, slot, LIFE_RESUME);
	if (!(kept->spared & SWITCHYARD_SPARE_PICTURE) && !from_file)
		picture_restore(monitor, monitor->current);
	if (!crew_load(kept->crew))
		log_keep(&monitor->log, LOG_ERROR,
			 "slot %s: one of its CPUs faulted in the monitor; it goes on without it",
			 slot->name);
	restore_platform(slot, kept, from_file);
	cpu_state_restore(kept->cpu[0]);
	crew_go(kept->crew, result);
	kept->crew = 0;
	gate_resume(kept->cpu[0], result);
}

bool switch_to(struct monitor *monitor, struct slot *slot, struct error *error)
{
	if (!devices_allow(monitor, slot, !slot_waits(slot), error) ||
	    (slot_waits(slot) &&
	     !storage_goes_on(&monitor->storage, slot_index(&monitor->slots, slot), slot, error)))
		return false;
	if (slot_waits(slot) &&
	    !integrity_verify(slot, kept_state(slot_index(&monitor->slots, slot)), error))
		return false;
	return switch_force(monitor, slot, error);
}

bool switch_force(struct monitor *monitor, struct slot *slot, struct error *error)
{
	const struct kept_state *kept = kept_state(slot_index(&monitor->slots, slot));
	struct error reason;

	if (life_step(slot->state, LIFE_BOOT))
		return switch_boot_force(monitor, slot, error);
	if (!has_boot_cpu(monitor, error) || !life_allows(slot, LIFE_RESUME, error) ||
	    !owner_goes_on(slot, error) || !dump_slot_allows(&monitor->slots, slot, error))
		return false;
	if (!kept->from_file && !platform_can_restore(kept->platform, &reason))
		return fail(error, "slot %s can't be resumed: %s", slot->name, reason.text);
	if (!crew_fetch(kept->crew))
		return fail(error, "slot %s: one of its CPUs does not start", slot->name);
	switch_resume(monitor, slot, 0);
}

bool switch_kill(struct monitor *monitor, struct slot *slot, struct error *error)
{
	if (!life_allows(slot, LIFE_KILL, error) || !dump_slot_allows(&monitor->slots, slot, error))
		return false;
	life_apply(slot, LIFE_KILL);
	storage_begin(&monitor->storage, slot_index(&monitor->slots, slot));
	dump_slot_drop(&monitor->plan, slot);
	owner_end(&monitor->slots, slot);
	new_image_drop(monitor, slot_index(&monitor->slots, slot));
	if (monitor->current == slot_index(&monitor->slots, slot))
		monitor->current = NO_SLOT;
	return true;
}
