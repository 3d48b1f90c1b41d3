// SPDX-License-Identifier: GPL-2.0-only
/* Tests of which PCI functions are whose: what a guest tells, and what may run beside a parked slot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/x86/pci/pci.h"
#include "arch/x86/pci/pci_works.h"
#include "fake/fake.h"
#include "fake/fake_pci.h"
#include "guest/linux/switchyard.h"
#include "monitor/owner/owner.h"
#include "reports.h"

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

	assert_true(owner_tell(slot, &(struct owner_told){addresses, 2, 0}, &error));
}

static bool allows(const struct slot *from, const struct slot *to, bool quick, bool boot)
{
	return owner_allows(&slots, &(struct owner_request){from, to, quick, boot}, &error);
}

static void ignore_report(void *context, const char *line)
{
	(void)context;
	(void)line;
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

/* A PCI 2.2 function shares its pin with one of the next slot. */
static void a_pin_that_stays(void **state)
{
	(void)state;
	fake_pci_set(disk, PCI_INTERRUPT_PIN, 1, 1, false);
	fake_pci.function[disk].writable[PCI_COMMAND + 1] = 0xfb;
	pci_init();
	assert_int_equal(fake_pci_get(disk, PCI_COMMAND, 2), 0);
	tell(alpha, CARD, CARD);
	assert_true(allows(alpha, NULL, true, false));
	tell(alpha, DISK, CARD);
	assert_false(allows(alpha, NULL, true, false));
	assert_string_equal(error.text, "alpha uses 0000:00:10.0, whose interrupt pin can't be "
					"switched off");
	assert_true(allows(alpha, NULL, false, false));
	fake_pci_capability(disk, 5, 0x50, 0x18);
	fake_pci_set(disk, 0x52, 2, 1, true); /* it sends messages */
	pci_init();
	assert_true(allows(alpha, NULL, true, false));
}

static void one_that_was_swapped(void **state)
{
	static union {
		struct pci_state state;
		uint8_t room[PCI_STATE_MAX];
	} saved;

	(void)state;
	tell(alpha, DISK, CARD);
	fake_pci_set(card, PCI_ID, 4, ID(9), false);
	pci_works_save(pci_functions(), 1, alpha->uses.set, &saved.state);
	assert_false(owner_all_work(&slots, alpha, &error));
	assert_string_equal(error.text,
			    "0000:00:11.0 is not the function that the monitor found at its start");
	pci_works_unmask(pci_functions(), &saved.state, NULL);
	fake_pci_set(card, PCI_ID, 4, ID(3), false);
	pci_works_save(pci_functions(), 1, alpha->uses.set, &saved.state);
	assert_true(owner_all_work(&slots, alpha, &error));
}

/* An NMI asks nobody: the devices go on working, and keep nobody away. Who takes them is noted. */
static void one_that_an_nmi_interrupted(void **state)
{
	static const char said[] = "slot alpha can't be continued: gamma ran, and uses "
				   "0000:00:10.0, too; \"boot alpha\" starts it afresh, \"log\", "
				   "\"regs\" and \"md\" show it";

	(void)state;
	tell(alpha, DISK, DISK);
	tell(beta, CARD, CARD);
	tell(gamma_slot, DISK, CARD);
	alpha->state = SWITCHYARD_INTERRUPTED;
	alpha->works = true;
	assert_true(allows(NULL, beta, false, false));
	assert_true(allows(NULL, beta, false, true));
	assert_true(allows(NULL, gamma_slot, false, false));
	owner_take(&slots, beta, false, ignore_report, NULL);
	assert_true(owner_goes_on(alpha, &error));
	owner_take(&slots, gamma_slot, false, ignore_report, NULL);
	assert_false(owner_goes_on(alpha, &error));
	assert_string_equal(error.text, said);
	owner_take(&slots, beta, true, ignore_report, NULL);
	assert_false(allows(NULL, alpha, false, false)); /* the first reason counts */
	assert_string_equal(error.text, said);
	assert_true(allows(NULL, alpha, false, true)); /* it may start afresh */
}

