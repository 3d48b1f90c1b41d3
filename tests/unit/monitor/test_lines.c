/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of module lines: right ones, and the message of each fault and the slot that it spoils. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "monitor/config/lines.h"
#include "monitor/config/words.h"
#include "monitor/slot/slot.h"
#include "reports.h"
#include "lib/units.h"

static struct boot_info boot;
static struct slot_table table;
static struct reports reports;

static void add(const char *line)
{
	struct boot_module *module = &boot.module[boot.module_count++];

	module->base = boot.module_count * MIB;
	module->size = 100;
	module->truncated = false;
	snprintf(module->line, sizeof(module->line), "%s", line);
}

static void clear(void)
{
	memset(&boot, 0, sizeof(boot));
	memset(&reports, 0, sizeof(reports));
}

static void parse(void)
{
	memset(&table, 0xee, sizeof(table));
	memset(&reports, 0, sizeof(reports));
	lines_parse(&boot, &table, keep_report, &reports);
}

static void parse_one(const char *line)
{
	clear();
	add(line);
	parse();
}

static void the_contracts_example(void **state)
{
	(void)state;
	clear();
	add("kernel slot=alpha mem=512M -- console=ttyS0 root=/dev/vda1");
	add("initrd slot=alpha");
	add("kernel slot=beta mem=1G@4G cpus=0-1 -- console=ttyS0");
	add("initrd slot=beta");
	add("kernel slot=other mem=64M type=multiboot1 -- its own command line");
	add("module slot=other -- string for that module");
	parse();
	assert_int_equal(reports.count, 0);
	assert_int_equal(table.count, 3);
	assert_string_equal(table.slot[0].name, "alpha");
	assert_int_equal(table.slot[0].state, SWITCHYARD_READY);
	assert_int_equal(table.slot[0].type, TYPE_AUTO);
	assert_int_equal(table.slot[0].want_size, 512 * MIB);
	assert_false(table.slot[0].has_base);
	assert_int_equal(table.slot[0].cpus, 0);
	assert_string_equal(table.slot[0].kernel.string, "console=ttyS0 root=/dev/vda1");
	assert_int_equal(table.slot[0].kernel.base, MIB);
	assert_int_equal(table.slot[0].initrd.base, 2 * MIB);
	assert_int_equal(table.slot[0].initrd.size, 100);
	assert_int_equal(table.slot[0].initrd.module, 1);
	assert_string_equal(table.slot[0].initrd.string, "");
	assert_int_equal(table.slot[0].module_count, 0);
	assert_true(table.slot[1].has_base);
	assert_int_equal(table.slot[1].want_base, 4 * GIB);
	assert_int_equal(table.slot[1].want_size, GIB);
	assert_int_equal(table.slot[1].cpus, 3);
	assert_int_equal(table.slot[2].type, SWITCHYARD_MULTIBOOT1);
	assert_int_equal(table.slot[2].module_count, 1);
	assert_string_equal(table.slot[2].module[0].string, "string for that module");
	assert_int_equal(table.slot[2].initrd.size, 0);
	assert_int_equal(table.slot[2].runs, 0);
}

