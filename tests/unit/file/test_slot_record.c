// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of slots that come from files: what is wrong with a record is one line each, and only the
 * slot that it is of is written to.
 */
#include <string.h>
#include "cmocka.h"
#include "fake/fake.h"
#include "fake/fake_cpu.h"
#include "fake/fake_record.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/time/clock.h"
#include "lib/units.h"
#include "monitor/file/file_restore.h"
#include "monitor/switch/kept_state.h"
#include "monitor/switch/slot_block.h"

#define LOW_AT	    (64 * KIB)
#define LOW_PAGES   2u
#define RAM_AT	    (4 * MIB)
#define RAM_PAGES   700u
#define BLOCK	    (sizeof(struct slot_block) / PAGE_SIZE)
#define HAS_PAE	    (1u << 6) /* CPUID.1:EDX */
#define BETA	    1u
#define RECORD_MOST 8192u

static struct monitor monitor;
static struct boot_info boot;
static struct error error;
static struct cpu_context context;
static uint8_t platform[64];
static uint8_t *low, *ram;
static union {
	struct switchyard_record record;
	uint8_t bytes[RECORD_MOST];
} made;
static struct slot *const beta = &monitor.slots.slot[BETA];

static int start(void **state)
{
	(void)state;
	fake_reset();
	fake_cpu_reset();
	fake_cpuid(CPUID_VENDOR, 0, (struct cpuid){.eax = CPUID_FEATURES});
	fake_cpuid(CPUID_FEATURES, 0, (struct cpuid){.edx = HAS_PAE});
	memset(&monitor, 0, sizeof(monitor));
	memset(&boot, 0, sizeof(boot));
	monitor.boot = &boot;
	monitor.slots.count = 2;
	strcpy(monitor.slots.slot[0].name, "alpha");
	monitor.slots.slot[0].state = SWITCHYARD_RUNNING;
	strcpy(beta->name, "beta");
	beta->state = SWITCHYARD_EMPTY;
	beta->low = (struct region){.base = LOW_AT, .size = LOW_PAGES * PAGE_SIZE};
	beta->ram = (struct region){.base = RAM_AT, .size = RAM_PAGES * PAGE_SIZE};
	beta->block = (struct region){.base = RAM_AT + beta->ram.size, .size = BLOCK * PAGE_SIZE};
	low = fake_memory(LOW_AT, beta->low.size, 0xee);
	ram = fake_memory(RAM_AT, beta->ram.size + beta->block.size, 0xee);
	fake_record_keep(BETA, &context, platform);
	fake_record_make(beta, &made.record);
	return 0;
}

static bool begins(uint32_t *id)
{
	return file_restore_begin(&monitor, &made.record, made.record.size, false, id, &error);
}

/* The record as it is now is refused with that line. */
static void is_refused(const char *line)
{
	uint32_t id;

	assert_false(begins(&id));
	assert_string_equal(error.text, line);
	assert_int_equal(ram[0], 0xee);
	fake_record_make(beta, &made.record);
}

static void is_refused_with_its_sum(const char *line)
{
	fake_record_sum(&made.record);
	is_refused(line);
}

static void put(uint32_t id, uint64_t address, uint64_t size, enum file_restored expected)
{
	static uint8_t pages[SWITCHYARD_FILE_MOST + PAGE_SIZE];
	enum file_restored done;

	memset(pages, 0x11, sizeof(pages));
	do
		done = file_restore_pages(&monitor, id, address, pages, size, &error);
	while (done == FILE_AGAIN);
	assert_int_equal(done, expected);
}

static enum file_restored commit(uint32_t id)
{
	enum file_restored done;

	do
		done = file_restore_commit(&monitor, id, &made.record, made.record.size, &error);
	while (done == FILE_AGAIN);
	return done;
}

static void a_slot_is_parked(void **state)
{
	uint32_t id;

	(void)state;
	made.record.notes.driver = 1;
	made.record.runs = 7;
	fake_record_sum(&made.record);
	assert_true(begins(&id));
	put(id, LOW_AT + PAGE_SIZE, PAGE_SIZE, FILE_DONE);
	put(id, RAM_AT + 500 * PAGE_SIZE, 2 * PAGE_SIZE, FILE_DONE);
	assert_int_equal(beta->state, SWITCHYARD_EMPTY);
	assert_int_equal(commit(id), FILE_DONE);
	assert_int_equal(beta->state, SWITCHYARD_PARKED);
	/* What was left out is zero. */
	assert_int_equal(low[PAGE_SIZE - 1], 0);
	assert_int_equal(low[PAGE_SIZE], 0x11);
	assert_int_equal(ram[0] | ram[500 * PAGE_SIZE - 1], 0);
	assert_int_equal(ram[500 * PAGE_SIZE], 0x11);
	assert_int_equal(ram[502 * PAGE_SIZE] | ram[RAM_PAGES * PAGE_SIZE - 1], 0);
	assert_int_equal(slot_block(beta)->info.notes.driver, 1);
	/* Its kernel sees that it was put back, whatever it counted then. */
	assert_int_equal(beta->runs, 8);
	assert_true(beta->has_driver && kept_state(BETA)->from_file);
	assert_int_equal(context.cr3, RAM_AT);
	assert_int_equal(context.progress, GATE_PARKED);
	assert_int_equal(commit(id), FILE_REFUSED);
}

