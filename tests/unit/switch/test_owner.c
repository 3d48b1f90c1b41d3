// SPDX-License-Identifier: GPL-2.0-only
/* Tests of which PCI functions are whose: what a guest tells, and what may run beside a parked slot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/x86/pci/pci.h"
#include "fake/fake.h"
#include "fake/fake_pci.h"
#include "monitor/owner/owner.h"

#define ID(device) (0x1af4u | (uint32_t)(device) << 16)
#define CLASS_NET  0x02000000
#define CLASS_ISA  0x06010000
#define BRIDGE	   PCI_ADDRESS(0, 1, 0)
#define DISK	   PCI_ADDRESS(0, 16, 0)
#define CARD	   PCI_ADDRESS(0, 17, 0)

static struct slot_table slots;
static struct slot *const alpha = &slots.slot[0], *const beta = &slots.slot[1],
			  *const gamma_slot = &slots.slot[2];
static struct error error;
static int disk, card;

static int start(void **state)
{
	(void)state;
	fake_pci_reset();
	fake_reset();
	fake_pci_add(-1, 1, 0, ID(1), CLASS_ISA, 0);
	disk = fake_pci_add(-1, 16, 0, ID(2), CLASS_NET, 0);
	card = fake_pci_add(-1, 17, 0, ID(3), CLASS_NET, 0);
	pci_init();
	memset(&slots, 0, sizeof(slots));
	slots.count = 3;
	strcpy(alpha->name, "alpha");
	strcpy(beta->name, "beta");
	strcpy(gamma_slot->name, "gamma");
	error.text[0] = '\0';
	return 0;
}

static void tell(struct slot *slot, uint16_t one, uint16_t two)
{
	uint16_t addresses[] = {one, two};

	assert_true(owner_tell(slot, addresses, 2, &error));
}

static bool allows(const struct slot *from, const struct slot *to, bool quick, bool boot)
{
	return owner_allows(&slots, &(struct owner_request){from, to, quick, boot}, &error);
}

static void bridges_are_everybodys(void **state)
{
	(void)state;
	tell(alpha, BRIDGE, DISK);
	tell(beta, BRIDGE, CARD);
	assert_true(allows(alpha, beta, true, false));
}

static void a_function_of_two_slots(void **state)
{
	(void)state;
	tell(alpha, DISK, CARD);
	tell(beta, DISK, CARD);
	assert_false(allows(alpha, beta, true, false));
	assert_string_equal(error.text, "both alpha and beta use 0000:00:10.0 0000:00:11.0");
	assert_true(allows(alpha, beta, false, false));
	assert_true(allows(alpha, NULL, true, false));
}

static void one_that_has_not_told(void **state)
{
	(void)state;
	assert_false(allows(alpha, beta, true, false));
	assert_string_equal(error.text, "alpha has not told which devices it uses");
	tell(alpha, DISK, DISK);
	assert_false(allows(alpha, beta, true, false));
	assert_string_equal(error.text, "beta has not told which devices it uses, and those of "
					"alpha work");
}

static void a_function_that_is_not_there(void **state)
{
	const uint16_t addresses[] = {PCI_ADDRESS(5, 0, 3), DISK};

	(void)state;
	assert_false(owner_tell(alpha, addresses, 2, &error));
	assert_string_equal(error.text, "0000:05:00.3 was not there when the monitor started");
	tell(beta, DISK, BRIDGE);
	assert_false(allows(alpha, beta, true, false)); /* the others are noted */
}

static void a_start_beside_devices_that_work(void **state)
{
	(void)state;
	tell(alpha, DISK, DISK);
	tell(beta, CARD, CARD);
	alpha->works = true;
	assert_false(allows(beta, gamma_slot, false, true));
	assert_string_equal(error.text, "gamma would look at all devices when it starts, and those "
					"of alpha work while it is parked");
	assert_false(allows(NULL, gamma_slot, false, true));
	assert_true(allows(NULL, alpha, false, true)); /* it is its own */
	assert_true(allows(beta, alpha, false, false));
}

/* The slot that leaves may have taken a device of one that is parked meanwhile. */
static void a_device_that_was_taken(void **state)
{
	(void)state;
	tell(alpha, DISK, DISK);
	alpha->works = true;
	tell(beta, DISK, CARD);
	assert_false(allows(beta, NULL, true, false));
	assert_string_equal(error.text, "both alpha and beta use 0000:00:10.0");
}

static bool is_master(int function)
{
	return fake_pci_get(function, PCI_COMMAND, 2) & PCI_COMMAND_MASTER;
}

/* All that can write to memory. */
static void start_devices(void)
{
	fake_pci_set(disk, PCI_COMMAND, 2, PCI_COMMAND_MASTER, true);
	fake_pci_set(card, PCI_COMMAND, 2, PCI_COMMAND_MASTER, true);
}

static void a_crash_leaves_devices_that_work(void **state)
{
	(void)state;
	start_devices();
	pci_functions()->function[pci_number(DISK)].works = true;
	assert_int_equal(pci_stop_bus_masters(), 1);
	assert_true(is_master(disk));
	assert_false(is_master(card));
}

static void devices_of_a_slot_that_is_killed(void **state)
{
	(void)state;
	start_devices();
	tell(alpha, DISK, DISK);
	alpha->works = true;
	pci_functions()->function[pci_number(DISK)].works = true;
	assert_false(pci_functions()->ended);
	owner_end(alpha);
	assert_false(alpha->works);
	assert_false(alpha->uses.told);
	assert_false(is_master(disk));
	assert_true(is_master(card));
	assert_true(pci_functions()->ended); /* what was saved last lacks them */
	owner_end(beta);		     /* it has not left any device working */
	assert_true(is_master(card));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(bridges_are_everybodys, start),
		cmocka_unit_test_setup(a_function_of_two_slots, start),
		cmocka_unit_test_setup(one_that_has_not_told, start),
		cmocka_unit_test_setup(a_function_that_is_not_there, start),
		cmocka_unit_test_setup(a_start_beside_devices_that_work, start),
		cmocka_unit_test_setup(a_device_that_was_taken, start),
		cmocka_unit_test_setup(a_crash_leaves_devices_that_work, start),
		cmocka_unit_test_setup(devices_of_a_slot_that_is_killed, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
