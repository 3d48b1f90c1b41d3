// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the log that is read in a kernel's memory: rings of both fake_printk_word sizes, laid out by a
 * VMCOREINFO of the test's own, and everything in it that may be wrong.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "arch/x86/memory/phys.h"
#include "cmocka.h"
#include "fake/fake.h"
#include "fake/fake_printk.h"
#include "lib/string.h"
#include "lib/units.h"
#include "monitor/core/printk_log.h"

static struct region ram = {.base = PRINTK_RAM_AT, .size = PRINTK_RAM_SIZE, .type = REGION_RAM};
static struct printk_log ring;
static char shown[4096];

static void take_line(const char *line, void *context)
{
	(void)context;
	strncat(shown, line, sizeof(shown) - strlen(shown) - 2);
	strcat(shown, "\n");
}

static const char *show(void)
{
	struct error error;

	shown[0] = '\0';
	assert_true(printk_log_open(&ring, &ram, &fake_printk_info, &error));
	printk_log_show(&ring, 0, UINT64_MAX, take_line, NULL);
	return shown;
}

static const char *refused(void)
{
	static struct error error;

	assert_false(printk_log_open(&ring, &ram, &fake_printk_info, &error));
	return error.text;
}

static int start(uint32_t size)
{
	fake_reset();
	fake_memory(PRINTK_RAM_AT, PRINTK_RAM_SIZE, 0);
	fake_printk_describe(size);
	fake_printk_ring(5, 7);
	fake_printk_record(5, PRINTK_FINALIZED, 0, "five");
	fake_printk_record(6, 1, 2 * 16, "six\nlines\n");
	fake_printk_record(7, PRINTK_FINALIZED, 4 * 16, "a\tbell\a");
	return 0;
}

static int start_64(void **state)
{
	(void)state;
	return start(8);
}

static int start_32(void **state)
{
	(void)state;
	return start(4);
}

