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
	uint16_t config;
	uint32_t saved, restored, fed;
} dog; /* the only device that a machine of this test can have: a 6300ESB */
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

bool i6300esb_find(void)
{
	return dog.present;
}

bool i6300esb_save(struct i6300esb_state *state)
{
	address = 1;
	dog.saved++;
	state->lock = dog.runs;
	state->config = dog.config;
	dog.runs = dog.stubborn;
	return state->lock;
}

void i6300esb_restore(const struct i6300esb_state *state)
{
	address = 2;
	dog.restored++;
	dog.runs = state->lock;
	dog.config = state->config;
}

bool i6300esb_runs(void)
{
	return dog.runs;
}

void i6300esb_feed(void)
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
	bool device##_save(struct device##_state *state)          \
	{                                                         \
		(void)state;                                      \
		assert_true(false);                               \
		return false;                                     \
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

ABSENT(itco)
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
	watchdogs_restore(&saved, NULL);
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
	watchdogs_restore(&saved, NULL);
	assert_int_equal(address, 0x80001000);
	assert_true(dog.runs);
	time_us += FEED_US;
	watchdogs_feed(); /* that is its slot's task */
	assert_int_equal(dog.fed, 0);
}

/* A device that nobody has stopped or changed since it was read is left alone. */
static void only_what_differs_is_restored(void **state)
{
	struct watchdogs_state saved = {0}, now = {0};

	(void)state;
	watchdogs_init(0);
	watchdogs_save(&saved);
	watchdogs_save(&now);
	watchdogs_restore(&saved, &now);
	assert_int_equal(dog.restored, 0);
	dog.config = 1;
	watchdogs_save(&now);
	watchdogs_restore(&saved, &now);
	assert_int_equal(dog.restored, 1);
	assert_int_equal(dog.config, 0);
	dog.runs = true;
	watchdogs_save(&saved);
	dog.runs = true;
	watchdogs_save(&now); /* the same, but stopped by that */
	watchdogs_restore(&saved, &now);
	assert_true(dog.runs);
}

/* It is fed at once, and twice a second while the monitor waits. */
static void one_that_is_locked_is_named_and_fed(void **state)
{
	struct watchdogs_state saved;

	(void)state;
	dog.stubborn = true;
	watchdogs_init(0);
	watchdogs_save(&saved);
	assert_string_equal(watchdogs_locked(), "i6300esb");
	dog.fed = 0;
	watchdogs_feed();
	assert_int_equal(dog.fed, 0);
	for (uint32_t i = 0; i < 4; i++) {
		time_us += FEED_US / 2;
		watchdogs_feed();
	}
	assert_int_equal(dog.fed, 2);
	watchdogs_restore(&saved, NULL);
	assert_int_equal(dog.fed, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_firmware_started_is_stopped, start),
		cmocka_unit_test_setup(a_machine_without_any, start),
		cmocka_unit_test_setup(it_comes_back_and_pcis_address_stays, start),
		cmocka_unit_test_setup(only_what_differs_is_restored, start),
		cmocka_unit_test_setup(one_that_is_locked_is_named_and_fed, start),
	};

	return cmocka_run_group_tests_name("watchdogs", tests, NULL, NULL);
}
