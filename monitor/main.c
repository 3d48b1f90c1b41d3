// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - from boot information to the first kernel, in two halves: the first runs where the
 * loader put the image, and moves it; the second, in RAM that the memory plan gave the monitor.
 */
#include "monitor/main.h"
#include "arch/x86/time/clock.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/gate/descriptors.h"
#include "arch/x86/gate/exception.h"
#include "arch/x86/memory/firmware_data.h"
#include "arch/x86/screen/framebuffer.h"
#include "arch/x86/acpi/machine.h"
#include "arch/x86/memory/paging.h"
#include "arch/x86/pci/pci.h"
#include "arch/x86/platform/platform.h"
#include "arch/x86/memory/relocate.h"
#include "monitor/console/command.h"
#include "monitor/load/load.h"
#include "monitor/monitor.h"
#include "lib/print.h"
#include "monitor/switch/picture.h"
#include "monitor/switch/kept_state.h"
#include "monitor/plan/store.h"
#include "lib/string.h"
#include "lib/units.h"
#include "monitor/switch/switch.h"
#include "guest/linux/version.h"

#define ENTRY_MAPPED BELOW_4G /* what boot/ maps on the way in */

static struct monitor the_monitor;

static void report_error(void *context, const char *text)
{
	struct monitor *monitor = context;

	log_line(&monitor->log, LOG_ERROR, "%s", text);
}

static void stop(struct monitor *monitor, const struct error *error)
{
	log_line(&monitor->log, LOG_ERROR, "%s; the monitor can't start", error->text);
	cpu_stop();
}

static void start_console(struct monitor *monitor)
{
	const struct options *options = &monitor->options;

	monitor->log.console = &monitor->console;
	monitor->log.level = options->loglevel;
	console_init(&monitor->console, options);
}

/* Physical address behind the framebuffer; 0: there is none. */
static uint64_t framebuffer_end(const struct boot_info *boot)
{
	if (boot->screen != SCREEN_FRAMEBUFFER)
		return 0;
	return boot->framebuffer.base + framebuffer_size(&boot->framebuffer);
}

/* From here on, boot->screen says SCREEN_FRAMEBUFFER only of one that the monitor can use. */
static void check_framebuffer(struct monitor *monitor)
{
	struct boot_info *boot = monitor->boot;
	const struct boot_framebuffer *mode = &boot->framebuffer;
	const char *fault;

	if (boot->screen != SCREEN_FRAMEBUFFER)
		return;
	fault = framebuffer_fault(mode);
	if (!fault && framebuffer_end(boot) > paging_limit())
		fault = "higher than what can be mapped";
	if (!fault)
		return;
	log_line(&monitor->log, LOG_ERROR,
		 "framebuffer at %#lx, %ux%u, %u bits a pixel: %s; there is no screen", mode->base,
		 mode->width, mode->height, mode->bits, fault);
	boot->screen = SCREEN_NONE;
}

/* Draws on the framebuffer from now on, if it is mapped already: limit is where memory ends. */
static void start_framebuffer(struct monitor *monitor, uint64_t limit)
{
	struct screen *screen = &monitor->console.screen;

	if (!screen->framebuffer.present && monitor->boot->screen == SCREEN_FRAMEBUFFER &&
	    framebuffer_end(monitor->boot) <= limit)
		screen_use_framebuffer(screen, &monitor->boot->framebuffer);
}

/* A person at a machine without i8042 should not have to guess why no key works. */
static void report_keyboard(struct monitor *monitor)
{
	if (!monitor->console.keyboard.present)
		log_line(&monitor->log, LOG_WARN,
			 monitor->options.serial
				 ? "no PS/2 keyboard: keys come from the serial port only"
				 : "no PS/2 keyboard, and serial=none: no key can be read");
}

static void fault_print(void *context, const char *line)
{
	struct monitor *monitor = context;

	log_line(&monitor->log, LOG_ERROR, "%s", line);
}

static void fault_recover(void *context)
{
	switch_fault(context);
	console_loop(context);
}

static void report_loader(struct monitor *monitor)
{
	const char *line = monitor->boot->report;

	while (*line) {
		int length = 0;

		while (line[length] && line[length] != '\n')
			length++;
		log_line(&monitor->log, LOG_ERROR, "%.*s", length, line);
		line += line[length] ? length + 1 : length;
	}
	if (monitor->boot->report_truncated)
		log_line(&monitor->log, LOG_ERROR, "the loader found more faults than are kept");
}

