// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the screen: text mode or framebuffer, on or off, and each slot's picture. */
#include <string.h>
#include "cmocka.h"
#include "fake/fake_console.h"
#include "fake/fake.h"
#include "monitor/switch/kept_state.h"
#include "monitor/switch/picture.h"
#include "monitor/terminal/screen.h"
#include "lib/units.h"

#define BASE	   UINT64_C(0x80000000)
#define WIDTH	   640u
#define HEIGHT	   400u
#define BYTES	   (WIDTH * HEIGHT * 4)
#define FREE_BASE  (32 * MIB)
#define FREE_BYTES (4 * MIB)

static struct monitor monitor;
static struct screen the_screen;
static struct boot_info boot;
static uint8_t cells[FRAMEBUFFER_MAX_COLUMNS * FRAMEBUFFER_MAX_ROWS];
static uint8_t *pixels;

static int start(void **state)
{
	(void)state;
	fake_console_reset();
	memset(&monitor, 0, sizeof(monitor));
	memset(&the_screen, 0, sizeof(the_screen));
	memset(&boot, 0, sizeof(boot));
	for (uint32_t i = 0; i < SWITCHYARD_MAX_SLOTS; i++)
		*kept_state(i) = (struct kept_state){0};
	monitor.boot = &boot;
	monitor.slots.count = 2;
	monitor.plan.count = 1;
	monitor.plan.region[0] = (struct plan_region){.base = FREE_BASE,
						      .size = FREE_BYTES,
						      .type = REGION_RAM,
						      .owner = OWNER_FREE};
	boot.screen = SCREEN_FRAMEBUFFER;
	boot.framebuffer = (struct boot_framebuffer){.base = BASE,
						     .pitch = WIDTH * 4,
						     .width = WIDTH,
						     .height = HEIGHT,
						     .bits = 32,
						     .red = {16, 8},
						     .green = {8, 8},
						     .blue = {0, 8}};
	pixels = fake_memory(BASE, BYTES, 0x11);
	fake_memory(FREE_BASE, FREE_BYTES, 0x99);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static void assert_all(uint8_t value)
{
	for (uint32_t i = 0; i < BYTES; i++)
		assert_int_equal(pixels[i], value);
}

static void each_slot_has_its_own(void **state)
{
	(void)state;
	picture_init(&monitor);
	assert_int_equal(monitor.log.used, 0);
	picture_save(&monitor, 0);
	memset(pixels, 0x22, BYTES);
	picture_save(&monitor, 1);
	memset(pixels, 0x33, BYTES);
	picture_restore(&monitor, 0);
	assert_all(0x11);
	picture_restore(&monitor, 1);
	assert_all(0x22);
}

/* One that comes later, whose RAM is free again when it is gone. */
static void a_late_slot_has_its_own(void **state)
{
	(void)state;
	picture_init(&monitor);
	monitor.slots.count = 3;
	assert_true(picture_add(&monitor, 2));
	picture_save(&monitor, 2);
	memset(pixels, 0x22, BYTES);
	picture_save(&monitor, 1);
	picture_restore(&monitor, 2);
	assert_all(0x11);
	assert_true(picture_add(&monitor, 3)); /* the last place */
	assert_false(picture_add(&monitor, 4));
	picture_restore(&monitor, 4);
	assert_all(0);
	picture_drop(&monitor, 4);
	for (uint32_t i = 0; i < 4; i++)
		picture_drop(&monitor, i);
	assert_int_equal(monitor.plan.count, 1);
	assert_int_equal(monitor.plan.region[0].owner, OWNER_FREE);
}

static void without_room_it_is_black(void **state)
{
	(void)state;
	monitor.slots.count = 5; /* of one MiB, in whole pages, each */
	picture_init(&monitor);
	assert_non_null(
		strstr(monitor.log.text, "a slot that is resumed will find a black screen"));
	picture_save(&monitor, 0);
	assert_all(0x11);
	picture_restore(&monitor, 0);
	assert_all(0);
}

static void text_mode_has_none(void **state)
{
	(void)state;
	boot.screen = SCREEN_TEXT;
	picture_init(&monitor);
	assert_int_equal(monitor.plan.pictures.size, 0);
	picture_save(&monitor, 0);
	picture_restore(&monitor, 0);
	assert_all(0x11);
}

static void put(struct screen *screen, const char *text)
{
	while (*text)
		screen_put(screen, *text++);
}

static void framebuffer_instead_of_text(void **state)
{
	struct screen *screen = &the_screen;

	(void)state;
	screen->framebuffer.cells = cells;
	screen_use_framebuffer(screen, &boot.framebuffer);
	screen_init(screen, true);
	assert_int_equal(screen_kind(screen), SCREEN_FRAMEBUFFER);
	put(screen, "one\ntwo");
	assert_string_equal(fake_console.screen, "");
	assert_int_equal(cells[screen->framebuffer.columns + 2], 'o');
	memset(pixels, 0x55, BYTES); /* someone else had it */
	screen_init(screen, true);
	assert_int_equal(pixels[BYTES - 1], 0);
	assert_int_equal(cells[screen->framebuffer.columns + 2], 'o');
	screen_clear(screen);
	assert_int_equal(cells[screen->framebuffer.columns + 2], 0);
}

static void off_means_untouched(void **state)
{
	struct screen *screen = &the_screen;

	(void)state;
	screen->framebuffer.cells = cells;
	screen_use_framebuffer(screen, &boot.framebuffer);
	screen_init(screen, false);
	put(screen, "text");
	screen_clear_to_end(screen);
	screen_clear(screen);
	assert_all(0x11);
	assert_int_equal(screen_kind(screen), SCREEN_FRAMEBUFFER); /* a guest may use it */
}

static void text_mode(void **state)
{
	struct screen *screen = &the_screen;

	(void)state;
	assert_int_equal(screen_kind(screen), SCREEN_NONE);
	screen_init(screen, true);
	assert_int_equal(screen_kind(screen), SCREEN_TEXT);
	put(screen, "ab");
	screen_clear_to_end(screen);
	assert_string_equal(fake_console.screen, "ab\x1b[K");
	screen_init(screen, false);
	put(screen, "c");
	assert_string_equal(fake_console.screen, "ab\x1b[K");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_slot_has_its_own),
		TEST(a_late_slot_has_its_own),
		TEST(without_room_it_is_black),
		TEST(text_mode_has_none),
		TEST(framebuffer_instead_of_text),
		TEST(off_means_untouched),
		TEST(text_mode),
	};

	return cmocka_run_group_tests_name("picture", tests, NULL, NULL);
}