static void what_is_not_a_record(void **state)
{
	uint32_t id;

	(void)state;
	assert_false(file_restore_begin(&monitor, &made.record, 100, false, &id, &error));
	assert_memory_equal(error.text, "a record of 100 bytes; expected ", 32);
	made.record.version = 0;
	is_refused("a record of version 0; this monitor takes 1");
	made.record.log_hint ^= 1;
	is_refused("the record is damaged: its sum is wrong");
	made.record.slot[SWITCHYARD_NAME_SIZE - 1] = 'a';
	is_refused_with_its_sum("a record that no monitor has written");
	made.record.storage_count = SWITCHYARD_STORAGE_LIMIT + 1;
	is_refused_with_its_sum("a record that no monitor has written");
	made.record.runs = UINT64_MAX;
	is_refused_with_its_sum("a record that no monitor has written");
	strcpy(made.record.slot, "a\nb");
	is_refused_with_its_sum("a record that no monitor has written");
	made.record.storage_count = 1;
	is_refused_with_its_sum("use 0 of a block device; expected 1 to 6");
}

static void another_machine(void **state)
{
	(void)state;
	made.record.cpu++;
	is_refused_with_its_sum("slot beta was on another machine: its CPU is another one, or has "
				"other features");
	made.record.map++;
	is_refused_with_its_sum("slot beta was on another machine: firmware tells of other memory");
	made.record.devices++;
	is_refused_with_its_sum("slot beta was on another machine: it has other PCI devices");
	made.record.state++;
	is_refused_with_its_sum("slot beta was under another version of the monitor, which kept "
				"other state of the CPU");
}

static void another_place(void **state)
{
	(void)state;
	strcpy(made.record.slot, "gamma");
	is_refused_with_its_sum("there is no slot gamma; \"syctl add gamma --mem 2812K@0x400000\" "
				"makes one");
	made.record.ram.base += LARGE_PAGE;
	is_refused_with_its_sum("slot beta has 0x400000 to 0x6bbfff now; expected 0x600000 to "
				"0x8bbfff, as it had then");
	made.record.low.size += PAGE_SIZE;
	is_refused_with_its_sum(
		"slot beta has 0x10000 to 0x11fff below 1 MiB now; expected 0x10000 "
		"to 0x12fff, as it had then");
	made.record.cpus = 3;
	is_refused_with_its_sum("slot beta has other CPUs now than it had then");
	beta->state = SWITCHYARD_PARKED;
	is_refused("slot beta is parked; expected ready or empty: \"syctl kill beta\" forgets what "
		   "it does");
	strcpy(made.record.slot, "alpha");
	made.record.ram = made.record.low = (struct switchyard_range){0};
	made.record.block = 0;
	fake_record_sum(&made.record);
	is_refused("slot alpha has other CPUs now than it had then");
}

static void is_no_cpu(const struct cpu_context *cpu, const char *line)
{
	fake_record_set_cpu(&made.record, cpu);
	is_refused_with_its_sum(line);
}

/* Each of these would fault in the gate. */
static void a_cpu_that_there_is_not(void **state)
{
	struct cpu_context cpu = fake_record_cpu(&made.record), good = cpu;

	(void)state;
	cpu.cr0 &= ~CR0_PG;
	is_no_cpu(&cpu, "CR0 is 0x10033, which no kernel that sleeps has");
	cpu = good;
	cpu.cr4 |= 1 << 7;
	is_no_cpu(&cpu, "CR4 is 0xa0; this CPU takes 0x120, with 0x20");
	cpu = good;
	cpu.cr4 = 0;
	is_no_cpu(&cpu, "CR4 is 0; this CPU takes 0x120, with 0x20");
	cpu = good;
	cpu.efer |= EFER_NXE;
	is_no_cpu(&cpu, "EFER is 0xd00; this CPU takes 0x501, with 0x500");
	cpu = good;
	cpu.cr3 = RAM_AT + RAM_PAGES * PAGE_SIZE;
	is_no_cpu(&cpu, "CR3 is 0x6bc000, which is not in the slot's RAM");
	cpu = good;
	cpu.cr8 = 16;
	is_no_cpu(&cpu, "CR8 is 0x10; expected 15 at most");
	cpu = good;
	cpu.gdtr.base = 1ull << 47;
	is_no_cpu(&cpu, "the GDT is at 0x800000000000, which is no address");
	cpu = good;
	cpu.gs_base = 1ull << 63;
	is_no_cpu(&cpu, "GS is at 0x8000000000000000, which is no address");
	cpu = good;
	cpu.dr7 = 1ull << 32;
	is_no_cpu(&cpu, "DR7 is 0x100000000, DR6 0; expected 32 bits at most");
}