static int end(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static void records_are_shown_as_dmesg_does(void **state)
{
	(void)state;
	assert_string_equal(show(),
			    "[    5.000005] five\n[    6.000006] six\n[    6.000006] lines\n"
			    "[    7.000007] a\tbell\\x07\n");
	assert_int_equal(printk_log_count(&ring), 3);
	shown[0] = '\0';
	printk_log_show_last(&ring, 1, take_line, NULL);
	assert_string_equal(shown, "[    7.000007] a\tbell\\x07\n");
	shown[0] = '\0';
	printk_log_show(&ring, 0, 1, take_line, NULL);
	assert_string_equal(shown, "[    5.000005] five\n");
}

static void text_that_wraps_lies_at_the_start(void **state)
{
	(void)state;
	fake_printk_record(7, PRINTK_FINALIZED, (1 << PRINTK_DATA_BITS) - fake_printk_word,
			   "wrapped");
	fake_printk_put(PRINTK_DESCS_AT + 7 * 3 * fake_printk_word + 2 * fake_printk_word,
			(1 << PRINTK_DATA_BITS) + fake_printk_word + 7);
	assert_non_null(strstr(show(), "[    7.000007] wrapped\n"));
}

static void a_record_without_text_is_an_empty_line(void **state)
{
	(void)state;
	fake_printk_record(7, PRINTK_FINALIZED, 1, "");
	assert_non_null(strstr(show(), "[    7.000007] \n"));
}

static void records_that_are_being_written_are_left_out(void **state)
{
	(void)state;
	fake_printk_record(7, 0, 4 * 16, "reserved");
	assert_null(strstr(show(), "reserved"));
	fake_printk_record(7, 3, 4 * 16, "reusable");
	assert_null(strstr(show(), "reusable"));
	fake_printk_record(15, PRINTK_FINALIZED, 4 * 16,
			   "of another turn"); /* in the place of number 7 */
	assert_null(strstr(show(), "another"));
}

static void ids_wrap(void **state)
{
	uint64_t last = UINT64_MAX >> (66 - 8 * fake_printk_word);

	(void)state;
	fake_printk_ring(last, 0);
	fake_printk_record(last, PRINTK_FINALIZED, 0, "the last ID");
	fake_printk_record(0, PRINTK_FINALIZED, 4 * 16, "the first ID");
	assert_non_null(strstr(show(), "the last ID\n[    0.000000] the first ID\n"));
}

static void a_ring_claims_too_much(void **state)
{
	(void)state;
	fake_printk_ring(0, 1000000);
	assert_string_equal(show(), "");
	assert_int_equal(printk_log_count(&ring), 1 << PRINTK_COUNT_BITS);
	fake_printk_ring(5, 7);
	fake_printk_record(5, PRINTK_FINALIZED, 0, "five");
	fake_printk_put(PRINTK_INFOS_AT + 5 * 32 + 16, 0xffff); /* longer than its block */
	assert_non_null(strstr(show(), "[    5.000005] five\n"));
	fake_printk_put(PRINTK_DESCS_AT + 5 * 3 * fake_printk_word + 2 * fake_printk_word,
			fake_printk_word / 2); /* shorter than its ID */
	assert_null(strstr(show(), "five"));
}

static void pointers_that_lead_nowhere(void **state)
{
	(void)state;
	fake_printk_put(PRINTK_RING_AT + PRINTK_DATA * fake_printk_word,
			fake_printk_virtual(PRINTK_RAM_AT + PRINTK_RAM_SIZE - 4));
	show(); /* texts that begin in RAM and end outside are left out */
	fake_printk_put(PRINTK_RING_AT + PRINTK_DESCS * fake_printk_word,
			fake_printk_virtual(PRINTK_RAM_AT + PRINTK_RAM_SIZE));
	assert_string_equal(show(), "");
	fake_printk_put(PRINTK_RING_AT + PRINTK_COUNT * fake_printk_word, 40);
	assert_string_equal(refused(),
			    "the kernel's log is not where its VMCOREINFO says, or is damaged");
	fake_printk_put(PRINTK_RING_AT, 0);
	assert_string_equal(refused(),
			    "the kernel's log is not where its VMCOREINFO says, or is damaged");
}

static void notes_that_lack_something(void **state)
{
	(void)state;
	fake_printk_info.size -=
		2; /* the last line lacks its number's last digit, and the newline */
	assert_true(printk_log_open(&ring, &ram, &fake_printk_info, &(struct error){0}));
	fake_printk_info.size--;
	assert_string_equal(refused(),
			    "the kernel's VMCOREINFO has no OFFSET(printk_info.text_len); "
			    "expected Linux 5.10 or later");
	fake_printk_info.size = 40;
	assert_string_equal(refused(), "the kernel's VMCOREINFO does not say where its memory is");
}

static void put_note(uint64_t at, uint32_t size)
{
	const uint32_t header[] = {11, size, 0};

	memcpy(phys(at), header, sizeof(header));
	memcpy(phys(at + sizeof(header)), "VMCOREINFO", sizeof("VMCOREINFO"));
	memcpy(phys(at + 24), fake_printk_info.text, fake_printk_info.size);
}

static void notes_are_found(void **state)
{
	static struct vmcoreinfo found;
	uint64_t at = ram.base, value;

	(void)state;
	assert_false(vmcoreinfo_search(&ram, &at, 12, &found));
	assert_int_equal(at, ram.base + 12 * PAGE_SIZE);
	put_note(PRINTK_NOTE_AT, fake_printk_info.size);
	put_note(PRINTK_RAM_AT, VMCOREINFO_SIZE + 1); /* too long to be one */
	at = ram.base;
	assert_true(vmcoreinfo_search(&ram, &at, UINT64_MAX, &found));
	assert_int_equal(at, PRINTK_NOTE_AT);
	assert_int_equal(found.size, fake_printk_info.size);
	at += PAGE_SIZE;
	assert_false(vmcoreinfo_search(&ram, &at, UINT64_MAX, &found));
	put_note(PRINTK_RAM_AT + PRINTK_RAM_SIZE - PAGE_SIZE,
		 fake_printk_info.size); /* its text may end outside */
	at = PRINTK_RAM_AT + PRINTK_RAM_SIZE - PAGE_SIZE;
	assert_false(vmcoreinfo_search(&ram, &at, UINT64_MAX, &found));
	assert_false(vmcoreinfo_search(&ram, &at, UINT64_MAX, &found));

	fake_printk_add("NUMBER(a)=-16\nNUMBER(b)=\nNUMBER(c)=1f\nSYMBOL(c)=1f\nNUMBER(d)=-");
	assert_true(vmcoreinfo_number(&fake_printk_info, "NUMBER(a)", &value));
	assert_int_equal(value, (uint64_t)-16);
	assert_false(vmcoreinfo_number(&fake_printk_info, "NUMBER(b)", &value));
	assert_false(vmcoreinfo_number(&fake_printk_info, "NUMBER(c)", &value));
	assert_false(vmcoreinfo_number(&fake_printk_info, "NUMBER(d)", &value));
	assert_false(vmcoreinfo_number(&fake_printk_info, "NUMBER", &value));
	assert_true(vmcoreinfo_number(&fake_printk_info, "SYMBOL(c)", &value));
	assert_int_equal(value, 0x1f);
}

#define BOTH(test)                                            \
	{#test " (64 bits)", test, start_64, end, NULL},      \
	{                                                     \
#test " (32 bits)", test, start_32, end, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(records_are_shown_as_dmesg_does),
		BOTH(text_that_wraps_lies_at_the_start),
		BOTH(a_record_without_text_is_an_empty_line),
		BOTH(records_that_are_being_written_are_left_out),
		BOTH(ids_wrap),
		BOTH(a_ring_claims_too_much),
		BOTH(pointers_that_lead_nowhere),
		BOTH(notes_that_lack_something),
		BOTH(notes_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
