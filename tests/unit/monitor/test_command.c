// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the console's commands: their exact tables, and an error line for each wrong use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "arch/x86/pci/pci.h"
#include "fake/fake_console.h"
#include "fake/fake.h"
#include "fake/fake_machine.h"
#include "fake/fake_pci.h"
#include "monitor/console/command.h"
#include "monitor/switch/switch.h"
#include "lib/units.h"

static struct monitor monitor;
static struct ui ui;
static struct boot_info boot;

/* These replace switch.c's functions. They fail, and the error says what was asked. */
bool switch_boot(struct monitor *asked, struct slot *slot, struct error *error)
{
	assert_ptr_equal(asked, &monitor);
	return fail(error, "can't boot %s", slot->name);
}

bool switch_boot_force(struct monitor *asked, struct slot *slot, struct error *error)
{
	assert_ptr_equal(asked, &monitor);
	return fail(error, "can't force a start of %s", slot->name);
}

bool switch_dump(struct monitor *asked, const struct slot *slot, struct slot *via,
		 struct error *error)
{
	assert_ptr_equal(asked, &monitor);
	return fail(error, "can't show %s in %s", slot->name, via->name);
}

bool switch_to(struct monitor *asked, struct slot *slot, struct error *error)
{
	assert_ptr_equal(asked, &monitor);
	return fail(error, "can't switch to %s", slot->name);
}

bool switch_force(struct monitor *asked, struct slot *slot, struct error *error)
{
	assert_ptr_equal(asked, &monitor);
	return fail(error, "can't force %s", slot->name);
}

bool switch_kill(struct monitor *asked, struct slot *slot, struct error *error)
{
	assert_ptr_equal(asked, &monitor);
	return slot->state == SWITCHYARD_PARKED || fail(error, "can't kill %s", slot->name);
}

static void add_slot(const char *name, enum switchyard_state state, enum switchyard_type type,
		     struct region ram, uint64_t kernel)
{
	struct slot *slot = &monitor.slots.slot[monitor.slots.count++];

	strcpy(slot->name, name);
	slot->state = state;
	slot->type = type;
	slot->ram = ram;
	slot->kernel.size = kernel;
}

static int start(void **state)
{
	(void)state;
	fake_console_reset();
	fake_reset();
	memset(&fake_machine, 0, sizeof(fake_machine));
	memset(&monitor, 0, sizeof(monitor));
	memset(&ui, 0, sizeof(ui));
	monitor.options = (struct options){.video = true};
	monitor.boot = &boot;
	ui_connect(&ui, &monitor, NULL);
	ui_take(&ui, 0);
	add_slot("alpha", SWITCHYARD_PARKED, SWITCHYARD_LINUX,
		 (struct region){.base = 16 * MIB, .size = 512 * MIB}, 8 * MIB);
	add_slot("beta-with-a-name", SWITCHYARD_CRASHED, SWITCHYARD_LINUX,
		 (struct region){.base = 4 * GIB, .size = GIB}, 100);
	add_slot("tick", SWITCHYARD_READY, SWITCHYARD_MULTIBOOT2,
		 (struct region){.base = 2 * MIB, .size = 4 * MIB}, 65537);
	monitor.slots.slot[0].initrd.size = 2 * MIB;
	monitor.slots.slot[0].runs = 12;
	monitor.slots.slot[0].has_driver = true;
	monitor.slots.slot[1].runs = 1;
	monitor.slots.slot[2].module[0].size = 1023;
	monitor.slots.slot[2].module_count = 1;
	return 0;
}

/* The output of a command line. */
static const char *run(const char *text)
{
	char line[LINE_SIZE];

	fake_console_clear_output();
	strcpy(line, text);
	command_run(&ui, line);
	return fake_console.screen;
}