/* The guest's own command line is passed on exactly. */
static void strings(void **state)
{
	static const char *const rows[][2] = {
		{"kernel slot=a", ""},
		{"kernel slot=a --", ""},
		{"kernel slot=a -- ", ""},
		{"kernel slot=a --  two  blanks ", " two  blanks "},
		{"kernel slot=a -- a \"quoted text\" -- b", "a \"quoted text\" -- b"},
		{"kernel slot=a -- init=/x mem=9 slot=B --", "init=/x mem=9 slot=B --"},
		{"/boot/vmlinuz kernel slot=a -- \\\"x\\\"", "\\\"x\\\""},
		{"  kernel\tslot=a  -- x", "x"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		parse_one(rows[i][0]);
		assert_int_equal(reports.count, 0);
		assert_int_equal(table.count, 1);
		assert_string_equal(table.slot[0].kernel.string, rows[i][1]);
	}
}

static void options(void **state)
{
	(void)state;
	parse_one("kernel slot=a");
	assert_int_equal(table.slot[0].want_size, LINES_DEFAULT_MEM);
	parse_one("kernel mem=0x100000K@1M slot=0._-z type=elf cpus=0,2-3,63");
	assert_int_equal(reports.count, 0);
	assert_string_equal(table.slot[0].name, "0._-z");
	assert_int_equal(table.slot[0].want_size, GIB);
	assert_int_equal(table.slot[0].want_base, MIB);
	assert_int_equal(table.slot[0].type, SWITCHYARD_ELF);
	assert_int_equal(table.slot[0].cpus, 1ull << 63 | 13);
	parse_one("kernel slot=a234567890123456 mem=4096@0x200000 cpus=0");
	assert_int_equal(reports.count, 0);
	assert_string_equal(table.slot[0].name, "a234567890123456");
	assert_int_equal(table.slot[0].want_size, 4096);
	assert_int_equal(table.slot[0].cpus, 1);
	assert_false(table.slot[0].has_low);
	parse_one("kernel slot=a low=256M");
	assert_true(table.slot[0].has_low);
	assert_int_equal(table.slot[0].want_low, 256 * MIB);
	parse_one("kernel slot=a low=0");
	assert_int_equal(reports.count, 0);
	assert_true(table.slot[0].has_low);
	assert_int_equal(table.slot[0].want_low, 0);
}

static void successors(void **state)
{
	(void)state;
	parse_one("kernel slot=a");
	assert_int_equal(table.slot[0].on_end.kind, SUCCESSOR_MONITOR);
	assert_int_equal(table.slot[0].on_crash.kind, SUCCESSOR_MONITOR);
	parse_one("kernel slot=a on-end=restart on-crash=later");
	assert_int_equal(reports.count, 0);
	assert_int_equal(table.slot[0].on_end.kind, SUCCESSOR_RESTART);
	assert_int_equal(table.slot[0].on_crash.kind, SUCCESSOR_SLOT);
	assert_string_equal(table.slot[0].on_crash.slot, "later");
	parse_one("kernel slot=a on-end=b on-crash=monitor");
	assert_string_equal(table.slot[0].on_end.slot, "b");
	assert_int_equal(table.slot[0].on_crash.kind, SUCCESSOR_MONITOR);
}

static void default_way(void **state)
{
	(void)state;
	parse_one("kernel slot=a");
	assert_false(table.slot[0].quick);
	parse_one("kernel slot=a switch=deep");
	assert_false(table.slot[0].quick);
	parse_one("kernel slot=a switch=quick");
	assert_true(table.slot[0].quick);
}

static void assert_address(uint32_t number, uint16_t address)
{
	const struct device_name *device = &table.slot[0].devices.device[number];

	assert_false(device->is_kind);
	assert_int_equal(device->address, address);
}

static void devices(void **state)
{
	(void)state;
	parse_one("kernel slot=a");
	assert_int_equal(table.slot[0].devices.count, 0);
	parse_one("kernel slot=a devices=00:10.0,0000:fF:1f.7,1af4:1001,00:00.0");
	assert_int_equal(reports.count, 0);
	assert_int_equal(table.slot[0].devices.count, 4);
	assert_address(0, 0x0080);
	assert_address(1, 0xffff);
	assert_true(table.slot[0].devices.device[2].is_kind);
	assert_int_equal(table.slot[0].devices.device[2].id, 0x10011af4);
	assert_address(3, 0);
}

#define EIGHT "00:01.0,00:02.0,00:03.0,00:04.0,00:05.0,00:06.0,00:07.0,00:08.0"

static void as_many_devices_as_there_is_room_for(void **state)
{
	(void)state;
	parse_one("kernel slot=a devices=" EIGHT "," EIGHT);
	assert_int_equal(reports.count, 0);
	assert_int_equal(table.slot[0].devices.count, SLOT_MAX_DEVICES);
	parse_one("kernel slot=a devices=" EIGHT "," EIGHT ",00:09.0");
	assert_int_equal(table.count, 0);
	assert_non_null(strstr(reports.text[0], ": more than 16 devices; name kinds of them, as in "
						"1af4:1001"));
}

static void faults_of_devices(void **state)
{
	static const char *const lists[] = {
		"",
		",",
		"00:10.0,",
		",00:10.0",
		"00:10.8",
		"00:20.0",
		"00:1g.0",
		"0:10.0",
		"00:10",
		"00:10.0.0",
		"1:00:10.0",
		"0001:00:10.0",
		"00000:00:10.0",
		"000:10.0",
		"00.10:0",
		"1af4:1001:1",
		"1af4:100",
		"01af4:1001",
		"1af4-1001",
		"xxxx:xxxx",
		"00:10.0;",
		"00:10.0,,00:11.0",
		"00:-1.0",
		"0x:10.0",
		"all",
	};
	char line[80];

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		snprintf(line, sizeof(line), "kernel slot=a devices=%s", lists[i]);
		parse_one(line);
		assert_int_equal(reports.count, 1);
		assert_int_equal(table.count, 0);
		assert_non_null(strstr(reports.text[0], ": bad device \""));
		assert_non_null(strstr(reports.text[0],
				       "\"; expected an address in PCI domain 0, as in 00:10.0, or "
				       "VENDOR:DEVICE, as in 1af4:1001"));
	}
	parse_one("kernel slot=a devices=00:10.0,what,00:11.0");
	/* The line names the entry, not the list. */
	assert_non_null(strstr(reports.text[0], ": bad device \"what\"; expected"));
	parse_one("module slot=a devices=00:10.0");
	assert_non_null(strstr(reports.text[0], "option devices= is not for module lines"));
}

