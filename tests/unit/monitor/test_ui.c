// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the connection between the monitor and the person's terminal. */
#include <string.h>
#include "cmocka.h"
#include "fake/fake_console.h"
#include "fake/fake.h"
#include "lib/units.h"
#include "monitor/console/ui.h"

#define FRAMEBUFFER_AT (1 * GIB)
#define BYTES	       (640 * 400 * 4)

static struct monitor monitor;
static struct ui ui;
static struct boot_info boot;
static uint8_t cells[FRAMEBUFFER_MAX_COLUMNS * FRAMEBUFFER_MAX_ROWS];
static const struct frontend *const frontend = &monitor.frontend;

static int start(void **state)
{
	(void)state;
	fake_console_reset();
	memset(&monitor, 0, sizeof(monitor));
	memset(&ui, 0, sizeof(ui));
	memset(&boot, 0, sizeof(boot));
	monitor.boot = &boot;
	monitor.options = (struct options){.serial = 1, .baud = 9600, .video = true};
	monitor.log.level = LOG_INFO;
	ui_connect(&ui, &monitor, cells);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static void log_is_silent_until_taken(void **state)
{
	(void)state;
	log_line(&monitor.log, LOG_INFO, "early");
	assert_string_equal(fake_console.serial, "");
	assert_string_equal(fake_console.screen, "");
	ui_take(&ui, 0);
	log_line(&monitor.log, LOG_INFO, "later");
	assert_string_equal(fake_console.serial, "later\r\n");
	assert_string_equal(fake_console.screen, "later\n");
}

static void frontend_takes_and_clears(void **state)
{
	(void)state;
	frontend->take(frontend->context);
	assert_int_equal(fake_console.baud, 9600);
	assert_true(fake_console.used);
	fake_console.used = false;
	frontend->write(frontend->context, "a\n");
	assert_true(fake_console.used);
	assert_string_equal(fake_console.screen, "a\n");
	frontend->clear_screen(frontend->context);
	assert_string_equal(fake_console.screen, "a\n\f");
	assert_string_equal(fake_console.serial, "a\r\n");
}

static void frontend_tells_of_the_screen(void **state)
{
	struct frontend_screen screen;

	(void)state;
	assert_int_equal(frontend->screen(frontend->context).kind, SCREEN_NONE);
	ui_take(&ui, 0);
	ui.console.screen.text.column = 7;
	ui.console.screen.text.row = 24;
	screen = frontend->screen(frontend->context);
	assert_int_equal(screen.kind, SCREEN_TEXT);
	assert_int_equal(screen.column, 7);
	assert_int_equal(screen.row, 24);
}

/* Nothing is drawn before the framebuffer is mapped. */
static void framebuffer_is_used_once_it_is_mapped(void **state)
{
	(void)state;
	boot.screen = SCREEN_FRAMEBUFFER;
	boot.framebuffer = (struct boot_framebuffer){.base = FRAMEBUFFER_AT,
						     .pitch = 640 * 4,
						     .width = 640,
						     .height = 400,
						     .bits = 32,
						     .red = {16, 8},
						     .green = {8, 8},
						     .blue = {0, 8}};
	ui_take(&ui, FRAMEBUFFER_AT + BYTES - 1);
	assert_int_equal(frontend->screen(frontend->context).kind, SCREEN_TEXT);
	fake_memory(FRAMEBUFFER_AT, BYTES, 0x11);
	ui_take(&ui, FRAMEBUFFER_AT + BYTES);
	assert_int_equal(frontend->screen(frontend->context).kind, SCREEN_FRAMEBUFFER);
}

static void copying_is_one_line(void **state)
{
	(void)state;
	ui_take(&ui, 0);
	ui_show_copying(&ui, 4 * MIB, 5 * MIB + 1);
	ui_show_copying(&ui, 5 * MIB + 1, 5 * MIB + 1);
	assert_string_equal(fake_console.screen, "\rKeeping images: 4 of 6 MiB"
						 "\rKeeping images: 6 of 6 MiB\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(log_is_silent_until_taken, start),
		cmocka_unit_test_setup(frontend_takes_and_clears, start),
		cmocka_unit_test_setup(frontend_tells_of_the_screen, start),
		cmocka_unit_test_setup_teardown(framebuffer_is_used_once_it_is_mapped, start, stop),
		cmocka_unit_test_setup(copying_is_one_line, start),
	};

	return cmocka_run_group_tests_name("ui", tests, NULL, NULL);
}