static void slots_table(void **state)
{
	(void)state;
	assert_string_equal(
		run("slots"),
		"SLOT              STATE    MEMORY   BASE         TYPE        RUNS  IMAGE\n"
		"alpha             parked   512 MiB  0x1000000    linux       12    10 MiB\n"
		"beta-with-a-name  crashed  1 GiB    0x100000000  linux       1     1 KiB\n"
		"tick              ready    4 MiB    0x200000     multiboot2  0     65 KiB\n"
		"\n"
		"beta-with-a-name: its kernel has shown no driver; its panic or reboot takes "
		"parked slots along\n");
	monitor.slots.slot[1].has_driver = true;
	assert_null(strstr(run("slots"), "driver"));
	monitor.slots.count = 0;
	assert_string_equal(run("slots"), "SLOT  STATE  MEMORY  BASE  TYPE  RUNS  IMAGE\n");
}

/* Each row has a command line, and the one line that it prints, or none. */
static const struct wrong_use {
	const char *line, *printed;
} wrong[] = {
	{"", ""},
	{"    ", ""},
	{"foo", "error: no command \"foo\"; help lists them\n"},
	{"hibernate alpha", "error: no command \"hibernate\"; help lists them\n"},
	{"snapshot gamma x", "error: no slot \"gamma\"; there are alpha, beta-with-a-name, tick\n"},
	{"restore x", "error: no snapshot \"x\"; \"snapshots\" lists them\n"},
	{"restore x now", "error: \"now\" behind the snapshot; expected \"force\"\n"},
	{"drop x", "error: no snapshot \"x\"; \"snapshots\" lists them\n"},
	{"slot", "error: no command \"slot\"; help lists them\n"},
	{"Slots", "error: no command \"Slots\"; help lists them\n"},
	{"slots alpha", "error: usage: slots\n"},
	{"switch", "error: usage: switch SLOT [force]\n"},
	{"switch tick now", "error: \"now\" behind the slot; expected \"force\"\n"},
	{"switch tick force", "error: can't force tick\n"},
	{"  switch   ", "error: usage: switch SLOT [force]\n"},
	{"switch a b c", "error: usage: switch SLOT [force]\n"},
	{"switch a b c d e f g h i j k l m n o p q r s t u v",
	 "error: usage: switch SLOT [force]\n"},
	{"md", "error: usage: md [SLOT:]ADDRESS [LENGTH]\n"},
	{"md 1 2 3", "error: usage: md [SLOT:]ADDRESS [LENGTH]\n"},
	{"help a b", "error: usage: help [COMMAND]\n"},
	{"help foo", "error: no command \"foo\"; help lists them\n"},
	{"boot foo", "error: no slot \"foo\"; there are alpha, beta-with-a-name, tick\n"},
	{"switch alph", "error: no slot \"alph\"; there are alpha, beta-with-a-name, tick\n"},
	{"kill alphaa", "error: no slot \"alphaa\"; there are alpha, beta-with-a-name, tick\n"},
	{"boot alpha", "error: can't boot alpha\n"},
	{"boot alpha force", "error: can't force a start of alpha\n"},
	{"boot alpha quickly", "error: \"quickly\" behind the slot; expected \"force\"\n"},
	{"switch tick", "error: can't switch to tick\n"},
	{"kill beta-with-a-name", "error: can't kill beta-with-a-name\n"},
	{"kill alpha", ""},
	{"dump", "error: usage: dump SLOT via SLOT2\n"},
	{"dump alpha tick", "error: usage: dump SLOT via SLOT2\n"},
	{"dump alpha via tick now", "error: usage: dump SLOT via SLOT2\n"},
	{"dump alpha in tick", "error: \"in\" behind the slot; expected \"via\"\n"},
	{"dump foo via tick", "error: no slot \"foo\"; there are alpha, beta-with-a-name, tick\n"},
	{"dump tick via foo", "error: no slot \"foo\"; there are alpha, beta-with-a-name, tick\n"},
	{"dump alpha via tick", "error: can't show alpha in tick\n"},
	{"add", "error: usage: add SLOT --mem SIZE [--cpus LIST]\n"},
	{"add x --mem", "error: usage: add SLOT --mem SIZE [--cpus LIST]\n"},
	{"add x mem=1M --cpus", "error: \"--cpus\" at the end; expected a value behind it\n"},
	{"add x --cpus 0", "error: no mem=; expected mem=SIZE\n"},
	{"add X --mem 1M", "error: bad name \"X\"; expected a-z, 0-9, then also dot, _ and -\n"},
	{"add tick --mem 1M", "error: slot tick is there already\n"},
	{"add x --mem 1M --foo 1",
	 "error: unknown option \"foo=1\"; expected mem=, low=, cpus=, devices=, on-end=, on-crash=, efi= or switch=\n"},
	{"add x --mem 1M", "error: this fake has no room\n"},
	{"remove", "error: usage: remove SLOT\n"},
	{"remove foo", "error: no slot \"foo\"; there are alpha, beta-with-a-name, tick\n"},
	{"remove alpha", "error: slot alpha is parked; it can be removed when it is killed\n"},
	{"md x", "error: \"x\" is no number; expected one like 4096, 0x1000 or 4K\n"},
	{"md 0 1z", "error: \"1z\" is no number; expected one like 4096, 0x1000 or 4K\n"},
	{"md 0 0", "error: length 0; expected 1 to 65536 bytes\n"},
	{"md 0 65K", "error: length 66560; expected 1 to 65536 bytes\n"},
	{"md 0xffffffffffffffff 2",
	 "error: 0xffffffffffffffff and 2 bytes go beyond the last address\n"},
	{"md 0x5000", "error: address 0x5000 can't be read\n"},
	{"cpus", "error: the ACPI tables (MADT) list no processor\n"},
	{"ioapic", "error: the ACPI tables (MADT) list no IO-APIC\n"},
	{"pci", "error: this machine has no PCI bus\n"},
	{"poweroff", "error: poweroff: this fake can't\n"},
};