/* What boot/ could not tell anyone for lack of a console. */
static void report_boot(struct monitor *monitor)
{
	const struct boot_info *boot = monitor->boot;

	log_line(&monitor->log, LOG_INFO, "Switchyard " SWITCHYARD_VERSION ", loaded by %s",
		 boot->loader[0] ? boot->loader : "an unnamed loader");
	report_loader(monitor);
	if (boot->options_truncated)
		log_line(&monitor->log, LOG_ERROR,
			 "the monitor's options are cut: longer than %u characters",
			 BOOT_LINE_SIZE - 1);
	if (boot->regions_truncated)
		log_line(
			&monitor->log, LOG_WARN,
			"the firmware's memory map has more than %u entries; RAM behind them is not used",
			BOOT_MAX_REGIONS);
	if (boot->modules_refused)
		log_line(&monitor->log, LOG_ERROR, "%u modules left out: at most %u are taken",
			 boot->modules_refused, BOOT_MAX_MODULES);
}

/* What of this machine is more than there is room for. */
static void report_left_out(struct monitor *monitor)
{
	const struct pci_functions *pci = pci_functions();

	if (machine()->ioapics.left_out)
		log_line(&monitor->log, LOG_WARN, "%u IO-APICs left out: at most %u are kept",
			 machine()->ioapics.left_out, IOAPIC_MAX);
	if (pci->left_out)
		log_line(&monitor->log, LOG_WARN, "%u PCI functions left out: at most %u are kept",
			 pci->left_out, PCI_MAX_FUNCTIONS);
	if (pci->msix_left_out)
		log_line(&monitor->log, LOG_WARN,
			 "MSI-X tables of %u PCI functions left out: at most %u entries are kept",
			 pci->msix_left_out, PCI_MAX_MSIX_ENTRIES);
	if (pci->msix_unreachable)
		log_line(&monitor->log, LOG_WARN,
			 "MSI-X tables of %u PCI functions left out: they lie above %lu GiB",
			 pci->msix_unreachable, (paging_limit() >> 30));
}

static void report_plan(struct monitor *monitor)
{
	for (uint32_t i = 0; i < monitor->slots.count; i++) {
		const struct slot *slot = &monitor->slots.slot[i];
		char size[SIZE_TEXT];

		log_line(&monitor->log, LOG_INFO, "slot %s: %s, %s at %#lx", slot->name,
			 slot_type_name(slot->type), format_size(size, slot->ram.size),
			 slot->ram.base);
	}
}

/* Where RAM ends, or the framebuffer if that is higher: page tables go that far. */
static uint64_t mapped_end(const struct monitor *monitor)
{
	const struct plan *plan = &monitor->plan;
	uint64_t end = framebuffer_end(monitor->boot);

	for (uint32_t i = 0; i < plan->count; i++) {
		const struct plan_region *region = &plan->region[i];

		if (region->type == REGION_RAM && region->base + region->size > end)
			end = region->base + region->size;
	}
	return end;
}

/* RAM that the page tables can't map is as good as reserved. */
static void leave_out_unmappable(struct monitor *monitor)
{
	struct boot_info *boot = monitor->boot;
	uint64_t limit = paging_limit(), left_out = 0;
	char size[SIZE_TEXT], limit_size[SIZE_TEXT];

	for (uint32_t i = 0; i < boot->region_count; i++) {
		struct region *region = &boot->region[i];

		if (region->type != REGION_RAM ||
		    (region->base < limit && region->size <= limit - region->base))
			continue;
		if (region->base >= limit) {
			left_out += region->size;
			region->type = REGION_RESERVED;
		} else {
			left_out += region->size - (limit - region->base);
			region->size = limit - region->base;
		}
	}
	if (left_out)
		log_line(&monitor->log, LOG_WARN,
			 "%s of RAM left out: above %s, which is all that is mapped",
			 format_size(size, left_out), format_size(limit_size, limit));
}

/* Drops slots whose kernel can't be loaded, before memory is given to them. */
static void inspect_slots(struct monitor *monitor)
{
	struct slot_table *slots = &monitor->slots;
	uint32_t i = 0;

	while (i < slots->count) {
		struct error error;

		if (load_inspect(&slots->slot[i], &error)) {
			i++;
			continue;
		}
		log_line(&monitor->log, LOG_ERROR, "slot %s: %s", slots->slot[i].name, error.text);
		slot_remove(slots, i);
	}
}

