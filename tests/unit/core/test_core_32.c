// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of what is told of a 32-bit Linux kernel's memory, and of the headers of its core: ELF32
 * for the i386, as its crash, makedumpfile and gdb read it.
 */
#include <asm/bootparam.h>
#include <elf.h>
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/memory/phys.h"
#include "cmocka.h"
#include "fake/fake.h"
#include "fake/fake_linux.h"
#include "fake/fake_printk.h"
#include "guest/linux/format/core_notes.h"
#include "lib/string.h"
#include "monitor/core/slot_memory.h"
#include "monitor/dump/dump_slot.h"

#define LOW_START  0xc0000000ull /* CONFIG_VMSPLIT_3G */
#define LOW_AT	   (64 * KIB)
#define LOW_SIZE   (32 * KIB)
#define PAE	   "CONFIG_X86_PAE=y\n"
#define HIGH_AT	   (PRINTK_RAM_AT + 56 * KIB)
#define KERNEL_AT  (80 * MIB)
#define POOL_AT	   (64 * MIB)
#define LINE_MOST  100
#define ROOM	   (16 * KIB)
#define RAM_OFFSET ROOM /* of the memory in the file */

static struct slot slot;
static struct guest_memory memory;
static struct slot_memory from;
static struct switchyard_registers registers[2];
static uint8_t told[4096] __attribute__((aligned(8)));
static uint8_t file[ROOM] __attribute__((aligned(8)));
static const struct switchyard_memory *const is = (const void *)told;

static void describe(const char *more)
{
	fake_printk_describe(4);
	fake_printk_add("%s", more);
	fake_printk_write_note();
	assert_true(guest_memory_init(&memory, &slot.ram, &fake_printk_info));
	from.memory = &memory;
	from.note = PRINTK_NOTE_AT;
}

static int start(void **state)
{
	(void)state;
	fake_reset();
	fake_memory(PRINTK_RAM_AT, PRINTK_RAM_SIZE, 0);
	memset(&slot, 0, sizeof(slot));
	memset(registers, 0, sizeof(registers));
	memset(file, 0, sizeof(file));
	strcpy(slot.name, "beta");
	slot.low = (struct region){.base = LOW_AT, .size = LOW_SIZE};
	slot.ram = (struct region){.base = PRINTK_RAM_AT, .size = PRINTK_RAM_SIZE};
	slot.state = SWITCHYARD_INTERRUPTED;
	for (uint32_t i = 0; i < 2; i++)
		registers[i] = (struct switchyard_registers){.cpu = i,
							     .rbx = 0xb0 + i,
							     .rax = 0xa0 + i,
							     .rip = 0xc1000000 + i,
							     .rsp = 0xc2000000 + i,
							     .cs = 0x60,
							     .ss = 0x68};
	from = (struct slot_memory){.slot = &slot,
				    .told = (const uint8_t *)registers,
				    .told_count = 2,
				    .told_size = sizeof(registers[0])};
	return 0;
}