static void wrong_use_is_one_line(void **state)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		start(state);
		assert_string_equal(run(wrong[i].line), wrong[i].printed);
	}
	monitor.slots.count = 0;
	assert_string_equal(run("boot foo"), "error: no slot \"foo\"; there are none\n");
}

/* Both forms of an option. The row of a slot that is gone is not shown. */
static void slots_come_and_go(void **state)
{
	(void)state;
	monitor.log.level = LOG_INFO;
	monitor.plan.count = 2;
	monitor.plan.region[0] =
		(struct plan_region){.base = 64 * KIB, .size = 64 * KIB, .type = REGION_RAM};
	monitor.plan.region[1] =
		(struct plan_region){.base = 64 * MIB, .size = 64 * MIB, .type = REGION_RAM};
	assert_string_equal(run("add one --mem 4M --cpus 0,2"),
			    "slot one was added: 4 MiB at 0x4000000\n");
	assert_int_equal(monitor.slots.slot[3].cpus, 5);
	assert_string_equal(run("add two mem=2M on-crash=restart"),
			    "slot two was added: 2 MiB at 0x4400000\n");
	assert_int_equal(monitor.slots.slot[4].on_crash.kind, SUCCESSOR_RESTART);
	assert_string_equal(run("remove one"), "slot one was removed\n");
	assert_non_null(strstr(run("slots"),
			       "\ntick              ready    4 MiB    0x200000     multiboot2  0"
			       "     65 KiB\n"
			       "two               empty    2 MiB    0x4400000    -           0     "
			       "0 bytes\n\n"));
	assert_string_equal(
		run("kill one"),
		"error: no slot \"one\"; there are alpha, beta-with-a-name, tick, two\n");
	assert_non_null(strstr(run("mem"), "\ntick              3 KiB  -       -\n"
					   "two               5 KiB  24 KiB  -\n"));
	assert_string_equal(run("remove two"), "slot two was removed\n");
	assert_int_equal(monitor.slots.count, 3);
}

static void md_dumps_memory(void **state)
{
	uint8_t *memory = fake_memory(1 * MIB, 32, 0);

	(void)state;
	memcpy(memory,
	       "\x7f"
	       "ELF ~\xff|",
	       8);
	memory[31] = '!';
	assert_string_equal(
		run("md 1M 32"),
		"0000100000  7f 45 4c 46 20 7e ff 7c 00 00 00 00 00 00 00 00  |.ELF ~.|........|\n"
		"0000100010  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 21  |...............!|\n");
	assert_string_equal(run("md 0x100001 3"),
			    "0000100001  45 4c 46                                         |ELF|\n");
	assert_string_equal(
		run("md 0x100010 0x11"),
		"0000100010  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 21  |...............!|\n"
		"error: address 0x100020 can't be read\n");
}

