// SPDX-License-Identifier: GPL-2.0-only
/* Tests of how far page tables must reach, and of memory that is left out beyond that. */
#include <string.h>
#include "cmocka.h"
#include "lib/units.h"
#include "monitor/plan/mapping.h"

#define LIMIT (64 * GIB)

static struct boot_info boot;
static struct plan plan;

static int start(void **state)
{
	(void)state;
	memset(&plan, 0, sizeof(plan));
	memset(&boot, 0, sizeof(boot));
	boot.screen = SCREEN_FRAMEBUFFER;
	boot.framebuffer = (struct boot_framebuffer){.base = LIMIT - 640 * 400 * 4,
						     .pitch = 640 * 4,
						     .width = 640,
						     .height = 400,
						     .bits = 32,
						     .red = {16, 8},
						     .green = {8, 8},
						     .blue = {0, 8}};
	return 0;
}

static void ends_where_the_higher_one_ends(void **state)
{
	(void)state;
	plan.count = 2;
	plan.region[0] = (struct plan_region){.size = 2 * GIB, .type = REGION_RAM};
	plan.region[1] =
		(struct plan_region){.base = 90 * GIB, .size = GIB, .type = REGION_RESERVED};
	assert_int_equal(mapping_end(&plan, &boot), LIMIT);
	boot.screen = SCREEN_TEXT;
	assert_int_equal(mapping_end(&plan, &boot), 2 * GIB);
}

static void a_framebuffer_has_to_be_mapped(void **state)
{
	struct error error;

	(void)state;
	assert_true(mapping_check_framebuffer(&boot, LIMIT, &error));
	assert_false(mapping_check_framebuffer(&boot, LIMIT - 1, &error));
	assert_string_equal(error.text,
			    "framebuffer at 0xffff06000, 640x400, 32 bits a pixel: higher than "
			    "what can be mapped; there is no screen");
	assert_int_equal(boot.screen, SCREEN_NONE);
	assert_true(mapping_check_framebuffer(&boot, 0, &error));
}

static void a_framebuffer_has_to_be_usable(void **state)
{
	struct error error;

	(void)state;
	boot.framebuffer.bits = 8;
	assert_false(mapping_check_framebuffer(&boot, LIMIT, &error));
	assert_non_null(strstr(error.text, "8 bits a pixel"));
	assert_int_equal(boot.screen, SCREEN_NONE);
}

static void ram_above_is_cut(void **state)
{
	(void)state;
	boot.region_count = 4;
	boot.region[0] = (struct region){.size = GIB, .type = REGION_RAM};
	boot.region[1] =
		(struct region){.base = LIMIT - 2 * GIB, .size = 5 * GIB, .type = REGION_RAM};
	boot.region[2] = (struct region){.base = LIMIT, .size = 7 * GIB, .type = REGION_RAM};
	boot.region[3] = (struct region){.base = LIMIT, .size = GIB, .type = REGION_ACPI};
	assert_int_equal(mapping_cut_ram(&boot, LIMIT), 10 * GIB);
	assert_int_equal(boot.region[0].size, GIB);
	assert_int_equal(boot.region[1].size, 2 * GIB);
	assert_int_equal(boot.region[2].type, REGION_RESERVED);
	assert_int_equal(boot.region[3].type, REGION_ACPI);
	assert_int_equal(mapping_cut_ram(&boot, LIMIT), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(ends_where_the_higher_one_ends, start),
		cmocka_unit_test_setup(a_framebuffer_has_to_be_mapped, start),
		cmocka_unit_test_setup(a_framebuffer_has_to_be_usable, start),
		cmocka_unit_test_setup(ram_above_is_cut, start),
	};

	return cmocka_run_group_tests_name("mapping", tests, NULL, NULL);
}