/* A kernel that starts looks at all functions. */
static void one_after_which_another_starts(void **state)
{
	(void)state;
	tell(alpha, DISK, DISK);
	alpha->state = SWITCHYARD_INTERRUPTED;
	alpha->works = true;
	owner_take(&slots, beta, true, ignore_report, NULL);
	assert_false(owner_goes_on(alpha, &error));
	assert_non_null(strstr(error.text, "beta was started, and looked at all devices"));
	alpha->crash[0] = '\0';
	alpha->works = true;
	owner_take(&slots, gamma_slot, false, ignore_report, NULL); /* it has not told */
	assert_false(owner_goes_on(alpha, &error));
	assert_non_null(strstr(error.text, "gamma ran, which may use any device"));
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

static void what_the_list_does_not_say(void **state)
{
	const uint16_t addresses[] = {CARD};
	struct owner_told told = {addresses, 1, SWITCHYARD_USES_MORE};

	(void)state;
	tell(alpha, DISK, DISK);
	assert_true(owner_tell(beta, &told, &error));
	assert_false(allows(alpha, beta, true, false));
	assert_string_equal(error.text,
			    "beta uses devices that it can't name, and those of alpha work");
	assert_false(allows(beta, NULL, true, false));
	assert_string_equal(error.text, "beta uses devices that it can't name");
	told.besides = SWITCHYARD_USES_CRASH;
	assert_true(owner_tell(beta, &told, &error));
	assert_false(allows(alpha, beta, true, false));
	assert_string_equal(error.text, "beta has a crash kernel, which would look at all devices, "
					"and those of alpha work");
	assert_true(allows(beta, alpha, true, false)); /* nothing starts that kernel meanwhile */
	assert_true(allows(alpha, beta, false, false));
}

/* Linux switches it on when it is resumed, under the devices of the other slot. */
static void one_whose_iommu_translates(void **state)
{
	(void)state;
	tell(alpha, DISK, DISK);
	tell(beta, CARD, CARD);
	beta->uses.translates = true;
	assert_false(allows(alpha, beta, true, false));
	assert_string_equal(error.text, "beta has an IOMMU translate what devices write, and those "
					"of alpha work without");
	assert_true(allows(alpha, beta, false, false));
	assert_true(allows(alpha, NULL, true, false));
}

static void a_function_that_is_not_there(void **state)
{
	const uint16_t addresses[] = {PCI_ADDRESS(5, 0, 3), DISK};

	(void)state;
	assert_false(owner_tell(alpha, &(struct owner_told){addresses, 2, 0}, &error));
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
	pci_functions()->function[pci_number(DISK)].works_for = 1;
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
	pci_functions()->function[pci_number(DISK)].works_for = 1;
	assert_false(pci_functions()->ended);
	owner_end(&slots, alpha);
	assert_false(alpha->works);
	assert_false(alpha->uses.told);
	assert_false(is_master(disk));
	assert_true(is_master(card));
	assert_true(pci_functions()->ended); /* what was saved last lacks them */
	owner_end(&slots, beta);	     /* it has not left any device working */
	assert_true(is_master(card));
}

static void name_address(struct slot *slot, uint16_t address)
{
	slot->devices.device[slot->devices.count++] = (struct device_name){.address = address};
}

static void name_kind(struct slot *slot, uint32_t id)
{
	slot->devices.device[slot->devices.count++] =
		(struct device_name){.id = id, .is_kind = true};
}

/* Claims for all slots. What is wrong and what is missing go into different reports. */
static void claim_all(struct reports *wrong, struct reports *missing)
{
	static struct reports all;

	memset(&all, 0, sizeof(all));
	owner_claim_all(&slots, keep_report, keep_report, &all);
	memset(wrong, 0, sizeof(*wrong));
	memset(missing, 0, sizeof(*missing));
	for (uint32_t i = 0; i < all.count; i++) {
		bool is_missing = strstr(all.text[i], "no such PCI function");

		keep_report(is_missing ? missing : wrong, all.text[i]);
	}
}

static void lines_that_name_functions(void **state)
{
	struct reports wrong, missing;

	(void)state;
	name_address(alpha, DISK);
	name_kind(beta, ID(3));
	name_address(beta, PCI_ADDRESS(0, 18, 0));
	name_kind(beta, 0xabcd0001);
	name_address(gamma_slot, BRIDGE);
	claim_all(&wrong, &missing);
	assert_int_equal(wrong.count, 0);
	assert_int_equal(missing.count, 3);
	assert_string_equal(missing.text[0], "slot beta: devices= names 0000:00:12.0, but there is "
					     "no such PCI function here, bridges apart");
	assert_non_null(strstr(missing.text[1], "slot beta: devices= names 0001:abcd, but"));
	assert_non_null(strstr(missing.text[2], "slot gamma: devices= names 0000:00:01.0, but"));
	assert_ptr_equal(owner_of(&slots, pci_number(DISK)), alpha);
	assert_ptr_equal(owner_of(&slots, pci_number(CARD)), beta);
	assert_null(owner_of(&slots, pci_number(BRIDGE)));
	pci_functions()->function[pci_number(CARD)].works_for = 3; /* that counts */
	assert_ptr_equal(owner_of(&slots, pci_number(CARD)), gamma_slot);
}

/* One names the address, and the other the kind. Only the second line is spoilt. */
static void two_lines_that_name_a_function(void **state)
{
	struct reports wrong, missing;

	(void)state;
	name_address(alpha, CARD);
	name_address(beta, DISK);
	name_kind(beta, ID(3));
	name_address(gamma_slot, DISK);
	claim_all(&wrong, &missing);
	assert_int_equal(wrong.count, 1);
	assert_string_equal(wrong.text[0],
			    "slot beta: devices= names 0000:00:11.0, as that of slot "
			    "alpha does; expected each function in one slot's");
	assert_int_equal(slots.count, 2);
	assert_string_equal(slots.slot[1].name, "gamma");
	assert_ptr_equal(owner_of(&slots, pci_number(DISK)), &slots.slot[1]);
}

/* A line stands in for a kernel that has not told, until that does. No slot starts by it. */
static void a_line_stands_in(void **state)
{
	struct reports wrong, missing;

	(void)state;
	name_address(beta, CARD);
	name_address(gamma_slot, DISK);
	claim_all(&wrong, &missing);
	tell(alpha, DISK, DISK);
	alpha->works = true;
	assert_true(allows(NULL, beta, false, false));
	assert_false(allows(NULL, gamma_slot, false, false));
	assert_string_equal(error.text, "both alpha and gamma use 0000:00:10.0");
	assert_false(allows(NULL, beta, false, true));
	assert_false(allows(beta, NULL, true, false));
	assert_string_equal(error.text, "beta has not told which devices it uses");
	tell(beta, CARD, DISK);
	assert_false(allows(NULL, beta, false, false));
}

/* A fault in a switch comes before the slot is parked, or after it counts as running again. */
static void devices_of_a_slot_that_faults_in_a_switch(void **state)
{
	(void)state;
	start_devices();
	pci_functions()->function[pci_number(DISK)].works_for = 1;
	owner_end(&slots, alpha);
	assert_false(is_master(disk));
	assert_int_equal(pci_functions()->function[pci_number(DISK)].works_for, 0);
}

/* alpha's disk and card work, and to gets the machine by force. */
static void take_by_force(const struct slot *to, bool boot, struct reports *reports)
{
	*reports = (struct reports){0};
	start_devices();
	tell(alpha, DISK, CARD);
	alpha->works = true;
	pci_functions()->function[pci_number(DISK)].works_for = 1;
	pci_functions()->function[pci_number(CARD)].works_for = 1;
	owner_take(&slots, to, boot, keep_report, reports);
}

static void a_resume_by_force_takes_what_both_use(void **state)
{
	struct reports reports;

	(void)state;
	tell(beta, CARD, CARD);
	take_by_force(beta, false, &reports);
	assert_true(is_master(disk));
	assert_false(is_master(card));
	assert_ptr_equal(owner_of(&slots, pci_number(DISK)), alpha);
	assert_null(owner_of(&slots, pci_number(CARD)));
	assert_int_equal(reports.count, 1);
	assert_string_equal(reports.text[0], "slot alpha: devices that worked for it are stopped, "
					     "because beta may use them");
	assert_true(allows(NULL, beta, false, false)); /* the card is beta's now */
	assert_false(allows(beta, alpha, false, false));
	assert_string_equal(error.text, "slot alpha: devices that worked for it were given to "
					"another slot by force; \"switch alpha force\" resumes it "
					"without them");
	assert_true(allows(beta, alpha, false, true)); /* it starts afresh */
	owner_end(&slots, alpha);
	assert_false(is_master(disk));
	assert_false(alpha->lost);
}

static void a_start_by_force_takes_all(void **state)
{
	struct reports reports;

	(void)state;
	take_by_force(gamma_slot, true, &reports);
	assert_false(is_master(disk));
	assert_false(is_master(card));
	assert_true(alpha->lost);
	assert_true(allows(NULL, gamma_slot, false, true)); /* nothing of alpha's works any more */
}

static void nothing_is_taken_without_force(void **state)
{
	struct reports reports;

	(void)state;
	tell(beta, BRIDGE, BRIDGE);
	take_by_force(beta, false, &reports);
	assert_false(alpha->lost);
	assert_int_equal(reports.count, 0);
	owner_take(&slots, alpha, false, keep_report, &reports);
	assert_true(is_master(disk) && is_master(card));
	assert_true(allows(NULL, alpha, false, false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(bridges_are_everybodys, start),
		cmocka_unit_test_setup(a_function_of_two_slots, start),
		cmocka_unit_test_setup(a_pin_that_stays, start),
		cmocka_unit_test_setup(one_that_was_swapped, start),
		cmocka_unit_test_setup(one_that_has_not_told, start),
		cmocka_unit_test_setup(one_that_an_nmi_interrupted, start),
		cmocka_unit_test_setup(one_after_which_another_starts, start),
		cmocka_unit_test_setup(what_the_list_does_not_say, start),
		cmocka_unit_test_setup(one_whose_iommu_translates, start),
		cmocka_unit_test_setup(a_function_that_is_not_there, start),
		cmocka_unit_test_setup(a_start_beside_devices_that_work, start),
		cmocka_unit_test_setup(a_device_that_was_taken, start),
		cmocka_unit_test_setup(a_crash_leaves_devices_that_work, start),
		cmocka_unit_test_setup(devices_of_a_slot_that_is_killed, start),
		cmocka_unit_test_setup(devices_of_a_slot_that_faults_in_a_switch, start),
		cmocka_unit_test_setup(a_resume_by_force_takes_what_both_use, start),
		cmocka_unit_test_setup(a_start_by_force_takes_all, start),
		cmocka_unit_test_setup(nothing_is_taken_without_force, start),
		cmocka_unit_test_setup(lines_that_name_functions, start),
		cmocka_unit_test_setup(two_lines_that_name_a_function, start),
		cmocka_unit_test_setup(a_line_stands_in, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
