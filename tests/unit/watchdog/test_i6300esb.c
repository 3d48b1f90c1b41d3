/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of the 6300ESB's watchdog: what is stopped, and what comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "fake/fake.h"
#include "fake/fake_pci.h"
#include "arch/x86/watchdog/i6300esb.c"

#define BAR	0xfebff000u
#define LOCKED	0x01
#define TIME(n) (*(uint32_t *)phys(BAR + 4 * (n)))
#define FED	(*(uint16_t *)phys(BAR + RELOAD))
#define CLASS	0x08800000
#define SETTING 0x0023
#define FOREIGN 0x0004

static int dog;

static int start(void **state)
{
	(void)state;
	fake_reset();
	fake_pci_reset();
	fake_memory(BAR, REGISTERS_SIZE, 0);
	dog = fake_pci_add(-1, 4, 0, ID, CLASS, 0);
	fake_pci_set(dog, PCI_BAR0, 4, BAR, true);
	fake_pci_set(dog, PCI_COMMAND, 2, PCI_COMMAND_MEMORY, true);
	fake_pci_set(dog, CONFIG, 2, SETTING, true);
	fake_pci_set(dog, LOCK, 1, LOCK_ENABLE, true);
	TIME(0) = 100;
	TIME(1) = 200;
	pci_init();
	return 0;
}

static void not_every_machine_has_it(void **state)
{
	(void)state;
	assert_true(i6300esb_find());
	fake_pci_reset();
	fake_pci_add(-1, 4, 0, ID + 0x10000, CLASS, 0);
	pci_init();
	assert_false(i6300esb_find());
}

static void stops_and_comes_back_as_it_was(void **state)
{
	struct i6300esb_state saved;

	(void)state;
	i6300esb_find();
	assert_true(i6300esb_runs());
	i6300esb_save(&saved);
	assert_false(i6300esb_runs());
	fake_pci_set(dog, CONFIG, 2, FOREIGN, true); /* another slot's */
	TIME(0) = 1;
	i6300esb_restore(&saved);
	assert_true(i6300esb_runs());
	assert_int_equal(fake_pci_get(dog, CONFIG, 2), SETTING);
	assert_int_equal(TIME(0), 100);
	assert_int_equal(TIME(1), 200);
	assert_int_equal(FED, RELOAD_FEED);
}

static void one_that_does_not_run_is_not_touched(void **state)
{
	struct i6300esb_state saved;

	(void)state;
	i6300esb_find();
	fake_pci_set(dog, LOCK, 1, 0, true);
	i6300esb_save(&saved);
	i6300esb_restore(&saved);
	assert_int_equal(fake_pci.function[dog].writes, 0);
	assert_int_equal(FED, 0);
}

static void one_that_is_locked_still_runs(void **state)
{
	struct i6300esb_state saved;

	(void)state;
	i6300esb_find();
	fake_pci_set(dog, LOCK, 1, LOCK_ENABLE | LOCKED, false);
	i6300esb_save(&saved);
	assert_true(i6300esb_runs());
	i6300esb_feed();
	assert_int_equal(FED, RELOAD_FEED);
}

/* Its times are out of reach then, but it is stopped and started all the same. */
static void without_its_registers(void **state)
{
	struct i6300esb_state saved;

	(void)state;
	i6300esb_find();
	fake_pci_set(dog, PCI_COMMAND, 2, 0, true);
	i6300esb_save(&saved);
	assert_false(i6300esb_runs());
	i6300esb_restore(&saved);
	assert_true(i6300esb_runs());
	assert_int_equal(FED, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(not_every_machine_has_it, start),
		cmocka_unit_test_setup(stops_and_comes_back_as_it_was, start),
		cmocka_unit_test_setup(one_that_does_not_run_is_not_touched, start),
		cmocka_unit_test_setup(one_that_is_locked_still_runs, start),
		cmocka_unit_test_setup(without_its_registers, start),
	};

	return cmocka_run_group_tests_name("i6300esb", tests, NULL, NULL);
}