static void disks_may_have_changed(void **state)
{
	uint32_t id;

	(void)state;
	made.record.flags &= ~SWITCHYARD_RECORD_STORAGE;
	is_refused_with_its_sum("slot beta had not told which disks it uses; they may have been "
				"written since");
	made.record.storage_count = 1;
	made.record.storage[0].use = SWITCHYARD_STORAGE_MOUNTED;
	strcpy(made.record.storage[0].name, "/dev/vda on /");
	fake_record_sum(&made.record);
	assert_true(
		file_restore_begin(&monitor, &made.record, made.record.size, true, &id, &error));
	is_refused("slot beta had /dev/vda on / in use, and the machine was reset since: it is not "
		   "known if that was written");
	made.record.storage_count = 1;
	made.record.storage[0].use = SWITCHYARD_STORAGE_MOUNTED;
	made.record.power_on = clock_began();
	fake_record_sum(&made.record);
	assert_true(begins(&id));
	monitor.storage.unknown.time = ++monitor.storage.now;
	strcpy(monitor.storage.unknown.by, "alpha");
	monitor.storage.unknown.what.use = SWITCHYARD_STORAGE_MORE_WRITTEN;
	is_refused("slot beta: a block device: slot alpha may have written to it since");
}

static void pages_of_the_slot_only(void **state)
{
	uint32_t id, other;

	(void)state;
	assert_true(begins(&id));
	put(id + 1, RAM_AT, PAGE_SIZE, FILE_REFUSED);
	assert_string_equal(error.text, "no restoration has the number 2; begin again");
	put(id, RAM_AT - PAGE_SIZE, PAGE_SIZE, FILE_REFUSED);
	put(id, RAM_AT + 1, PAGE_SIZE, FILE_REFUSED);
	put(id, LOW_AT, (LOW_PAGES + 1) * PAGE_SIZE, FILE_REFUSED);
	put(id, RAM_AT + RAM_PAGES * PAGE_SIZE, PAGE_SIZE, FILE_REFUSED);
	put(id, RAM_AT + (RAM_PAGES - 1) * PAGE_SIZE, 2 * PAGE_SIZE, FILE_REFUSED);
	assert_string_equal(error.text, "8192 bytes for 0x6bb000, which are not slot beta's RAM");
	put(id, RAM_AT, PAGE_SIZE - 1, FILE_REFUSED);
	put(id, RAM_AT, SWITCHYARD_FILE_MOST + PAGE_SIZE, FILE_REFUSED);
	assert_string_equal(error.text,
			    "266240 bytes of memory; expected whole pages, 262144 bytes at most");
	assert_int_equal(ram[0], 0xee);
	put(id, RAM_AT + PAGE_SIZE, PAGE_SIZE, FILE_DONE);
	put(id, RAM_AT, PAGE_SIZE, FILE_REFUSED);
	assert_string_equal(error.text, "pages for 0x400000; expected rising addresses");
	/* A second one takes its place. */
	assert_true(begins(&other));
	put(id, RAM_AT + 2 * PAGE_SIZE, PAGE_SIZE, FILE_REFUSED);
	put(other, RAM_AT, PAGE_SIZE, FILE_DONE);
	beta->state = SWITCHYARD_PARKED;
	put(other, RAM_AT + PAGE_SIZE, PAGE_SIZE, FILE_REFUSED);
	assert_string_equal(error.text,
			    "something else was done with slot beta meanwhile; begin again");
	beta->state = SWITCHYARD_READY;
	strcpy(beta->name, "gamma");
	put(other, RAM_AT + PAGE_SIZE, PAGE_SIZE, FILE_REFUSED);
}

static void the_record_stays_the_same(void **state)
{
	uint32_t id;

	(void)state;
	assert_true(begins(&id));
	made.record.runs++;
	fake_record_sum(&made.record);
	assert_int_equal(commit(id), FILE_REFUSED);
	assert_string_equal(error.text, "another record than the one that it began with");
	assert_int_equal(beta->state, SWITCHYARD_EMPTY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_slot_is_parked, start),
		cmocka_unit_test_setup(what_is_not_a_record, start),
		cmocka_unit_test_setup(another_machine, start),
		cmocka_unit_test_setup(another_place, start),
		cmocka_unit_test_setup(a_cpu_that_there_is_not, start),
		cmocka_unit_test_setup(disks_may_have_changed, start),
		cmocka_unit_test_setup(pages_of_the_slot_only, start),
		cmocka_unit_test_setup(the_record_stays_the_same, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