static void mem_draws_the_plan(void **state)
{
	static const struct plan_region regions[] = {
		{0, 64 * KIB, REGION_RAM, OWNER_FIRMWARE, 0},
		{64 * KIB, 28 * KIB, REGION_RAM, OWNER_SLOT, 0},
		{0xf0000, 64 * KIB, REGION_RESERVED, OWNER_FIRMWARE, 0},
		{16 * MIB, 512 * MIB, REGION_RAM, OWNER_SLOT, 0},
		{600 * MIB, 4 * MIB, REGION_RAM, OWNER_STORE, 0},
		{604 * MIB, 2 * MIB, REGION_RAM, OWNER_MONITOR, 0},
		{606 * MIB, 4 * MIB, REGION_RAM, OWNER_PICTURES, 0},
		{610 * MIB, 6 * MIB, REGION_RAM, OWNER_FREE, 0},
		{616 * MIB, 4 * KIB, REGION_ACPI, OWNER_FIRMWARE, 0},
		{617 * MIB, 4 * KIB, REGION_NVS, OWNER_FIRMWARE, 0},
		{618 * MIB, 4 * KIB, REGION_UNUSABLE, OWNER_FIRMWARE, 0},
		{619 * MIB, 4 * KIB, 12, OWNER_FIRMWARE, 0},
		{620 * MIB, 60 * KIB, REGION_RAM, OWNER_KEPT, 0},
		{4 * GIB, GIB, REGION_RAM, OWNER_SLOT, 1},
	};

	(void)state;
	memcpy(monitor.plan.region, regions, sizeof(regions));
	monitor.plan.count = sizeof(regions) / sizeof(regions[0]);
	monitor.slots.slot[0].block.size = 16 * KIB;
	monitor.slots.slot[1].dma.size = 8 * MIB;
	assert_string_equal(
		run("mem"),
		"START               END                 SIZE     TYPE       OWNER\n"
		"0x0000000000000000  0x000000000000ffff  64 KiB   RAM        firmware\n"
		"0x0000000000010000  0x0000000000016fff  28 KiB   RAM        alpha\n"
		"0x00000000000f0000  0x00000000000fffff  64 KiB   reserved   firmware\n"
		"0x0000000001000000  0x0000000020ffffff  512 MiB  RAM        alpha\n"
		"0x0000000025800000  0x0000000025bfffff  4 MiB    RAM        store\n"
		"0x0000000025c00000  0x0000000025dfffff  2 MiB    RAM        monitor\n"
		"0x0000000025e00000  0x00000000261fffff  4 MiB    RAM        pictures\n"
		"0x0000000026200000  0x00000000267fffff  6 MiB    RAM        free\n"
		"0x0000000026800000  0x0000000026800fff  4 KiB    ACPI data  firmware\n"
		"0x0000000026900000  0x0000000026900fff  4 KiB    ACPI NVS   firmware\n"
		"0x0000000026a00000  0x0000000026a00fff  4 KiB    unusable   firmware\n"
		"0x0000000026b00000  0x0000000026b00fff  4 KiB    type 12    firmware\n"
		"0x0000000026c00000  0x0000000026c0efff  60 KiB   RAM        kept\n"
		"0x0000000100000000  0x000000013fffffff  1 GiB    RAM        beta-with-a-name\n"
		"\n"
		"RAM OF    TOTAL\n"
		"slots     1572892 KiB\n"
		"store     4 MiB\n"
		"monitor   2 MiB\n"
		"kept      60 KiB\n"
		"pictures  4 MiB\n"
		"firmware  64 KiB\n"
		"free      6 MiB\n"
		"all RAM   1589400 KiB\n"
		"\n"
		"KEPT FOR          SIZE   BLOCK   BELOW 4G\n"
		"monitor           2 KiB  -       -\n"
		"alpha             1 KiB  16 KiB  -\n"
		"beta-with-a-name  2 KiB  -       8 MiB\n"
		"tick              3 KiB  -       -\n"
		"\n"
		"largest free piece: 6 MiB\n");
}

