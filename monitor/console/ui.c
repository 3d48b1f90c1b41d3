// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/console/ui.h"
#include <stddef.h>
#include "arch/x86/platform/platform.h"
#include "arch/x86/screen/adapter.h"
#include "lib/units.h"
#include "monitor/console/console_loop.h"
#include "monitor/console/countdown.h"
#include "monitor/console/menu.h"
#include "monitor/plan/mapping.h"
#include "monitor/switch/switch.h"

/* The functions of struct frontend; the context is the ui. */

static void frontend_take(void *context)
{
	struct ui *ui = context;

	const struct pci_function *lost;
	char address[PCI_ADDRESS_TEXT];

	platform_console_used();
	console_init(&ui->console, &ui->monitor->options);
	lost = ui->console.screen.shown ? adapter_lost() : NULL;
	if (!lost)
		return;
	pci_address_text(address, lost->address);
	log_line(
		&ui->monitor->log, LOG_WARN,
		"the screen is lost: a kernel's own driver has the display adapter %04x:%04x at %s; "
		"the console is on the serial port",
		PCI_ID_VENDOR(lost->id), PCI_ID_DEVICE(lost->id), address);
}

static void frontend_clear_screen(void *context)
{
	struct ui *ui = context;

	screen_clear(&ui->console.screen);
}

static void frontend_write(void *context, const char *text)
{
	struct ui *ui = context;

	platform_console_used();
	console_write(&ui->console, text);
}

static struct frontend_screen frontend_screen(void *context)
{
	const struct ui *ui = context;
	const struct screen *screen = &ui->console.screen;

	return (struct frontend_screen){
		.kind = screen_kind(screen),
		.column = screen->text.column,
		.row = screen->text.row,
	};
}

static void frontend_give(void *context)
{
	struct ui *ui = context;

	uart_drain(&ui->console.uart);
}

static bool frontend_attended(void *context)
{
	struct ui *ui = context;

	return console_attended(&ui->console);
}

static bool frontend_count_down(void *context, const char *what, uint32_t seconds)
{
	struct ui *ui = context;

	return countdown(&ui->console, what, "any key opens the console", seconds) == KEY_NONE;
}

__attribute__((noreturn)) static void frontend_talk(void *context)
{
	console_loop(context);
}

void ui_connect(struct ui *ui, struct monitor *monitor, uint8_t *cells)
{
	ui->monitor = monitor;
	ui->console.screen.framebuffer.cells = cells;
	monitor->log.sink = (struct log_sink){.write = frontend_write, .context = ui};
	monitor->frontend = (struct frontend){
		.context = ui,
		.take = frontend_take,
		.clear_screen = frontend_clear_screen,
		.write = frontend_write,
		.screen = frontend_screen,
		.give = frontend_give,
		.attended = frontend_attended,
		.count_down = frontend_count_down,
		.talk = frontend_talk,
	};
}

void ui_take(struct ui *ui, uint64_t mapped)
{
	const struct boot_info *boot = ui->monitor->boot;
	struct screen *screen = &ui->console.screen;

	if (!screen->framebuffer.present && boot->screen == SCREEN_FRAMEBUFFER &&
	    mapping_framebuffer_end(boot) <= mapped)
		screen_use_framebuffer(screen, &boot->framebuffer);
	console_init(&ui->console, &ui->monitor->options);
}

void ui_show_copying(void *context, uint64_t done, uint64_t total)
{
	struct ui *ui = context;

	console_printf(&ui->console, "\rKeeping images: %lu of %lu MiB", units_up(done, MIB),
		       units_up(total, MIB));
	if (done == total)
		console_write(&ui->console, "\n");
}

void ui_run(struct ui *ui)
{
	struct slot *slot = menu(ui);
	struct error error;

	if (slot && !switch_to(ui->monitor, slot, &error))
		console_error(&ui->console, "%s", error.text);
	console_loop(ui);
}
