// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of dump slots: which slots can be one, the headers that their kernel finds by elfcorehdr=,
 * and that the slot whose memory it is does not run meanwhile.
 */
#include <elf.h>
#include "arch/x86/memory/phys.h"
#include "cmocka.h"
#include "fake/fake.h"
#include "fake/fake_linux.h"
#include "fake/fake_printk.h"
#include "guest/linux/format/core_notes.h"
#include "lib/string.h"
#include "monitor/dump/dump_slot.h"
#include "monitor/load/load_linux.h"
#include "monitor/call/request.h"
#include "monitor/config/own_words.h"

#define IMAGE_TEXT 0xffffffff80001000ull
#define POOL_AT	   (64 * MIB)
#define POOL_SIZE  MIB
#define KERNEL_AT  (80 * MIB)
#define LINE_MOST  80
#define LOW_SIZE   (32 * KIB)

static struct slot_table slots;
static struct slot *const beta = &slots.slot[0], *const gamma = &slots.slot[1];
static struct cpu_context contexts[2], *cpus[2];
static struct guest_memory memory;
static struct slot_memory from;
static struct plan plan;
static struct error error;

static void make_beta(void)
{
	fake_memory(PRINTK_RAM_AT, PRINTK_RAM_SIZE, 0);
	strcpy(beta->name, "beta");
	beta->low = (struct region){.base = 64 * KIB, .size = LOW_SIZE};
	beta->ram = (struct region){.base = PRINTK_RAM_AT, .size = PRINTK_RAM_SIZE};
	beta->state = SWITCHYARD_CRASHED;
	beta->turn = 7;
	fake_printk_describe(8);
	fake_printk_add("SYMBOL(_stext)=%llx\nSYMBOL(mem_section)=%llx\n",
			(unsigned long long)IMAGE_TEXT,
			(unsigned long long)(PRINTK_DIRECT + PRINTK_RAM_AT + 0x100));
	fake_printk_write_note();
	assert_true(guest_memory_init(&memory, &beta->ram, &fake_printk_info));
	fake_printk_map();
	for (uint32_t i = 0; i < 2; i++) {
		cpus[i] = &contexts[i];
		contexts[i] = (struct cpu_context){.cr3 = PRINTK_TABLE_AT, .r15 = 15 + i};
	}
	from = (struct slot_memory){.slot = beta,
				    .cpu = cpus,
				    .cpu_count = 2,
				    .registers = 3,
				    .memory = &memory,
				    .note = PRINTK_NOTE_AT};
}

static int start(void **state)
{
	(void)state;
	fake_reset();
	memset(&slots, 0, sizeof(slots));
	memset(&plan, 0, sizeof(plan));
	slots.count = 2;
	make_beta();
	strcpy(gamma->name, "gamma");
	gamma->state = SWITCHYARD_READY;
	gamma->type = SWITCHYARD_LINUX;
	fake_linux(&gamma->kernel, KERNEL_AT, LINE_MOST, "console=ttyS0");
	plan.count = 1;
	plan.region[0] =
		(struct plan_region){.base = POOL_AT, .size = POOL_SIZE, .type = REGION_RAM};
	fake_memory(POOL_AT, POOL_SIZE, 0xa5);
	return 0;
}