static uint32_t largest_image(const struct slot_table *slots)
{
	uint32_t largest = 0;

	for (uint32_t i = 1; i < slots->count; i++)
		if (slot_image_size(&slots->slot[i]) > slot_image_size(&slots->slot[largest]))
			largest = i;
	return largest;
}

/* Where there is no room for all images, the slot with the largest ones goes, and the others stay.
 */
static void place_store(struct monitor *monitor)
{
	struct slot_table *slots = &monitor->slots;
	struct error error;

	while (!plan_store(&monitor->plan, monitor->boot, slots, &error)) {
		uint32_t index = largest_image(slots);
		const struct slot *slot = &slots->slot[index];
		char size[SIZE_TEXT];

		log_line(&monitor->log, LOG_ERROR, "slot %s: no place for its files of %s: %s",
			 slot->name, format_size(size, align_up(slot_image_size(slot), KIB)),
			 error.text);
		slot_remove(slots, index);
	}
}

static void check_default(struct monitor *monitor)
{
	struct options *options = &monitor->options;

	if (options->default_slot[0] && !slot_find(&monitor->slots, options->default_slot)) {
		log_line(&monitor->log, LOG_ERROR, "default=%s: no slot has that name",
			 options->default_slot);
		options->default_slot[0] = '\0';
	}
}

/* The second half: everything that must happen after the move, each with what it needs before. */
static void run(void *context)
{
	struct monitor *monitor = context;
	struct boot_info *boot = monitor->boot = (void *)(monitor_base() + monitor->boot_offset);
	struct paging_tables paging;
	struct error error;
	struct slot *slot;

	descriptors_init(); /* faults are caught from here */
	selfcheck_init(&monitor->selfcheck);
	monitor->fault.context = monitor;
	monitor->fault.print = fault_print;
	monitor->fault.recover = fault_recover;
	exception_report_to(&monitor->fault);
	paging_init(mapped_end(monitor), &paging); /* after the image moved */
	cpu_state_init();			   /* needs nothing */
	cpu_state_keep_firmware();		   /* needs CR4 and the IDT: it probes */
	platform_init(boot->rsdp_size ? (uint64_t)boot->rsdp : 0);
	start_framebuffer(monitor, mapped_end(monitor)); /* after paging_init, if it is high */
	start_console(monitor); /* after platform_init kept firmware's state */
	report_keyboard(monitor);
	report_left_out(monitor);
	lines_parse(boot, &monitor->slots, report_error, monitor);
	inspect_slots(monitor); /* before the plan: it needs sizes */
	place_store(monitor);
	store_fill(monitor); /* after this, modules' old places are free */
	plan_slots(&monitor->plan, &monitor->slots, report_error, monitor);
	picture_init(monitor);		   /* the final table, and what RAM is left */
	kept_state_init(monitor, &paging); /* needs the final table */
	check_default(monitor);
	report_plan(monitor);
	monitor->current = NO_SLOT;
	switch_init(monitor);

	slot = menu(monitor);
	if (slot && !switch_to(monitor, slot, &error))
		console_error(&monitor->console, "%s", error.text);
	console_loop(monitor);
}

void monitor_main(struct boot_info *boot)
{
	struct monitor *monitor = &the_monitor;
	struct error error;

	monitor->boot = boot;
	clock_init();
	monitor->log.level = LOG_DEBUG; /* kept only, until the options say more */
	options_parse(boot->options, &monitor->options, report_error, monitor);
	platform_keep_console();
	check_framebuffer(monitor);
	start_framebuffer(monitor, ENTRY_MAPPED);
	start_console(monitor);
	log_show(&monitor->log, &monitor->console); /* what options_parse() found wrong */
	report_boot(monitor);
	leave_out_unmappable(monitor);
	if (!plan_init(&monitor->plan, boot, firmware_data_start(!boot->uefi), &error) ||
	    !plan_monitor(&monitor->plan, boot, monitor_size(), &error))
		stop(monitor, &error);
	monitor->boot_offset = (uint64_t)boot - monitor_base();
	boot->image.base = monitor->plan.monitor.base;
	relocate_and_call(monitor->plan.monitor.base, run, monitor);
}
