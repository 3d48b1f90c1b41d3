/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of a management controller's watchdog, over a fake controller with the KCS interface. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fake/fake_ports.h"
#include "arch/x86/acpi/acpi_walk.h"
#include "fake/fake.h"
#include "fake/fake_console.h"
#include "arch/x86/watchdog/kcs.c"
#include "arch/x86/watchdog/ipmi.c"

#define DATA	    0xca2
#define STATUS	    0xca3
#define STATE_ERROR 3
#define SMBIOS	    0xf0000u
#define TABLE	    0x7f000000u
#define ANSWER_SIZE 16
#define SET_ACTIONS 1

/* The controller. */
static struct {
	bool dead;	  /* it does not answer */
	uint32_t step_us; /* time that it takes more than others, each time it is asked */
	bool no_watchdog; /* it refuses these commands */
	bool stubborn;	  /* it does not stop */
	uint8_t request[32], answer[ANSWER_SIZE];
	uint32_t asked, answered, length;
	bool last; /* the next byte ends the request */
	uint8_t state, output;
	bool has_output;
	uint8_t timer[6];
	bool runs;
	uint32_t fed, sets;
} bmc;

static void put(uint8_t byte)
{
	bmc.output = byte;
	bmc.has_output = true;
}

static void set_timer(void)
{
	bmc.sets++;
	memcpy(bmc.timer, bmc.request + 2, sizeof(bmc.timer));
	if (!(bmc.timer[USE] & USE_RUNS) && !bmc.stubborn)
		bmc.runs = false;
}

static void answer(void)
{
	memset(bmc.answer, 0, sizeof(bmc.answer));
	bmc.answer[0] = bmc.request[0] | 4;
	bmc.answer[1] = bmc.request[1];
	bmc.answer[2] = bmc.no_watchdog ? 0xc1 : 0;
	bmc.length = 3;
	if (bmc.request[1] == SET_TIMER)
		set_timer();
	if (bmc.request[1] == RESET_TIMER) {
		bmc.runs = true;
		bmc.fed++;
	}
	if (bmc.request[1] == GET_TIMER && !bmc.no_watchdog) {
		memcpy(bmc.answer + 3, bmc.timer, sizeof(bmc.timer));
		bmc.answer[3] = (uint8_t)((bmc.timer[USE] & ~USE_RUNS) | (bmc.runs ? USE_RUNS : 0));
		bmc.length = 11;
	}
	bmc.answered = 0;
	bmc.state = STATE_READ;
}

static void next_answer(void)
{
	if (bmc.answered < bmc.length) {
		put(bmc.answer[bmc.answered++]);
		return;
	}
	bmc.state = STATE_IDLE;
	put(0);
}

static void take_command(uint8_t command)
{
	if (command == COMMAND_ABORT) {
		bmc.state = STATE_ERROR;
		bmc.last = false;
		put(0);
	} else if (command == COMMAND_WRITE_START && bmc.state == STATE_IDLE) {
		bmc.state = STATE_WRITE;
		bmc.asked = 0;
		put(0);
	} else if (command == COMMAND_WRITE_END && bmc.state == STATE_WRITE) {
		bmc.last = true;
		put(0);
	} else {
		bmc.state = STATE_ERROR;
	}
}

static void take_data(uint8_t byte)
{
	switch (bmc.state) {
	case STATE_WRITE:
		bmc.request[bmc.asked++] = byte;
		put(0);
		if (bmc.last) {
			bmc.last = false;
			answer();
			next_answer();
		}
		break;
	case STATE_READ:
		next_answer();
		break;
	case STATE_ERROR: /* it gives the reason, and nothing more */
		bmc.state = STATE_READ;
		bmc.answered = bmc.length = 0;
		put(1);
		break;
	}
}

static void port_written(uint16_t port)
{
	if (bmc.dead)
		return;
	if (port == STATUS)
		take_command(fake_port[STATUS]);
	else if (port == DATA)
		take_data(fake_port[DATA]);
}

static void port_read(uint16_t port)
{
	if (port == STATUS) {
		fake_console.now += 10 + bmc.step_us;
		fake_port[STATUS] =
			bmc.dead ? 0xff : (uint8_t)(bmc.state << 6 | (bmc.has_output ? 1 : 0));
	} else if (port == DATA) {
		fake_port[DATA] = bmc.output;
		bmc.has_output = false;
	}
}

