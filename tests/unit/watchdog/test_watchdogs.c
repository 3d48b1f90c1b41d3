/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of the list of watchdogs: which are asked, and who feeds one that does not stop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/x86/watchdog/watchdogs.c"

static struct {
	bool present, stubborn, runs;
	uint32_t saved, restored, fed;
} dog; /* the only device that a machine of this test can have: an iTCO */
static uint64_t time_us;
static uint32_t address; /* of PCI's configuration mechanism 1 */
static uint64_t firmware;

uint64_t clock_us(void)
{
	return time_us;
}

void pci_config_save(uint32_t *to)
{
	*to = address;
}

void pci_config_restore(uint32_t from)
{
	address = from;
}

bool itco_find(void)
{
	return dog.present;
}

void itco_save(struct itco_state *state)
{
	address = 1;
	dog.saved++;
	state->time = dog.runs;
	dog.runs = dog.stubborn;
}

void itco_restore(const struct itco_state *state)
{
	address = 2;
	dog.restored++;
	dog.runs = state->time;
}

bool itco_runs(void)
{
	return dog.runs;
}

void itco_feed(void)
{
	dog.fed++;
}

void ipmi_set_firmware(uint64_t efi_system_table)
{
	firmware = efi_system_table;
}

/* The others are not there, so nothing but find() may be called. */
#define ABSENT(device)                                            \
	bool device##_find(void)                                  \
	{                                                         \
		return false;                                     \
	}                                                         \
	void device##_save(struct device##_state *state)          \
	{                                                         \
		(void)state;                                      \
		assert_true(false);                               \
	}                                                         \
	void device##_restore(const struct device##_state *state) \
	{                                                         \
		(void)state;                                      \
		assert_true(false);                               \
	}                                                         \
	bool device##_runs(void)                                  \
	{                                                         \
		assert_true(false);                               \
		return false;                                     \
	}                                                         \
	void device##_feed(void)                                  \
	{                                                         \
		assert_true(false);                               \
	}

ABSENT(i6300esb)
ABSENT(sp5100)
ABSENT(ipmi)

static int start(void **state)
{
	(void)state;
	memset(&dog, 0, sizeof(dog));
	dog.present = true;
	dog.runs = true;
	time_us = 1000000;
	address = 0x80001000;
	return 0;
}

static void what_firmware_started_is_stopped(void **state)
{
	(void)state;
	watchdogs_init(0x1234);
	assert_int_equal(firmware, 0x1234);
	assert_false(dog.runs);
	assert_null(watchdogs_locked());
}

static void a_machine_without_any(void **state)
{
	struct watchdogs_state saved;

	(void)state;
	dog.present = false;
	watchdogs_init(0);
	watchdogs_save(&saved);
	watchdogs_restore(&saved);
	watchdogs_feed();
	assert_int_equal(dog.saved + dog.restored + dog.fed, 0);
}

static void it_comes_back_and_pcis_address_stays(void **state)
{
	struct watchdogs_state saved;

	(void)state;
	watchdogs_init(0);
	dog.runs = true;
	watchdogs_save(&saved);
	assert_int_equal(address, 0x80001000);
	assert_false(dog.runs);
	watchdogs_restore(&saved);
	assert_int_equal(address, 0x80001000);
	assert_true(dog.runs);
	time_us += FEED_US;
	watchdogs_feed(); /* that is its slot's task */
	assert_int_equal(dog.fed, 0);
}

/* It is fed at once, and twice a second while the monitor waits. */
static void one_that_is_locked_is_named_and_fed(void **state)
{
	struct watchdogs_state saved;

	(void)state;
	dog.stubborn = true;
	watchdogs_init(0);
	watchdogs_save(&saved);
	assert_string_equal(watchdogs_locked(), "iTCO");
	dog.fed = 0;
	watchdogs_feed();
	assert_int_equal(dog.fed, 0);
	for (uint32_t i = 0; i < 4; i++) {
		time_us += FEED_US / 2;
		watchdogs_feed();
	}
	assert_int_equal(dog.fed, 2);
	watchdogs_restore(&saved);
	assert_int_equal(dog.fed, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_firmware_started_is_stopped, start),
		cmocka_unit_test_setup(a_machine_without_any, start),
		cmocka_unit_test_setup(it_comes_back_and_pcis_address_stays, start),
		cmocka_unit_test_setup(one_that_is_locked_is_named_and_fed, start),
	};

	return cmocka_run_group_tests_name("watchdogs", tests, NULL, NULL);
}