static int end(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static const Elf64_Ehdr *made(void)
{
	assert_true(dump_slot_make(&plan, &from, gamma, &error));
	return phys(gamma->vmcore.base);
}

static const Elf64_Phdr *header(uint32_t index)
{
	return (const Elf64_Phdr *)((const Elf64_Ehdr *)phys(gamma->vmcore.base) + 1) + index;
}

static void assert_load(uint32_t index, uint64_t physical, uint64_t address, uint64_t size)
{
	const Elf64_Phdr *load = header(index);

	assert_int_equal(load->p_type, PT_LOAD);
	assert_int_equal(load->p_offset, physical); /* that is where Linux reads it */
	assert_int_equal(load->p_paddr, physical);
	assert_int_equal(load->p_vaddr, address);
	assert_int_equal(load->p_filesz, size);
	assert_int_equal(load->p_memsz, size);
}

static void headers_of_linux(void **state)
{
	const Elf64_Ehdr *elf = made();

	(void)state;
	assert_memory_equal(elf->e_ident, ELFMAG "\2\1\1", 7);
	assert_int_equal(elf->e_type, ET_CORE);
	assert_int_equal(elf->e_machine, EM_X86_64);
	assert_int_equal(elf->e_version, EV_CURRENT);
	assert_int_equal(elf->e_ehsize, sizeof(Elf64_Ehdr));
	assert_int_equal(elf->e_phentsize, sizeof(Elf64_Phdr));
	assert_int_equal(elf->e_phnum, 4);
	assert_int_equal(header(0)->p_type, PT_NOTE);
	assert_load(1, PRINTK_RAM_AT + PAGE_SIZE, IMAGE_TEXT, PRINTK_RAM_SIZE - PAGE_SIZE);
	assert_load(2, 64 * KIB, PRINTK_DIRECT + 64 * KIB, LOW_SIZE);
	assert_load(3, PRINTK_RAM_AT, PRINTK_DIRECT + PRINTK_RAM_AT, PRINTK_RAM_SIZE);
	assert_string_equal(gamma->dumps, "beta");
	assert_int_equal(gamma->vmcore.size % PAGE_SIZE, 0);
}

/* The name of the note at *at, which is moved behind it; "": the last one. Linux looks until there. */
static const char *next_note(uint64_t *at, const void **contents, uint32_t *size)
{
	const Elf64_Nhdr *note = phys(*at);
	const char *name = note->n_namesz ? (const char *)(note + 1) : "";

	*contents = (const uint8_t *)(note + 1) + (note->n_namesz + 3) / 4 * 4;
	*size = note->n_descsz;
	*at += sizeof(*note) + (note->n_namesz + 3) / 4 * 4 + (note->n_descsz + 3) / 4 * 4;
	return name;
}

static void notes_of_linux(void **state)
{
	static const char *const names[] = {"CORE", "CORE",	  "QEMU",
					    "QEMU", "VMCOREINFO", "SWITCHYARD"};
	static const char own[] = "SLOT=beta\nSTATE=crashed\nTURN=7\n";
	struct switchyard_prstatus status;
	const void *contents;
	uint64_t at, last;
	uint32_t size;

	(void)state;
	made();
	at = header(0)->p_offset;
	last = at + header(0)->p_memsz;
	assert_in_range(at, gamma->vmcore.base, last);
	assert_in_range(last, at, gamma->vmcore.base + gamma->vmcore.size);
	for (uint32_t i = 0; i < 6; i++) {
		assert_string_equal(next_note(&at, &contents, &size), names[i]);
		if (i < 2) {
			memcpy(&status, contents, sizeof(status));
			assert_int_equal(status.pid, i + 1);
			assert_int_equal(status.r15, 15 + i);
		}
		if (i == 4)
			assert_memory_equal(contents, fake_printk_info.text, fake_printk_info.size);
	}
	assert_int_equal(size, strlen(own));
	assert_memory_equal(contents, own, size);
	assert_int_equal(at, header(0)->p_offset + header(0)->p_filesz);
	assert_string_equal(next_note(&at, &contents, &size), "");
	assert_int_equal(at, last);
}

static void a_kernel_that_says_nothing(void **state)
{
	(void)state;
	from.memory = NULL;
	assert_int_equal(made()->e_phnum, 3);
	assert_load(1, 64 * KIB, 64 * KIB, LOW_SIZE);
	assert_load(2, PRINTK_RAM_AT, PRINTK_RAM_AT, PRINTK_RAM_SIZE);
}

static void the_word(void **state)
{
	char words[OWN_WORDS_SIZE];

	(void)state;
	assert_string_equal(load_linux_words(gamma, words), "");
	made();
	assert_string_equal(load_linux_words(gamma, words), " elfcorehdr=0x40ff000");
	gamma->efi = true;
	assert_string_equal(load_linux_words(gamma, words),
			    " reboot=efi panic=1 efi=runtime elfcorehdr=0x40ff000");
	gamma->vmcore.base = UINT64_MAX;
	assert_true(strlen(load_linux_words(gamma, words)) < OWN_WORDS_SIZE - 1);
}

static void room_comes_and_goes(void **state)
{
	struct region first;

	(void)state;
	made();
	first = gamma->vmcore;
	assert_int_equal(plan.count, 2);
	made();
	assert_int_equal(gamma->vmcore.base, first.base);
	assert_int_equal(plan.count, 2);
	dump_slot_drop(&plan, gamma);
	dump_slot_drop(&plan, gamma);
	assert_int_equal(plan.count, 1);
	assert_int_equal(gamma->vmcore.size, 0);
	plan.region[0].owner = OWNER_SLOT;
	assert_false(dump_slot_make(&plan, &from, gamma, &error));
	assert_string_equal(error.text, "no room: wanted 4 KiB in one piece; the largest free "
					"piece has 0 bytes");
	assert_int_equal(gamma->vmcore.size, 0);
}

static void lines_that_are_too_long(void **state)
{
	char line[LINE_MOST];

	(void)state;
	memset(line, 'x', sizeof(line));
	line[LINE_MOST - strlen(" elfcorehdr=0x40ff000")] = '\0';
	gamma->kernel.string = line;
	made();
	line[strlen(line)] = 'x';
	line[LINE_MOST - strlen(" elfcorehdr=0x40ff000") + 1] = '\0';
	assert_false(dump_slot_make(&plan, &from, gamma, &error));
	assert_string_equal(error.text, "slot gamma: command line has 81 characters; this kernel "
					"takes 80 at most");
	assert_int_equal(gamma->vmcore.size, 0);
	assert_int_equal(plan.count, 1);
}

/* A change of one slot, and why that can't be a dump then; NULL: it can. */
static const struct {
	enum switchyard_state slot, via;
	enum switchyard_type type;
	const char *line, *reason;
} cases[] = {
	{SWITCHYARD_CRASHED, SWITCHYARD_READY, SWITCHYARD_LINUX, "", NULL},
	{SWITCHYARD_PARKED, SWITCHYARD_CRASHED, SWITCHYARD_LINUX, "elfcorehdr quiet", NULL},
	{SWITCHYARD_INTERRUPTED, SWITCHYARD_READY, SWITCHYARD_LINUX, "x-- --x", NULL},
	{SWITCHYARD_READY, SWITCHYARD_READY, SWITCHYARD_LINUX, "",
	 "slot beta is ready; expected one that is parked, crashed or interrupted"},
	{SWITCHYARD_RUNNING, SWITCHYARD_READY, SWITCHYARD_LINUX, "",
	 "slot beta is running; expected one that is parked, crashed or interrupted"},
	{SWITCHYARD_CRASHED, SWITCHYARD_PARKED, SWITCHYARD_LINUX, "",
	 "slot gamma is parked; expected one that is ready or crashed, because it starts afresh"},
	{SWITCHYARD_CRASHED, SWITCHYARD_EMPTY, SWITCHYARD_LINUX, "",
	 "slot gamma is empty; expected one that is ready or crashed, because it starts afresh"},
	{SWITCHYARD_CRASHED, SWITCHYARD_READY, SWITCHYARD_ELF, "",
	 "slot gamma has no Linux kernel; only that has a /proc/vmcore"},
	{SWITCHYARD_CRASHED, SWITCHYARD_READY, SWITCHYARD_LINUX, "quiet elfcorehdr=1",
	 "slot gamma: its command line has elfcorehdr= already, and that wins"},
	{SWITCHYARD_CRASHED, SWITCHYARD_READY, SWITCHYARD_LINUX, "quiet -- x",
	 "slot gamma: its command line has \"--\", so Linux would not take what is appended"},
};

static void which_slots_can(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		beta->state = cases[i].slot;
		gamma->state = cases[i].via;
		gamma->type = cases[i].type;
		gamma->kernel.string = cases[i].line;
		assert_int_equal(dump_slot_possible(beta, gamma, &error), !cases[i].reason);
		if (cases[i].reason)
			assert_string_equal(error.text, cases[i].reason);
	}
	assert_false(dump_slot_possible(beta, beta, &error));
	assert_string_equal(error.text,
			    "slot beta can't show its own memory; expected another slot");
}