static int end(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static void tell(void)
{
	assert_true(slot_memory_tell(&from, told, sizeof(told)) > 0);
}

static void where_low_memory_is(void **state)
{
	(void)state;
	describe("");
	fake_printk_map_32();
	tell();
	assert_int_equal(is->bits, 32);
	assert_int_equal(is->direct, LOW_START);
	assert_int_equal(is->direct_end, 0);
	assert_int_equal(is->image.size, 0);
	describe(PAE); /* the same tables make no sense with three levels */
	tell();
	assert_int_equal(is->bits, 32);
	assert_int_equal(is->direct, 0);
	fake_printk_map_pae(PRINTK_RAM_SIZE);
	tell();
	assert_int_equal(is->direct, LOW_START);
	assert_int_equal(is->direct_end, 0);
}

static void high_memory(void **state)
{
	(void)state;
	describe(PAE);
	fake_printk_map_pae(HIGH_AT - PRINTK_RAM_AT);
	tell();
	assert_int_equal(is->direct, LOW_START);
	assert_int_equal(is->direct_end, HIGH_AT);
}

/* Linux says so in VMCOREINFO. Without that, registers do, if the kernel has told them. */
static void how_many_bits(void **state)
{
	struct cpu_context context = {.rsp = 0}, *cpu = &context;

	(void)state;
	tell();
	assert_int_equal(is->bits, 32);
	registers[1].efer = EFER_LMA;
	tell();
	assert_int_equal(is->bits, 64);
	from = (struct slot_memory){.slot = &slot, .cpu = &cpu, .cpu_count = 1, .registers = 1};
	tell();
	assert_int_equal(is->bits, 0);
}

static const Elf32_Phdr *header(uint32_t index)
{
	return (const Elf32_Phdr *)(file + sizeof(Elf32_Ehdr)) + index;
}

static const Elf32_Ehdr *made(uint64_t ram)
{
	static const char own[] = "SLOT=beta\n";

	tell();
	memset(file, 0, sizeof(file));
	switchyard_core_write(file,
			      &(struct switchyard_core_of){
				      .memory = is,
				      .vmcoreinfo = is->note.size ? phys(is->note.base) : NULL,
				      .own = own,
				      .own_size = sizeof(own) - 1,
				      .ram = ram});
	assert_in_range(switchyard_core_room(is, sizeof(own)), 1, sizeof(file));
	return (const Elf32_Ehdr *)file;
}

static void assert_load(uint32_t index, uint64_t offset, uint64_t physical, uint64_t address,
			uint64_t size)
{
	const Elf32_Phdr *load = header(index);

	assert_int_equal(load->p_type, PT_LOAD);
	assert_int_equal(load->p_offset, offset);
	assert_int_equal(load->p_paddr, physical);
	assert_int_equal(load->p_vaddr, address);
	assert_int_equal(load->p_filesz, size);
	assert_int_equal(load->p_memsz, size);
	assert_int_equal(load->p_align, 0);
}

static void headers_for_the_i386(void **state)
{
	const Elf32_Ehdr *elf;

	(void)state;
	describe(PAE);
	fake_printk_map_pae(PRINTK_RAM_SIZE);
	elf = made(RAM_OFFSET);
	assert_memory_equal(elf->e_ident, ELFMAG "\1\1\1", 7);
	assert_int_equal(elf->e_type, ET_CORE);
	assert_int_equal(elf->e_machine, EM_386);
	assert_int_equal(elf->e_version, EV_CURRENT);
	assert_int_equal(elf->e_phoff, sizeof(Elf32_Ehdr));
	assert_int_equal(elf->e_ehsize, sizeof(Elf32_Ehdr));
	assert_int_equal(elf->e_phentsize, sizeof(Elf32_Phdr));
	assert_int_equal(elf->e_phnum, 3);
	assert_int_equal(header(0)->p_type, PT_NOTE);
	assert_load(1, RAM_OFFSET, LOW_AT, LOW_START + LOW_AT, LOW_SIZE);
	assert_load(2, RAM_OFFSET + LOW_SIZE, PRINTK_RAM_AT, LOW_START + PRINTK_RAM_AT,
		    PRINTK_RAM_SIZE);
}

static void headers_of_high_memory(void **state)
{
	uint64_t low = HIGH_AT - PRINTK_RAM_AT;

	(void)state;
	describe(PAE);
	fake_printk_map_pae(HIGH_AT - PRINTK_RAM_AT);
	assert_int_equal(made(RAM_OFFSET)->e_phnum, 4);
	assert_load(2, RAM_OFFSET + LOW_SIZE, PRINTK_RAM_AT, LOW_START + PRINTK_RAM_AT, low);
	assert_load(3, RAM_OFFSET + LOW_SIZE + low, HIGH_AT, 0xffffffff, PRINTK_RAM_SIZE - low);
}

/* Such a kernel can't run above 4 GiB, but another one can say that it is one. */
static void offsets_that_do_not_fit(void **state)
{
	const Elf64_Ehdr *elf;

	(void)state;
	describe(PAE);
	elf = (const Elf64_Ehdr *)made((1ull << 32) - LOW_SIZE);
	assert_int_equal(elf->e_ident[EI_CLASS], ELFCLASS64);
	assert_int_equal(elf->e_machine, EM_386);
	assert_int_equal(elf->e_phentsize, sizeof(Elf64_Phdr));
	assert_int_equal(((const Elf64_Phdr *)(elf + 1))[2].p_offset, 1ull << 32);
}

/* The name of the note at *at, which is moved behind it. */
static const char *next_note(const uint8_t **at, const void **contents, uint32_t *size)
{
	const Elf32_Nhdr *note = (const void *)*at;

	*contents = *at + sizeof(*note) + (note->n_namesz + 3) / 4 * 4;
	*size = note->n_descsz;
	*at = (const uint8_t *)*contents + (note->n_descsz + 3) / 4 * 4;
	return (const char *)(note + 1);
}

static void notes_for_the_i386(void **state)
{
	const struct switchyard_prstatus_32 *status;
	const uint8_t *at;
	const void *contents;
	uint32_t size;

	(void)state;
	describe(PAE);
	made(RAM_OFFSET);
	at = file + header(0)->p_offset;
	for (uint32_t i = 0; i < 2; i++) {
		assert_string_equal(next_note(&at, &contents, &size), "CORE");
		assert_int_equal(size, sizeof(*status));
		status = contents;
		assert_int_equal(status->pid, i + 1);
		assert_int_equal(status->ebx, 0xb0 + i);
		assert_int_equal(status->eax, 0xa0 + i);
		assert_int_equal(status->orig_eax, UINT32_MAX);
		assert_int_equal(status->eip, 0xc1000000 + i);
		assert_int_equal(status->esp, 0xc2000000 + i);
		assert_int_equal(status->cs, 0x60);
		assert_int_equal(status->ss, 0x68);
	}
	assert_string_equal(next_note(&at, &contents, &size), "VMCOREINFO");
	assert_memory_equal(contents, fake_printk_info.text, fake_printk_info.size);
	assert_string_equal(next_note(&at, &contents, &size), "SWITCHYARD");
	assert_ptr_equal(at, file + header(0)->p_offset + header(0)->p_filesz);
}

static void registers_of_another_mode(void **state)
{
	const uint8_t *at;
	const void *contents;
	uint32_t size;

	(void)state;
	describe(PAE);
	registers[0].rip = 1ull << 32;
	made(RAM_OFFSET);
	at = file + header(0)->p_offset;
	assert_string_equal(next_note(&at, &contents, &size), "CORE");
	assert_int_equal(((const struct switchyard_prstatus_32 *)contents)->pid, 2);
	assert_string_equal(next_note(&at, &contents, &size), "VMCOREINFO");
}

/* A monitor that does not know the last fields. */
static void a_monitor_of_before(void **state)
{
	struct {
		struct switchyard_memory memory;
		struct switchyard_registers cpu;
	} old = {.memory = {.size = sizeof(old.memory) - 16, .bits = 32, .cpu_count = 0}};

	(void)state;
	memset(file, 0, sizeof(file));
	switchyard_core_write(file, &(struct switchyard_core_of){.memory = &old.memory, .own = ""});
	assert_int_equal(((const Elf64_Ehdr *)file)->e_machine, EM_X86_64);
	assert_int_equal(file[EI_CLASS], ELFCLASS64);
}

/* A dump slot whose kernel is of that kind. Returns e_machine in what it finds, and its class. */
static uint32_t shown_by(bool is_64, uint32_t *class)
{
	struct plan plan = {.count = 1,
			    .region = {{.base = POOL_AT, .size = MIB, .type = REGION_RAM}}};
	struct slot via = {.name = "via", .state = SWITCHYARD_READY, .type = SWITCHYARD_LINUX};
	const uint64_t flags_at = KERNEL_AT + 0x1f1 + offsetof(struct setup_header, xloadflags);
	const uint16_t flags = 0;
	const Elf64_Ehdr *elf;
	struct error error;

	fake_memory(POOL_AT, MIB, 0xa5);
	fake_linux(&via.kernel, KERNEL_AT, LINE_MOST, "");
	if (!is_64)
		memcpy(phys(flags_at), &flags, sizeof(flags));
	assert_true(dump_slot_make(&plan, &from, &via, &error));
	assert_int_equal(dump_slot_changes_kind(&from, &via), is_64);
	elf = phys(via.vmcore.base);
	*class = elf->e_ident[EI_CLASS];
	return elf->e_machine;
}

/* Linux for x86-64 shows no memory whose headers are for the i386. */
static void by_a_dump_slot(void **state)
{
	uint32_t class;

	(void)state;
	describe(PAE);
	assert_int_equal(shown_by(true, &class), EM_X86_64);
	assert_int_equal(class, ELFCLASS64);
	fake_reset();
	fake_memory(PRINTK_RAM_AT, PRINTK_RAM_SIZE, 0);
	describe(PAE);
	assert_int_equal(shown_by(false, &class), EM_386);
	assert_int_equal(class, ELFCLASS32);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(where_low_memory_is),    TEST(high_memory),
		TEST(how_many_bits),	      TEST(headers_for_the_i386),
		TEST(headers_of_high_memory), TEST(offsets_that_do_not_fit),
		TEST(notes_for_the_i386),     TEST(registers_of_another_mode),
		TEST(a_monitor_of_before),    TEST(by_a_dump_slot),
	};

	return cmocka_run_group_tests_name("core_32", tests, NULL, NULL);
}