static void efi(void **state)
{
	(void)state;
	parse_one("kernel slot=a");
	assert_false(table.slot[0].efi);
	parse_one("kernel slot=a efi=off");
	assert_false(table.slot[0].efi);
	parse_one("kernel slot=a efi=on");
	assert_true(table.slot[0].efi);
}

/* Parses the line of each row. It must give one fault and no slot. */
static void check_faults(const char *const rows[][2], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		parse_one(rows[i][0]);
		assert_int_equal(reports.count, 1);
		assert_string_equal(reports.text[0], rows[i][1]);
		assert_int_equal(table.count, 0);
	}
}

/* Faults in a line's kind, its options and its name. */
static void faults_of_words(void **state)
{
	static const char *const rows[][2] = {
		{"kernel slot=beta mem=12Q -- console=ttyS0",
		 "slot beta: line \"kernel slot=beta mem=12Q -- console=ttyS...\": bad size \"12Q\"; "
		 "expected a number with K, M or G"},
		{"kernle slot=a",
		 "slot a: line \"kernle slot=a\": unknown kind \"kernle\"; expected kernel, initrd or "
		 "module"},
		{"image slot=a",
		 "slot a: line \"image slot=a\": saved slots are not supported by this version; "
		 "expected kernel, initrd or module"},
		{"kernel slot=a memory=5M",
		 "slot a: line \"kernel slot=a memory=5M\": unknown option \"memory=5M\"; expected "
		 "slot=, mem=, low=, cpus=, devices=, type=, on-end=, on-crash=, efi=, switch= "
		 "or --"},
		{"kernel slot=a mem=5M mem=6M",
		 "slot a: line \"kernel slot=a mem=5M mem=6M\": option mem= given twice; expected "
		 "once"},
		{"kernel mem=5M", "line \"kernel mem=5M\": no slot=; expected slot=NAME"},
		{"kernel slot=Beta",
		 "line \"kernel slot=Beta\": bad name \"Beta\"; expected a-z, 0-9, then also dot, _ "
		 "and -"},
		{"kernel slot=.x",
		 "line \"kernel slot=.x\": bad name \".x\"; expected a-z, 0-9, then also dot, _ and -"},
		{"kernel slot=",
		 "line \"kernel slot=\": bad name \"\"; expected a-z, 0-9, then also dot, _ and -"},
		{"kernel slot=a2345678901234567",
		 "line \"kernel slot=a2345678901234567\": name \"a2345678901234567\" has 17 "
		 "characters; expected at most 16"},
		{"", "line \"\": empty; expected KIND slot=NAME"},
		{"/boot/x", "line \"/boot/x\": empty; expected KIND slot=NAME"},
		{"kernel \x01\xff",
		 "line \"kernel ??\": unknown option \"??\"; expected slot=, mem=, low=, cpus=, devices=, type=, "
		 "on-end=, on-crash=, efi=, switch= or --"},
	};

	(void)state;
	check_faults(rows, sizeof(rows) / sizeof(rows[0]));
}