static void nothing_changes_while_it_is_read(void **state)
{
	static const enum switchyard_state reading[] = {SWITCHYARD_RUNNING, SWITCHYARD_PARKED,
							SWITCHYARD_INTERRUPTED},
					   over[] = {SWITCHYARD_READY, SWITCHYARD_CRASHED};

	(void)state;
	assert_true(dump_slot_allows(&slots, beta, &error));
	made();
	for (uint32_t i = 0; i < 3; i++) {
		gamma->state = reading[i];
		assert_false(dump_slot_allows(&slots, beta, &error));
		assert_string_equal(error.text, "slot beta: its memory is slot gamma's "
						"/proc/vmcore until that one ends or is killed");
		assert_true(dump_slot_allows(&slots, gamma, &error));
	}
	for (uint32_t i = 0; i < 2; i++) {
		gamma->state = over[i];
		assert_true(dump_slot_allows(&slots, beta, &error));
	}
	gamma->state = SWITCHYARD_RUNNING;
	dump_slot_drop(&plan, gamma);
	assert_true(dump_slot_allows(&slots, beta, &error));
}

/* The dump slot's own kernel may ask for it, too. */
static void a_guest_can_not_run_it(void **state)
{
	static struct monitor monitor;
	static struct boot_info boot; /* no ACPI */
	const struct request requests[] = {{SWITCHYARD_SWITCH, 1},
					   {SWITCHYARD_SWITCH | SWITCHYARD_FORCED, 1},
					   {SWITCHYARD_BOOT | SWITCHYARD_FORCED, 1}};

	(void)state;
	made();
	gamma->state = SWITCHYARD_RUNNING;
	monitor.slots = slots;
	monitor.boot = &boot;
	for (uint32_t i = 0; i < 3; i++) {
		error.text[0] = '\0';
		assert_false(
			request_allowed(&monitor, &monitor.slots.slot[1], &requests[i], &error));
		assert_non_null(strstr(error.text, "slot gamma's /proc/vmcore"));
	}
	monitor.slots.slot[1].vmcore.size = 0;
	assert_true(request_allowed(&monitor, &monitor.slots.slot[1], &requests[1], &error));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(headers_of_linux),
		TEST(notes_of_linux),
		TEST(a_kernel_that_says_nothing),
		TEST(the_word),
		TEST(room_comes_and_goes),
		TEST(lines_that_are_too_long),
		TEST(which_slots_can),
		TEST(nothing_changes_while_it_is_read),
		TEST(a_guest_can_not_run_it),
	};

	return cmocka_run_group_tests_name("dump_slot", tests, NULL, NULL);
}
