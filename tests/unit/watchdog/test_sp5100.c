/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of AMD's watchdog: where each kind of south bridge has it, what is stopped, what comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fake/fake_ports.h"
#include "fake/fake.h"
#include "fake/fake_pci.h"
#include "arch/x86/watchdog/sp5100.c"

#define PM_SIZE	      256
#define OLD_BASE      0xfec000f0u
#define ACTION	      0x04u
#define DOG(at)	      (*(uint32_t *)phys(at))
#define LEFT	      17
#define FOREIGN	      60
#define KERNELS_INDEX 0x24

static uint8_t pm[PM_SIZE];
static int smbus;

static void show_pm(uint16_t port)
{
	if (port == PM_DATA)
		fake_port[PM_DATA] = pm[fake_port[PM_INDEX]];
}

static void set_pm32(uint8_t index, uint32_t value)
{
	memcpy(pm + index, &value, sizeof(value));
}

static void make(uint32_t id, uint8_t revision, uint32_t base)
{
	fake_reset();
	fake_pci_reset();
	memset(pm, 0, sizeof(pm));
	fake_port[PM_INDEX] = KERNELS_INDEX;
	fake_port_read = show_pm;
	smbus = fake_pci_add(-1, 0x14, 0, id, 0x0c050000u | revision, 0);
	fake_memory(base, REGISTERS_SIZE, 0);
}

static void each_kind_has_it_elsewhere(void **state)
{
	(void)state;
	make(ID_SBX00, 0x3d, OLD_BASE);
	set_pm32(SP5100_BASE, OLD_BASE);
	assert_true(sp5100_find());
	assert_int_equal(base_now(), 0); /* not decoded */
	fake_pci_set(smbus, SP5100_DECODE, 1, SP5100_DECODE_ON, true);
	assert_int_equal(base_now(), OLD_BASE);

	make(ID_SBX00, 0x42, OLD_BASE);
	set_pm32(SB800_BASE, OLD_BASE);
	assert_true(sp5100_find());
	assert_int_equal(base_now(), 0);
	set_pm32(SB800_BASE, OLD_BASE | SB800_DECODE_ON);
	assert_int_equal(base_now(), OLD_BASE);

	make(ID_KERNCZ, 0x49, EFCH_BASE);
	assert_true(sp5100_find());
	assert_int_equal(base_now(), 0);
	pm[EFCH_DECODE] = EFCH_DECODE_ON;
	assert_int_equal(base_now(), EFCH_BASE);
	assert_int_equal(fake_port[PM_INDEX], KERNELS_INDEX);

	make(ID_KERNCZ, 0x51, EFCH_BASE);
	*(uint8_t *)fake_memory(PM_MEMORY, PM_SIZE, 0) = EFCH_DECODE_ON;
	assert_true(sp5100_find());
	assert_int_equal(base_now(), EFCH_BASE);
}

static void not_every_machine_has_it(void **state)
{
	(void)state;
	make(0x29308086, 0, EFCH_BASE);
	fake_port_writes = 0;
	assert_false(sp5100_find());
	assert_int_equal(fake_port_writes, 0);
}

static void make_running(void)
{
	make(ID_KERNCZ, 0x49, EFCH_BASE);
	sp5100_find();
	pm[EFCH_DECODE] = EFCH_DECODE_ON;
	DOG(EFCH_BASE + CONTROL) = CONTROL_RUN | CONTROL_FIRED | ACTION;
	DOG(EFCH_BASE + COUNT) = LEFT;
}

static void stops_and_comes_back_as_it_was(void **state)
{
	struct sp5100_state saved;

	(void)state;
	make_running();
	assert_true(sp5100_runs());
	sp5100_save(&saved);
	assert_false(sp5100_runs());
	assert_int_equal(DOG(EFCH_BASE + CONTROL), ACTION); /* what fired stays on record */
	sp5100_restore(&saved);
	assert_true(sp5100_runs());
	assert_int_equal(DOG(EFCH_BASE + CONTROL), CONTROL_RUN | ACTION | CONTROL_FEED);
	assert_int_equal(DOG(EFCH_BASE + COUNT), LEFT);
}

/* Its own time is not known any more. A longer one harms nobody. */
static void another_slot_has_set_a_time(void **state)
{
	struct sp5100_state saved;

	(void)state;
	make_running();
	sp5100_save(&saved);
	DOG(EFCH_BASE + COUNT) = FOREIGN;
	sp5100_restore(&saved);
	assert_int_equal(DOG(EFCH_BASE + COUNT), COUNT_LONGEST);
}

static void one_whose_registers_were_off(void **state)
{
	struct sp5100_state saved;

	(void)state;
	make_running();
	pm[EFCH_DECODE] = 0;
	sp5100_save(&saved);
	pm[EFCH_DECODE] = EFCH_DECODE_ON;
	DOG(EFCH_BASE + CONTROL) = ACTION;
	sp5100_restore(&saved);
	assert_int_equal(DOG(EFCH_BASE + CONTROL), ACTION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_has_it_elsewhere),
		cmocka_unit_test(not_every_machine_has_it),
		cmocka_unit_test(stops_and_comes_back_as_it_was),
		cmocka_unit_test(another_slot_has_set_a_time),
		cmocka_unit_test(one_whose_registers_were_off),
	};

	return cmocka_run_group_tests_name("sp5100", tests, NULL, NULL);
}