/* Faults in a line's values. */
static void faults_of_values(void **state)
{
	static const char *const rows[][2] = {
		{"kernel slot=a on-crash=Beta",
		 "slot a: line \"kernel slot=a on-crash=Beta\": bad successor \"Beta\"; expected "
		 "monitor, restart or a slot's name"},
		{"kernel slot=a on-end=",
		 "slot a: line \"kernel slot=a on-end=\": bad successor \"\"; expected monitor, "
		 "restart or a slot's name"},
		{"initrd slot=a on-end=restart",
		 "slot a: line \"initrd slot=a on-end=restart\": option on-end= is not for initrd "
		 "lines; expected slot= or --"},
		{"kernel slot=a mem=0",
		 "slot a: line \"kernel slot=a mem=0\": bad size \"0\"; expected more than 0 and at "
		 "most 2^52"},
		{"kernel slot=a mem=5M@3M",
		 "slot a: line \"kernel slot=a mem=5M@3M\": bad base \"3M\"; expected a multiple of "
		 "2M, or 1M"},
		{"kernel slot=a mem=5M@",
		 "slot a: line \"kernel slot=a mem=5M@\": bad base \"\"; expected a number with K, M "
		 "or G"},
		{"kernel slot=a mem=4194304G@2M",
		 "slot a: line \"kernel slot=a mem=4194304G@2M\": bad base \"2M\"; expected a range "
		 "that ends below 2^52"},
		{"kernel slot=a low=4G",
		 "slot a: line \"kernel slot=a low=4G\": bad low \"4G\"; expected a size below 4G "
		 "with K, M or G, or 0 for none"},
		{"kernel slot=a low=64M@1G",
		 "slot a: line \"kernel slot=a low=64M@1G\": bad low \"64M@1G\"; expected a size "
		 "below 4G with K, M or G, or 0 for none"},
		{"initrd slot=a low=64M",
		 "slot a: line \"initrd slot=a low=64M\": option low= is not for initrd lines; "
		 "expected slot= or --"},
		{"kernel slot=a cpus=1-2",
		 "slot a: line \"kernel slot=a cpus=1-2\": bad CPUs \"1-2\"; expected CPU 0 among "
		 "them: every slot runs on it"},
		{"kernel slot=a cpus=0-64",
		 "slot a: line \"kernel slot=a cpus=0-64\": bad CPUs \"0-64\"; expected a list of 0 "
		 "to 63, as in 0,2-3"},
		{"kernel slot=a type=linus",
		 "slot a: line \"kernel slot=a type=linus\": bad type \"linus\"; expected auto, "
		 "linux, multiboot1, multiboot2 or elf"},
	};

	(void)state;
	check_faults(rows, sizeof(rows) / sizeof(rows[0]));
}

