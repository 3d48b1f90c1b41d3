// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the menu: what it shows, and which slot it starts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "fake/fake_console.h"
#include "monitor/console/menu.h"
#include "guest/linux/version.h"
#include "lib/units.h"

#define SECOND 1000000u

static struct monitor monitor;
static struct ui ui = {.monitor = &monitor};

static void add_slot(const char *name, uint64_t base)
{
	struct slot *slot = &monitor.slots.slot[monitor.slots.count++];

	strcpy(slot->name, name);
	slot->state = SWITCHYARD_READY;
	slot->type = SWITCHYARD_MULTIBOOT2;
	slot->ram.base = base;
	slot->ram.size = 512 * MIB;
}

static int start(void **state)
{
	(void)state;
	fake_console_reset();
	memset(&monitor, 0, sizeof(monitor));
	monitor.options = (struct options){.serial = 1, .video = true, .timeout = 5};
	console_init(&ui.console, &monitor.options);
	add_slot("alpha", 16 * MIB);
	add_slot("beta", 4096 * MIB);
	add_slot("tick", 2 * MIB);
	return 0;
}

static bool printed(const char *text)
{
	return strstr(fake_console.screen, text) != NULL;
}

static void shows_slots(void **state)
{
	(void)state;
	fake_console.serial_input = "c";
	assert_null(menu(&ui));
	assert_true(printed("Switchyard " SWITCHYARD_VERSION "\n"
			    "\n"
			    "KEY  SLOT   TYPE        MEMORY   BASE\n"
			    "1    alpha  multiboot2  512 MiB  0x1000000\n"
			    "2    beta   multiboot2  512 MiB  0x100000000\n"
			    "3    tick   multiboot2  512 MiB  0x200000\n"
			    "\n"));
	assert_true(printed("Ctrl+Alt+Shift+1"));
	assert_true(printed("syctl switch"));
	assert_true(printed("SysRq, then y"));
	assert_true(printed("any other key"));
}

/* With the most slots, the menu fits into 80 columns, the last one free, and 25 lines. */
static void fits_the_screen(void **state)
{
	uint32_t lines = 1, column = 0;

	(void)state;
	while (monitor.slots.count < SWITCHYARD_MAX_SLOTS)
		add_slot("sixteen-letters-", 0x100000000000);
	strcpy(monitor.options.default_slot, "sixteen-letters-");
	fake_console.serial_input = "c";
	assert_null(menu(&ui));
	assert_true(printed("and 7 more"));
	for (const char *c = fake_console.screen; *c; c++) {
		lines += *c == '\n';
		column = *c == '\n' || *c == '\r' ? 0 : column + (*c >= ' ');
		assert_in_range(column, 0, VGA_COLUMNS - 1);
	}
	assert_in_range(lines, 1, VGA_ROWS);
}

/* slot -1: the console; -2: the menu still waits after 100 s. */
static const struct choice_case {
	const char *what;
	const char *default_slot;
	int32_t timeout;
	const char *keys;
	int slot;
	uint64_t seconds; /* that pass before the choice */
} cases[] = {
	{"the countdown ends", "beta", 5, "", 1, 5},
	{"no time", "beta", 0, "3", 1, 0},
	{"for ever", "beta", -1, "", -2, 0},
	{"for ever, key", "beta", -1, "3", 2, 0},
	{"no default", "", 5, "", -2, 0},
	{"no default, no time", "", 0, "", -2, 0},
	{"no default, key", "", 5, "1", 0, 0},
	{"a key in the countdown", "beta", 5, "3", 2, 0},
	{"the console in the countdown", "beta", 5, "c", -1, 0},
	{"another key stops it", "beta", 5, " ", -2, 0},
	{"a slot that is not there stops it", "beta", 5, "4", -2, 0},
	{"Escape stops it, then a slot", "beta", 5, "\x1b[Ax0451", 0, 0},
	{"a default that is not there", "gamma", 5, "", -2, 0},
	{"a default that is not there, no time", "gamma", 0, "", -2, 0},
};

/* True if the menu still waits for a key after a long time. If not, *slot is its choice. */
static bool menu_waits(struct slot **slot)
{
	fake_console.end = 100u * SECOND;
	if (setjmp(fake_console.done) != 0)
		return true;
	*slot = menu(&ui);
	return false;
}

static void takes_the_choice(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct choice_case *c = &cases[i];
		struct slot *slot = NULL;
		bool waits;

		start(state);
		print_message("%s\n", c->what);
		strcpy(monitor.options.default_slot, c->default_slot);
		monitor.options.timeout = c->timeout;
		fake_console.serial_input = c->keys;
		waits = menu_waits(&slot);
		assert_int_equal(waits, c->slot == -2);
		if (waits)
			continue;
		assert_ptr_equal(slot, c->slot < 0 ? NULL : &monitor.slots.slot[c->slot]);
		assert_in_range(fake_console.now / SECOND, c->seconds, c->seconds);
	}
}

static void countdown_is_one_line(void **state)
{
	(void)state;
	monitor.options.timeout = 2;
	strcpy(monitor.options.default_slot, "alpha");
	assert_ptr_equal(menu(&ui), &monitor.slots.slot[0]);
	assert_true(
		printed("\n\rStarting alpha in 2 s; 1-9 starts a slot, c opens the console\x1b[K"
			"\rStarting alpha in 1 s; 1-9 starts a slot, c opens the console\x1b[K"
			"\r\x1b[K"));
}

static void missing_default_is_named(void **state)
{
	(void)state;
	strcpy(monitor.options.default_slot, "gamma");
	fake_console.serial_input = "c";
	assert_null(menu(&ui));
	assert_true(printed("\nerror: default=gamma: there is no such slot\n"));
}

static void without_slots_the_console_opens(void **state)
{
	(void)state;
	monitor.slots.count = 0;
	strcpy(monitor.options.default_slot, "alpha");
	assert_null(menu(&ui));
	assert_true(printed("\nerror: no slot to start; "));
	assert_true(printed("Ctrl+Alt+Shift+1"));
	assert_int_equal(fake_console.now, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(shows_slots, start),
		cmocka_unit_test_setup(fits_the_screen, start),
		cmocka_unit_test_setup(takes_the_choice, start),
		cmocka_unit_test_setup(countdown_is_one_line, start),
		cmocka_unit_test_setup(missing_default_is_named, start),
		cmocka_unit_test_setup(without_slots_the_console_opens, start),
	};

	return cmocka_run_group_tests_name("menu", tests, NULL, NULL);
}