static void mem_of_a_slot_that_can_not_be_told(void **state)
{
	(void)state;
	assert_string_equal(run("mem tick"),
			    "error: slot tick is ready; expected one that is parked, crashed or "
			    "interrupted\n");
	assert_string_equal(run("mem gamma"),
			    "error: no slot \"gamma\"; there are alpha, beta-with-a-name, tick\n");
	monitor.slots.slot[2].state = SWITCHYARD_PARKED;
	assert_string_equal(run("mem tick"),
			    "error: slot tick: which pages its kernel uses can't be told: no "
			    "VMCOREINFO in its memory that can be read\n");
}

static void cpus_say_who_sees_them(void **state)
{
	static const struct machine_cpu cpus[] = {
		{.apic_id = 2, .processor_uid = 1, .enabled = true, .number = 1},
		{.apic_id = 7, .processor_uid = 2, .enabled = false},
		{.apic_id = 0, .processor_uid = 3, .enabled = true, .boot = true},
		{.apic_id = 300, .processor_uid = 4, .enabled = true, .number = 2},
	};

	(void)state;
	memcpy(fake_machine.cpu, cpus, sizeof(cpus));
	fake_machine.cpu_count = 4;
	monitor.slots.slot[1].cpus = 0x3;
	monitor.slots.slot[2].cpus = 0x1;
	assert_string_equal(run("cpus"),
			    "CPU  APIC ID  UID  STATE     SLOTS\n"
			    "1    2        1    enabled   alpha,beta-with-a-name\n"
			    "-    7        2    disabled  -\n"
			    "0    0        3    boot      alpha,beta-with-a-name,tick\n"
			    "2    300      4    enabled   alpha\n"
			    "\n"
			    "Fake CPU\n");
}

static void more_cpus_than_are_shown(void **state)
{
	const char *shown;

	(void)state;
	fake_machine.cpu_count = 258;
	shown = run("cpus");
	assert_non_null(strstr(shown, "\n... and 2 more\n\nFake CPU\n"));
}

static void ioapic_shows_entries(void **state)
{
	struct ioapics *ioapics = &fake_machine.machine.ioapics;

	(void)state;
	ioapics->count = 2;
	ioapics->ioapic[0] = (struct ioapic){
		.id = 0, .address = 0xfec00000, .gsi_base = 0, .pins = 3, .version = 0x20};
	ioapics->ioapic[1] = (struct ioapic){
		.id = 5, .address = 0xfec10000, .gsi_base = 24, .pins = 1, .version = 0x11};
	fake_machine.rte[0] = 0x0000000000010000; /* as after a reset */
	fake_machine.rte[1] = 0x0300000000000931;
	fake_machine.rte[2] = 0x010000000000a7ef;
	assert_string_equal(run("ioapic"),
			    "PIN  GSI  VECTOR  DELIVERY  DEST          POLARITY  TRIGGER  MASKED\n"
			    "0    0    0x00    fixed     physical 0    high      edge     yes\n"
			    "1    1    0x31    lowest    logical 0x03  high      edge     no\n"
			    "2    2    0xef    ExtINT    physical 1    low       level    no\n"
			    "0    24   0x00    fixed     physical 0    high      edge     yes\n"
			    "\n"
			    "IO-APIC 0 at 0xfec00000, version 0x20: GSI 0 to 2\n"
			    "IO-APIC 5 at 0xfec10000, version 0x11: GSI 24 to 24\n");
}