/* Faults of lines that need another line. */
static void faults_of_initrds_and_modules(void **state)
{
	static const char *const rows[][2] = {
		{"initrd slot=a mem=5M",
		 "slot a: line \"initrd slot=a mem=5M\": option mem= is not for initrd lines; "
		 "expected slot= or --"},
		{"module slot=a cpus=0",
		 "slot a: line \"module slot=a cpus=0\": option cpus= is not for module lines; "
		 "expected slot= or --"},
		{"initrd slot=a",
		 "slot a: line \"initrd slot=a\": initrd without a kernel; expected a line \"kernel "
		 "slot=a\""},
		{"module slot=a",
		 "slot a: line \"module slot=a\": module without a kernel; expected a line \"kernel "
		 "slot=a\""},
	};

	(void)state;
	check_faults(rows, sizeof(rows) / sizeof(rows[0]));
}

static void bad_cpu_lists(void **state)
{
	static const char *const lists[] = {"",	   ",",	 "0,",	 ",0",
					    "0-",  "-0", "0--1", "0-1-2",
					    "1-0", "x",	 "0;1",	 "99999999999999999999",
					    "0,,1"};
	char line[64];

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		snprintf(line, sizeof(line), "kernel slot=a cpus=%s", lists[i]);
		parse_one(line);
		assert_int_equal(reports.count, 1);
		assert_non_null(strstr(reports.text[0], "bad CPUs"));
	}
}

/* Each of these faults is in beta's lines. alpha must stay unharmed. */
static void a_fault_spoils_its_own_slot(void **state)
{
	static const char *const rows[][3] = {
		{"kernel slot=beta", "kernel slot=beta",
		 "slot beta: line \"kernel slot=beta\": a second kernel for this slot; expected one"},
		{"kernel slot=beta", "initrd slot=beta size=1",
		 "slot beta: line \"initrd slot=beta size=1\": unknown option \"size=1\"; expected "
		 "slot= or --"},
		{"initrd slot=beta", "kernel mem=1Z slot=beta",
		 "slot beta: line \"kernel mem=1Z slot=beta\": bad size \"1Z\"; expected a number "
		 "with K, M or G"},
		{"frobnicate slot=beta", "kernel slot=beta",
		 "slot beta: line \"frobnicate slot=beta\": unknown kind \"frobnicate\"; expected "
		 "kernel, initrd or module"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		clear();
		add(rows[i][0]);
		add("initrd slot=alpha");
		add(rows[i][1]);
		add("kernel slot=alpha");
		parse();
		assert_int_equal(reports.count, 1);
		assert_string_equal(reports.text[0], rows[i][2]);
		assert_int_equal(table.count, 1);
		assert_string_equal(table.slot[0].name, "alpha");
		assert_int_equal(table.slot[0].initrd.size, 100);
	}
}

static void two_initrds(void **state)
{
	(void)state;
	clear();
	add("kernel slot=a");
	add("initrd slot=a");
	add("initrd slot=a");
	parse();
	assert_int_equal(table.count, 0);
	assert_int_equal(reports.count, 1);
	assert_non_null(strstr(reports.text[0], "a second initrd for this slot; expected one"));
}

static void too_many_modules(void **state)
{
	(void)state;
	clear();
	add("kernel slot=a");
	for (int i = 0; i < SLOT_MAX_MODULES; i++)
		add("module slot=a");
	parse();
	assert_int_equal(reports.count, 0);
	assert_int_equal(table.slot[0].module_count, SLOT_MAX_MODULES);
	add("module slot=a");
	parse();
	assert_int_equal(table.count, 0);
	assert_non_null(strstr(reports.text[0], "module 9 of this slot; 8 is the most"));
}

static void too_many_slots(void **state)
{
	char line[64];

	(void)state;
	clear();
	for (int i = 0; i < SWITCHYARD_MAX_SLOTS + 1; i++) {
		snprintf(line, sizeof(line), "kernel slot=s%d", i);
		add(line);
	}
	add("initrd slot=s16");
	parse();
	assert_int_equal(table.count, SWITCHYARD_MAX_SLOTS);
	assert_int_equal(reports.count, 1);
	assert_string_equal(reports.text[0], "slot s16: line \"kernel slot=s16\": no room for "
					     "another slot; 16 is the most");
}

static void cut_and_empty_files(void **state)
{
	(void)state;
	clear();
	add("kernel slot=a");
	add("kernel slot=b");
	boot.module[0].truncated = true;
	boot.module[1].size = 0;
	parse();
	assert_int_equal(table.count, 0);
	assert_int_equal(reports.count, 2);
	assert_string_equal(reports.text[0], "slot a: line \"kernel slot=a\": too long; expected "
					     "at most 4095 characters");
	assert_string_equal(reports.text[1], "slot b: line \"kernel slot=b\": the file is empty");
}

static void a_file_that_could_not_be_loaded(void **state)
{
	(void)state;
	clear();
	add("kernel slot=a");
	add("initrd slot=a");
	add("kernel slot=b");
	boot.module[1].absent = true;
	boot.module[1].size = 0;
	parse();
	assert_int_equal(reports.count, 1);
	assert_string_equal(reports.text[0],
			    "slot a: line \"initrd slot=a\": its file could not be loaded");
	assert_int_equal(table.count, 1);
	assert_string_equal(table.slot[0].name, "b");
}

static void the_longest_line(void **state)
{
	struct boot_module *module = &boot.module[0];

	(void)state;
	clear();
	boot.module_count = 1;
	module->size = 1;
	memset(module->line, 'x', sizeof(module->line) - 1);
	parse();
	assert_int_equal(reports.count, 1);
	memcpy(module->line, "kernel slot=a -- ", 17);
	parse();
	assert_int_equal(reports.count, 0);
	assert_int_equal(strlen(table.slot[0].kernel.string), BOOT_LINE_SIZE - 1 - 17);
}

static void sizes(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		uint64_t bytes;
	} rows[] = {
		{"0", true, 0},
		{"512M", true, 512 * MIB},
		{"1G", true, GIB},
		{"4K", true, 4096},
		{"0x10", true, 16},
		{"0xfK", true, 15360},
		{"18446744073709551615", true, UINT64_MAX},
		{"18446744073709551616", false, 0},
		{"17179869184G", false, 0},
		{"0x10000000000000000", false, 0},
		{"", false, 0},
		{"M", false, 0},
		{"0x", false, 0},
		{"12Q", false, 0},
		{"1.5G", false, 0},
		{"-1", false, 0},
		{"1MM", false, 0},
		{"1M ", false, 0},
		{"a", false, 0},
	};
	uint64_t bytes;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(parse_size(rows[i].text, &bytes), rows[i].ok);
		if (rows[i].ok)
			assert_int_equal(bytes, rows[i].bytes);
	}
}

