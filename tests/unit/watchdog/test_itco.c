/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of Intel's TCO timer: where it is, what is stopped, and what comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fake/fake_ports.h"
#include "fake/fake.h"
#include "fake/fake_pci.h"
#include "arch/x86/watchdog/itco.c"

#define ICH9	      0x29188086u
#define SMBUS_100     0xa1238086u
#define ACPI	      0x600
#define TCO	      0x660
#define CHIPSET	      0xfed1c000u
#define GCS	      (*(uint32_t *)phys(CHIPSET + CHIPSET_GCS))
#define GCS_OTHER     0x0c00u
#define CONTROL_KEPT  0x0200
#define TIME_RESERVED 0x8000

static int lpc;

static int start(void **state)
{
	(void)state;
	fake_reset();
	fake_pci_reset();
	memset(fake_port, 0, sizeof(fake_port));
	fake_memory(CHIPSET + CHIPSET_GCS, sizeof(uint32_t), 0);
	lpc = fake_pci_add(-1, 0x1f, 0, ICH9, 0x06010000, PCI_HEADER_MULTI);
	fake_pci_set(lpc, LPC_ACPI_BASE, 4, ACPI | 1, true);
	fake_pci_set(lpc, LPC_ACPI_CONTROL, 1, LPC_ACPI_ENABLE, true);
	fake_pci_set(lpc, LPC_CHIPSET_BASE, 4, CHIPSET | LPC_CHIPSET_ON, true);
	GCS = GCS_OTHER;
	fake_port_writes = 0;
	return 0;
}

static void is_in_the_bridges_acpi_ports(void **state)
{
	(void)state;
	assert_true(itco_find());
	assert_int_equal(tco.base, TCO);
}

static void not_every_machine_has_it(void **state)
{
	(void)state;
	fake_pci_set(lpc, LPC_ACPI_CONTROL, 1, 0, true); /* no ports */
	assert_false(itco_find());
	start(NULL);
	fake_pci_set(lpc, PCI_ID, 4, 0x70008086, false); /* PIIX */
	assert_false(itco_find());
	start(NULL);
	fake_pci_set(lpc, PCI_ID, 4, 0x29181022, false);
	assert_false(itco_find());
	assert_int_equal(fake_port_writes, 0);
}

static void is_in_the_smbus_controllers_ports(void **state)
{
	int smbus = fake_pci_add(-1, 0x1f, 4, SMBUS_100, 0x0c050000, 0);

	(void)state;
	fake_pci_set(lpc, PCI_ID, 4, 0xa1408086, false);
	fake_pci_set(smbus, SMBUS_TCO_BASE, 4, 0x401, true);
	fake_pci_set(smbus, SMBUS_TCO_CONTROL, 4, 0, true);
	assert_false(itco_find());
	fake_pci_set(smbus, SMBUS_TCO_CONTROL, 4, SMBUS_TCO_ENABLE, true);
	assert_true(itco_find());
	assert_int_equal(tco.base, 0x400);
}

static void stops_and_comes_back_as_it_was(void **state)
{
	struct itco_state saved;

	(void)state;
	itco_find();
	outw(TCO + TCO_TIME, TIME_RESERVED | 50);
	outw(TCO + TCO_CONTROL, CONTROL_KEPT | CONTROL_NMI_NOW);
	assert_true(itco_runs());
	itco_save(&saved);
	assert_false(itco_runs());
	assert_int_equal(inw(TCO + TCO_CONTROL), CONTROL_KEPT | CONTROL_HALT);
	outw(TCO + TCO_TIME, TIME_RESERVED | 4); /* another slot's */
	outw(TCO + TCO_CONTROL, CONTROL_HALT);
	GCS = GCS_OTHER | GCS_NO_REBOOT;
	itco_restore(&saved);
	assert_int_equal(inw(TCO + TCO_CONTROL), CONTROL_KEPT);
	assert_int_equal(inw(TCO + TCO_TIME), TIME_RESERVED | 50);
	assert_int_equal(inw(TCO + TCO_RELOAD), 1);
	assert_int_equal(GCS, GCS_OTHER);
}

static void one_that_does_not_run_is_not_touched(void **state)
{
	struct itco_state saved;

	(void)state;
	itco_find();
	outw(TCO + TCO_CONTROL, CONTROL_HALT);
	fake_port_writes = 0;
	itco_save(&saved);
	itco_restore(&saved);
	assert_int_equal(fake_port_writes, 0);
}

/* Without that register, nothing is read from address 0. */
static void a_chip_set_without_gcs(void **state)
{
	struct itco_state saved;

	(void)state;
	fake_pci_set(lpc, LPC_CHIPSET_BASE, 4, 0, true);
	assert_true(itco_find());
	itco_save(&saved);
	itco_restore(&saved);
	assert_int_equal(GCS, GCS_OTHER);
	assert_true(itco_runs());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(is_in_the_bridges_acpi_ports, start),
		cmocka_unit_test_setup(not_every_machine_has_it, start),
		cmocka_unit_test_setup(is_in_the_smbus_controllers_ports, start),
		cmocka_unit_test_setup(stops_and_comes_back_as_it_was, start),
		cmocka_unit_test_setup(one_that_does_not_run_is_not_touched, start),
		cmocka_unit_test_setup(a_chip_set_without_gcs, start),
	};

	return cmocka_run_group_tests_name("itco", tests, NULL, NULL);
}