static void pci_shows_functions(void **state)
{
	int net, disk;

	(void)state;
	fake_pci_reset();
	fake_pci_add(-1, 0, 0, 0x12378086, 0x06000002, 0);
	net = fake_pci_add(-1, 3, 0, 0x10d38086, 0x02000000, PCI_HEADER_MULTI);
	disk = fake_pci_add(-1, 3, 1, 0x00101b36, 0x01080200, 0);
	fake_pci_add(-1, 31, 0, 0x00011234, 0xfe120000, 0);
	fake_pci_set(net, PCI_COMMAND, 2, PCI_COMMAND_IO | PCI_COMMAND_MASTER, true);
	fake_pci_set(net, PCI_BAR0 + 4, 4, 0xc001, true);
	fake_pci_set(net, PCI_INTERRUPT_LINE, 2, 0x010b, true);
	fake_pci_set(disk, PCI_BAR0, 4, 0xfebf0004, true);
	fake_pci_set(disk, PCI_BAR0 + 4, 4, 8, true);
	fake_pci_set(disk, PCI_BAR0 + 8, 4, 0xfebd0000, true);
	fake_pci_capability(disk, 0x11, 0x40, 12);
	fake_pci_set(disk, 0x42, 2, 0x8000 | 64, true);
	pci_init();
	pci_set_add(monitor.slots.slot[0].own.set, 1);
	pci_functions()->function[2].works_for = 3;
	assert_string_equal(
		run("pci"),
		"ADDRESS  ID         CLASS            SLOT         ENABLED    INTERRUPT          BARS\n"
		"00:00.0  8086:1237  host bridge      -            -          -                  -\n"
		"00:03.0  8086:10d3  Ethernet         alpha        io master  IRQ 11             io "
		"0xc000\n"
		"00:03.1  1b36:0010  NVMe controller  tick, works  -          MSI-X, 65 entries  "
		"memory 0x8febf0000, memory 0xfebd0000\n"
		"00:1f.0  1234:0001  class fe12       -            -          -                  -\n");
	fake_pci_reset();
	pci_init();
}

static void help_names_every_command(void **state)
{
	static const char *const names[] = {"help",	"slots",  "boot",     "switch",
					    "kill",	"add",	  "remove",   "mem",
					    "cpus",	"ioapic", "pci",      "log",
					    "selftest", "md",	  "regs",     "reboot",
					    "poweroff", "dump",	  "snapshot", "snapshots",
					    "restore",	"drop"};
	uint32_t lines = 0, width = 0;
	const char *c;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char text[64];

		snprintf(text, sizeof(text), "\n%s ", names[i]);
		assert_non_null(strstr(run("help"), text));
		snprintf(text, sizeof(text), "help %s", names[i]);
		assert_memory_equal(run(text), names[i], strlen(names[i]));
		for (c = fake_console.screen; *c; c++) {
			width = *c == '\n' ? 0 : width + 1;
			assert_in_range(width, 0, VGA_COLUMNS - 1);
		}
	}
	for (c = run("help"); *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, 1 + sizeof(names) / sizeof(names[0]));
	assert_string_equal(
		run("help boot"),
		"boot SLOT [force]: starts a slot afresh from its image in RAM.\n"
		"What a slot that does not run was doing is lost. It is refused\n"
		"without \"force\" while devices work for a parked slot: a kernel that starts\n"
		"looks at all of them.\n");
}

static void log_shows_the_log(void **state)
{
	(void)state;
	log_line(&monitor.log, LOG_INFO, "hello");
	assert_string_equal(run("log"), "[0.000000] hello\n");
}

static void reboot_is_done(void **state)
{
	(void)state;
	if (setjmp(fake_machine.rebooted) == 0) {
		run("reboot");
		assert_true(!"the machine reboots");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(slots_table, start),
		cmocka_unit_test_setup(wrong_use_is_one_line, start),
		cmocka_unit_test_setup(slots_come_and_go, start),
		cmocka_unit_test_setup(md_dumps_memory, start),
		cmocka_unit_test_setup(mem_draws_the_plan, start),
		cmocka_unit_test_setup(mem_of_a_slot_that_can_not_be_told, start),
		cmocka_unit_test_setup(cpus_say_who_sees_them, start),
		cmocka_unit_test_setup(more_cpus_than_are_shown, start),
		cmocka_unit_test_setup(ioapic_shows_entries, start),
		cmocka_unit_test_setup(pci_shows_functions, start),
		cmocka_unit_test_setup(help_names_every_command, start),
		cmocka_unit_test_setup(log_shows_the_log, start),
		cmocka_unit_test_setup(reboot_is_done, start),
	};
	int failed = cmocka_run_group_tests_name("command", tests, NULL, NULL);

	fake_reset();
	return failed;
}