static void slots_by_name(void **state)
{
	(void)state;
	clear();
	add("kernel slot=a");
	add("kernel slot=ab");
	parse();
	assert_ptr_equal(slot_find(&table, "ab"), &table.slot[1]);
	assert_null(slot_find(&table, "b"));
	assert_null(slot_find(&table, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_contracts_example),
		cmocka_unit_test(strings),
		cmocka_unit_test(options),
		cmocka_unit_test(successors),
		cmocka_unit_test(default_way),
		cmocka_unit_test(devices),
		cmocka_unit_test(as_many_devices_as_there_is_room_for),
		cmocka_unit_test(faults_of_devices),
		cmocka_unit_test(efi),
		cmocka_unit_test(faults_of_words),
		cmocka_unit_test(faults_of_values),
		cmocka_unit_test(faults_of_initrds_and_modules),
		cmocka_unit_test(bad_cpu_lists),
		cmocka_unit_test(a_fault_spoils_its_own_slot),
		cmocka_unit_test(two_initrds),
		cmocka_unit_test(too_many_modules),
		cmocka_unit_test(too_many_slots),
		cmocka_unit_test(cut_and_empty_files),
		cmocka_unit_test(a_file_that_could_not_be_loaded),
		cmocka_unit_test(the_longest_line),
		cmocka_unit_test(sizes),
		cmocka_unit_test(slots_by_name),
	};

	return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