static void make_smbios(uint64_t base, uint8_t modifier)
{
	uint8_t *bios = fake_memory(SMBIOS, 0x10000, 0);
	struct smbios_ipmi *ipmi = (void *)fake_memory(TABLE, 0x20, 0);

	memcpy(bios, "_SM3_", 5);
	bios[6] = 0x18;
	bios[0x0c] = 0x20;
	memcpy(bios + 0x10, &(uint32_t){TABLE}, sizeof(uint32_t));
	acpi_set_checksum(bios, 0x18, bios + 5);
	*ipmi = (struct smbios_ipmi){.type = SMBIOS_IPMI,
				     .length = sizeof(*ipmi),
				     .interface = INTERFACE_KCS,
				     .base = base,
				     .modifier = modifier};
}

static int start(void **state)
{
	(void)state;
	fake_reset();
	fake_console_reset();
	memset(&bmc, 0, sizeof(bmc));
	memcpy(bmc.timer, "\x04\x01\x00\x00\x2c\x01", sizeof(bmc.timer)); /* 30 s */
	bmc.runs = true;
	fake_port_written = port_written;
	fake_port_read = port_read;
	make_smbios(DATA | BASE_PORTS, 0);
	return 0;
}

static void not_every_machine_has_it(void **state)
{
	(void)state;
	assert_true(ipmi_find());
	fake_reset();
	fake_port_writes = 0;
	assert_false(ipmi_find());
	make_smbios(0xfed00000, 0); /* in memory */
	assert_false(ipmi_find());
	fake_reset();
	make_smbios(0x60 | BASE_PORTS, 0); /* the keyboard's */
	assert_false(ipmi_find());
	assert_int_equal(fake_port_writes, 0);
	start(NULL);
	bmc.no_watchdog = true;
	assert_false(ipmi_find());
}

static void one_that_is_dead_costs_little_time(void **state)
{
	(void)state;
	bmc.dead = true;
	assert_false(ipmi_find());
	assert_true(fake_console.now <= MESSAGE_US + 100);
}

/* Each of its steps is quick enough, but there are many. */
static void one_that_is_slow_is_given_up(void **state)
{
	(void)state;
	bmc.step_us = MESSAGE_US / 5;
	assert_false(ipmi_find());
	assert_true(fake_console.now <= 2 * MESSAGE_US);
	fake_console.now = 0;
	bmc.step_us = 100;
	assert_true(ipmi_find());
}

static void stops_and_comes_back_as_it_was(void **state)
{
	struct ipmi_state saved;

	(void)state;
	ipmi_find();
	ipmi_save(&saved);
	assert_false(bmc.runs);
	assert_false(ipmi_runs());
	bmc.timer[SET_ACTIONS] = 2; /* another slot's */
	ipmi_restore(&saved);
	assert_true(bmc.runs);
	assert_int_equal(bmc.fed, 1);
	assert_memory_equal(bmc.timer, "\x44\x01\x00\x00\x2c\x01", sizeof(bmc.timer));
}

static void one_that_does_not_run_is_not_touched(void **state)
{
	struct ipmi_state saved;

	(void)state;
	bmc.runs = false;
	ipmi_find();
	ipmi_save(&saved);
	ipmi_restore(&saved);
	assert_int_equal(bmc.sets + bmc.fed, 0);
}

static void one_that_does_not_stop_is_told(void **state)
{
	struct ipmi_state saved;

	(void)state;
	bmc.stubborn = true;
	ipmi_find();
	ipmi_save(&saved);
	assert_true(ipmi_runs());
	ipmi_feed();
	assert_int_equal(bmc.fed, 1);
}

/* Its kernel was in the middle of a message when it crashed. */
static void a_message_under_way_is_aborted(void **state)
{
	struct ipmi_state saved;

	(void)state;
	ipmi_find();
	bmc.state = STATE_WRITE;
	ipmi_save(&saved);
	assert_true(saved.known);
	assert_false(bmc.runs);
	bmc.state = STATE_READ;
	bmc.length = 5;
	put(1);
	ipmi_save(&saved);
	assert_true(saved.known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(not_every_machine_has_it, start),
		cmocka_unit_test_setup(one_that_is_dead_costs_little_time, start),
		cmocka_unit_test_setup(one_that_is_slow_is_given_up, start),
		cmocka_unit_test_setup(stops_and_comes_back_as_it_was, start),
		cmocka_unit_test_setup(one_that_does_not_run_is_not_touched, start),
		cmocka_unit_test_setup(one_that_does_not_stop_is_told, start),
		cmocka_unit_test_setup(a_message_under_way_is_aborted, start),
	};

	return cmocka_run_group_tests_name("ipmi", tests, NULL, NULL);
}
