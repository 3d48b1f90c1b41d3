// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - from boot information to the first kernel, in two halves. The first half runs where the
 * loader put the image, and moves the image. The second half runs in the RAM that the memory plan
 * gave the monitor.
 */
#include "monitor/main.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/gate/descriptors.h"
#include "arch/x86/memory/firmware_data.h"
#include "arch/x86/memory/paging.h"
#include "arch/x86/memory/relocate.h"
#include "arch/x86/platform/platform.h"
#include "arch/x86/screen/framebuffer.h"
#include "arch/x86/time/clock.h"
#include "lib/units.h"
#include "monitor/config/lines.h"
#include "monitor/console/ui.h"
#include "monitor/load/load.h"
#include "monitor/owner/owner.h"
#include "monitor/plan/mapping.h"
#include "monitor/plan/plan_init.h"
#include "monitor/plan/plan_monitor.h"
#include "monitor/plan/plan_slots.h"
#include "monitor/plan/store.h"
#include "monitor/report.h"
#include "monitor/switch/fault.h"
#include "monitor/call/gate_call.h"
#include "monitor/switch/kept_state.h"
#include "monitor/switch/picture.h"

#define ENTRY_MAPPED BELOW_4G /* boot/ has mapped memory up to here */

/* The state is part of the image and moves with it. */
static struct state {
	struct monitor monitor;
	struct ui ui;
} the_state;

/*
 * The end of the image, of which only the used part moves: boot_info up to the last module that was
 * loaded, and directly behind it the characters of a framebuffer, if there is one. The member cells
 * only makes sure that they have room behind a full list of modules, too.
 */
static struct {
	struct boot_info boot;
	uint8_t cells[FRAMEBUFFER_MAX_COLUMNS * FRAMEBUFFER_MAX_ROWS];
} last __attribute__((section(".bss.last")));

struct boot_info *monitor_boot_info(void)
{
	return &last.boot;
}

static uint8_t *cells(void)
{
	return (uint8_t *)&last.boot.module[last.boot.module_count];
}

/* Bytes of the image that move, in whole pages. The page tables of the monitor follow them. */
static uint64_t image_size(void)
{
	uint64_t size = (uint64_t)cells() - monitor_base();

	if (last.boot.screen == SCREEN_FRAMEBUFFER)
		size += framebuffer_cells(&last.boot.framebuffer);
	return page_up(size);
}

/*
 * Sets the pointers into the image. It is called where the loader put the image, and again after
 * the move.
 */
static void connect_state(struct state *state)
{
	state->monitor.boot = &last.boot;
	ui_connect(&state->ui, &state->monitor, cells());
}

static void stop(struct log *log, const struct error *error)
{
	log_line(log, LOG_ERROR, "%s; the monitor can't start", error->text);
	cpu_stop();
}

static void map_framebuffer(const struct boot_info *boot, struct log *log)
{
	const struct boot_framebuffer *mode = &boot->framebuffer;

	if (boot->screen == SCREEN_FRAMEBUFFER &&
	    !paging_map_framebuffer(mode->base, framebuffer_size(mode)))
		log_line(log, LOG_WARN,
			 "framebuffer at %#lx, %lu bytes: too few page tables to map it "
			 "uncacheable; what it shows may be late",
			 mode->base, (uint64_t)framebuffer_size(mode));
}

/*
 * The second half does everything that must happen after the move. Each line names what it needs
 * before.
 */
static void run(void *context)
{
	struct state *state = context;
	struct monitor *monitor = &state->monitor;
	struct slot_table *slots = &monitor->slots;
	struct plan *plan = &monitor->plan;
	struct log *log = &monitor->log;
	struct boot_info *boot;
	struct error error;
	uint64_t mapped;

	connect_state(state);		     /* its pointers still point to the old place */
	descriptors_init();		     /* faults are caught from here */
	selfcheck_init(&monitor->selfcheck); /* the descriptor tables are final now */
	monitor->current = NO_SLOT;	     /* faults belong to no slot yet */

	boot = monitor->boot;
	mapped = mapping_end(plan, boot);
	paging_init(mapped, (void *)(plan->monitor.base + image_size()), paging_room(mapped));
	map_framebuffer(boot, log);
	cpu_state_init();	   /* needs nothing */
	cpu_state_keep_firmware(); /* probes, and so needs the IDT, and CR4 */
	fault_init(monitor);	   /* faults can be reported from here on */
	platform_init(boot->rsdp_size ? (uint64_t)boot->rsdp : 0, /* needs the page tables */
		      boot->efi_system_table, log_warn, log_keep_error, log);
	platform_find_adapter(boot->screen == SCREEN_FRAMEBUFFER ? boot->framebuffer.base : 0);
	ui_take(&state->ui, mapped); /* platform_init() has kept what firmware set up */
	report_keyboard(&state->ui);
	report_left_out(log); /* what platform_init() found, */
	report_iommus(log);   /* and this, too */

	lines_parse(boot, slots, log_error, log);
	owner_claim_all(slots, log_error, log_warn, log); /* needs the PCI functions */
	load_inspect_all(slots, log_error, log);	  /* the plan needs the kernels' sizes */
	store_place(plan, boot, slots, log_error, log);	  /* avoids the modules' present places */
	store_fill(&plan->store, slots, ui_show_copying, &state->ui); /* frees modules' places */
	if (!kept_state_place(monitor, &error)) /* may reuse these places; slots take the rest */
		stop(log, &error);
	plan_slots(plan, slots, log_error, log);
	kept_state_init(monitor); /* needs the final table of slots, */
	picture_init(monitor);	  /* takes RAM that slots left free, and notes where */
	options_check_default(&monitor->options, slots, log_error, log); /* these need it, too */
	successor_check(slots, log_warn, log);
	report_slots(log, slots);

	gate_call_init(monitor); /* before the first slot runs */
	ui_run(&state->ui);
}

void monitor_main(void)
{
	struct boot_info *boot = monitor_boot_info();
	struct state *state = &the_state;
	struct monitor *monitor = &state->monitor;
	struct plan *plan = &monitor->plan;
	struct log *log = &monitor->log;
	struct error error;

	boot->image.base = monitor_base();
	boot->image.size = monitor_size();
	connect_state(state); /* the log keeps lines from here on; the console shows none yet */
	clock_init();	      /* the log's lines carry the time */
	options_parse(boot->options, &monitor->options, log_error, log);
	log->level = monitor->options.loglevel;
	platform_keep_console(); /* before the console changes it */
	if (!mapping_check_framebuffer(boot, paging_limit(), &error))
		log_error(log, error.text);
	ui_take(&state->ui, ENTRY_MAPPED); /* needs the options */
	log_show(log);			   /* shows the errors so far */

	report_boot(log, boot);
	report_unmapped(log, mapping_cut_ram(boot, paging_limit())); /* before the plan uses it */
	if (!plan_init(plan, boot, firmware_data_start(!boot->uefi), &error) ||
	    /* needs the rest of the plan */
	    !plan_monitor(plan, boot, image_size() + paging_room(mapping_end(plan, boot)), &error))
		stop(log, &error);
	boot->image = plan->monitor; /* the second half finds it there */
	relocate_and_call(plan->monitor.base, image_size(), run, state);
}
