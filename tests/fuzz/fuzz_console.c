// SPDX-License-Identifier: GPL-2.0-only
/* Fuzzes input from the serial console: escape sequences, line editing, commands. */
#include "fake/fake_console.h"
#include "fake/fake.h"
#include "fake/fake_machine.h"
#include "fuzz.h"
#include "monitor/console/console_loop.h"

#define MAX_TYPED  400 /* the output of its commands must fit into the fake terminal */
#define MEMORY_AT  UINT64_C(0x100000)
#define TIME_LIMIT 100000u /* us: longer than an escape sequence may take */

static struct monitor monitor;
static struct ui ui;

static void make_monitor(void)
{
	static struct boot_info boot;

	memset(&monitor, 0, sizeof(monitor));
	memset(&ui, 0, sizeof(ui));
	monitor.boot = &boot;
	monitor.current = NO_SLOT;
	monitor.options = (struct options){.serial = 1, .baud = 115200, .video = true};
	monitor.slots.count = 2;
	for (uint32_t i = 0; i < monitor.slots.count; i++) {
		struct slot *slot = &monitor.slots.slot[i];

		snprintf(slot->name, sizeof(slot->name), "s%u", i);
		slot->state = SWITCHYARD_READY;
		slot->type = SWITCHYARD_ELF;
	}
	monitor.plan.count = 1;
	monitor.plan.region[0] = (struct plan_region){.size = MEMORY_AT, .type = REGION_RAM};
	fake_machine.cpu_count = 2;
	fake_machine.machine.ioapics.count = 1;
	fake_machine.machine.ioapics.ioapic[0].pins = 2;
	fake_memory(MEMORY_AT, 64, 'x');
	ui_connect(&ui, &monitor, NULL);
	ui_take(&ui, 0);
}

static void check_line(const struct lineedit *edit)
{
	FUZZ_CHECK(edit->length < LINE_SIZE && edit->cursor <= edit->length);
	FUZZ_CHECK(strlen(edit->line) == edit->length);
	FUZZ_CHECK(edit->history_count <= HISTORY_LINES);
	FUZZ_CHECK(edit->history_place <= edit->history_count);
	for (uint32_t i = 0; i < edit->history_count; i++)
		FUZZ_CHECK(memchr(edit->history[i], '\0', LINE_SIZE));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char typed[MAX_TYPED + 1];

	if (size > MAX_TYPED)
		return 0;
	memcpy(typed, bytes, size);
	typed[size] = '\0';
	fake_console_reset();
	make_monitor();
	fake_console.serial_input = typed;
	fake_console.end = TIME_LIMIT;
	if (!setjmp(fake_console.done) && !setjmp(fake_machine.rebooted))
		console_loop(&ui);
	check_line(&ui.console.edit);
	fake_reset();
	return 0;
}
