// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes what is read in a kernel's memory: its log, its maps, its symbols, and what it tells when
 * an NMI has stopped it. The first byte is what kind of kernel it is. Then come changes of a good
 * log: where, and 4 bytes; then what the NMI's handler told, and where the stack is. What is left
 * is the end of VMCOREINFO.
 */
#include <elf.h>
#include "arch/x86/memory/phys.h"
#include "fake/fake.h"
#include "fake/fake_linux.h"
#include "fake/fake_printk.h"
#include "fuzz.h"
#include "guest/linux/format/core_notes.h"
#include "monitor/core/interrupted.h"
#include "monitor/core/kernel_symbols.h"
#include "monitor/core/printk_log.h"
#include "monitor/core/slot_memory.h"
#include "monitor/dump/dump_slot.h"

#define KIND_64		 1
#define KIND_INTERRUPTED 2 /* an NMI has stopped it, and it has a table of symbols */
#define KIND_PAE	 4 /* a 32-bit kernel has three levels of tables, and */
#define KIND_HIGH	 8 /* does not map all RAM */

#define CHANGES_MAX	 8
#define POOL_AT		 (64 * MIB)
#define KERNEL_AT	 (80 * MIB)
#define LINE_MOST	 100
#define STRUCTURES	 0x400 /* bytes of each array that may change */

static const struct region ram = {.base = PRINTK_RAM_AT,
				  .size = PRINTK_RAM_SIZE,
				  .type = REGION_RAM};

static void make_maps(uint64_t kind)
{
	if (kind & KIND_64)
		fake_printk_map();
	else if (kind & KIND_PAE)
		fake_printk_map_pae(kind & KIND_HIGH ? PRINTK_RAM_SIZE / 2 : PRINTK_RAM_SIZE);
	else
		fake_printk_map_32();
}

static void make_log(uint64_t kind)
{
	fake_printk_describe(kind & KIND_64 ? 8 : 4);
	if (kind & KIND_PAE)
		fake_printk_add("CONFIG_X86_PAE=y\n");
	make_maps(kind);
	fake_printk_ring(5, 7);
	fake_printk_record(5, PRINTK_FINALIZED, 0, "five");
	fake_printk_record(6, PRINTK_FINALIZED, 32, "six\nlines");
	fake_printk_record(7, PRINTK_FINALIZED, 64, "seven");
}

static void change_log(struct fuzz_input *input)
{
	static const uint64_t places[] = {PRINTK_RING_AT, PRINTK_DESCS_AT, PRINTK_INFOS_AT,
					  PRINTK_TABLE_AT};
	uint32_t changes = (uint32_t)fuzz_take(input, 1) % CHANGES_MAX;

	for (uint32_t i = 0; i < changes; i++) {
		uint64_t place = places[fuzz_take(input, 1) % 4];
		uint64_t offset = fuzz_take(input, 2) % STRUCTURES;
		uint32_t value = (uint32_t)fuzz_take(input, 4);

		memcpy(phys(place + offset), &value, sizeof(value));
	}
}

/* The rest of the input replaces the end of the note's text. */
static void change_note(const struct fuzz_input *input)
{
	uint32_t size = input->size < VMCOREINFO_SIZE ? (uint32_t)input->size : VMCOREINFO_SIZE;

	if (size > fake_printk_info.size)
		fake_printk_info.size = size;
	memcpy(fake_printk_info.text + fake_printk_info.size - size, input->bytes, size);
}

static void check_line(const char *line, void *context)
{
	uint64_t *lines = context;

	FUZZ_CHECK(strlen(line) < PRINTK_LINE_SIZE && line[0] == '[');
	for (; *line; line++)
		FUZZ_CHECK((*line >= ' ' && *line <= '~') || *line == '\t');
	(*lines)++;
}

/* Linux walks the notes until one has no name, and must find it before the end. */
static void check_notes(const Elf64_Phdr *header, const struct region *headers)
{
	uint64_t at = header->p_offset, end = at + header->p_memsz;
	Elf64_Nhdr note;

	FUZZ_CHECK(header->p_type == PT_NOTE && at > headers->base && at < end &&
		   end <= headers->base + headers->size);
	do {
		FUZZ_CHECK(end - at >= sizeof(note));
		memcpy(&note, phys(at), sizeof(note));
		at += sizeof(note) + (note.n_namesz + 3ull) / 4 * 4 +
		      (note.n_descsz + 3ull) / 4 * 4;
	} while (note.n_namesz);
	FUZZ_CHECK(at == end);
}

/* What a dump slot's kernel reads: no more than the RAM of that kernel. */
static void check_headers(const struct slot_memory *from)
{
	struct plan plan = {.count = 1,
			    .region = {{.base = POOL_AT, .size = MIB, .type = REGION_RAM}}};
	struct slot via = {.name = "via", .state = SWITCHYARD_READY, .type = SWITCHYARD_LINUX};
	const Elf64_Ehdr *elf;
	const Elf64_Phdr *header;
	struct error error;

	fake_memory(POOL_AT, MIB, 0xa5);
	fake_linux(&via.kernel, KERNEL_AT, LINE_MOST, "");
	FUZZ_CHECK(dump_slot_make(&plan, from, &via, &error));
	elf = phys(via.vmcore.base);
	header = (const Elf64_Phdr *)(elf + 1);
	check_notes(header, &via.vmcore);
	for (uint32_t i = 1; i < elf->e_phnum; i++)
		FUZZ_CHECK(header[i].p_offset == header[i].p_paddr &&
			   header[i].p_paddr >= ram.base && header[i].p_memsz <= ram.size &&
			   header[i].p_paddr - ram.base <= ram.size - header[i].p_memsz);
}

/* The segments of a 32-bit kernel's file are all its RAM, one behind the other. */
static void check_segments(const uint8_t *file, uint64_t offset)
{
	const Elf32_Ehdr *elf = (const void *)file;
	const Elf32_Phdr *header = (const void *)(file + sizeof(*elf));
	uint64_t physical = ram.base;

	FUZZ_CHECK(elf->e_ident[EI_CLASS] == ELFCLASS32 && header->p_type == PT_NOTE &&
		   header->p_offset + header->p_filesz <= offset);
	for (uint32_t i = 1; i < elf->e_phnum; i++) {
		FUZZ_CHECK(header[i].p_offset == offset && header[i].p_paddr == physical);
		offset += header[i].p_filesz;
		physical += header[i].p_filesz;
	}
	FUZZ_CHECK(physical == ram.base + ram.size);
}

/* The headers of a file of that memory. */
static void check_core(const struct switchyard_memory *told)
{
	static uint8_t file[4 * PAGE_SIZE] __attribute__((aligned(8)));
	struct switchyard_core_of of = {
		.memory = told,
		.vmcoreinfo = told->note.size ? phys(told->note.base) : NULL,
		.own = "",
		.ram = page_up(switchyard_core_room(told, 0)),
	};

	FUZZ_CHECK(of.ram <= sizeof(file));
	memset(file, 0, sizeof(file));
	switchyard_core_write(file, &of);
	FUZZ_CHECK(((const Elf64_Ehdr *)file)->e_machine ==
		   (told->bits == 32 ? EM_386 : EM_X86_64));
	if (told->bits == 32)
		check_segments(file, of.ram);
}

/* What is told of that kernel, whose boot CPU has its stack anywhere. */
static void check_memory(const struct guest_memory *memory, uint64_t stack)
{
	static uint8_t to[1024] __attribute__((aligned(8)));
	const struct switchyard_memory *told = (const void *)to;
	struct slot slot = {.ram = ram, .state = SWITCHYARD_CRASHED};
	struct cpu_context cpu = {.cr3 = PRINTK_TABLE_AT, .rsp = stack}, *cpus[] = {&cpu};
	struct slot_memory from = {.slot = &slot,
				   .cpu = cpus,
				   .cpu_count = 1,
				   .registers = 1,
				   .memory = memory,
				   .note = PRINTK_NOTE_AT};

	FUZZ_CHECK(slot_memory_tell(&from, to, sizeof(to)) ==
		   sizeof(*told) + sizeof(struct switchyard_registers));
	FUZZ_CHECK(told->direct % GIB == 0 &&
		   told->note.size <= VMCOREINFO_HEADER + VMCOREINFO_SIZE);
	FUZZ_CHECK(!told->image.size ||
		   (told->image.base >= ram.base && told->image.size <= ram.size &&
		    told->image.base - ram.base <= ram.size - told->image.size));
	FUZZ_CHECK(told->direct_end < ram.base + ram.size);
	check_core(told);
	check_headers(&from);
}

/* The table of symbols lies where the log is, or where the note's end says. */
static void add_symbols(void)
{
	static const char *const names[] = {"num_syms",	   "names",   "token_table",
					    "token_index", "offsets", "relative_base"};

	for (uint32_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		fake_printk_add("SYMBOL(kallsyms_%s)=%llx\n", names[i],
				(unsigned long long)fake_printk_virtual(PRINTK_RING_AT + 64 * i));
}

static void check_symbols(const struct guest_memory *memory)
{
	char text[KERNEL_SYMBOL_TEXT];

	memset(text, 'x', sizeof(text));
	if (kernel_symbols_name(memory, &fake_printk_info, fake_printk_virtual(PRINTK_DATA_AT),
				text))
		FUZZ_CHECK(strnlen(text, sizeof(text)) < sizeof(text) && strchr(text, '+'));
}

/*
 * A kernel that an NMI has stopped. The first bytes of what it tells are the input's, and so is
 * what its registers say: where its page tables are, and the mode that it was in.
 */
static void check_interrupted(struct fuzz_input *input)
{
	struct slot slot = {.ram = ram, .state = SWITCHYARD_INTERRUPTED};
	struct slot_memory from = {.slot = &slot};
	struct switchyard_registers found[2] = {0};
	struct slot_memory_cpus cpus = {0};
	uint32_t count = 0;
	struct switchyard_interrupted head = {.size = (uint32_t)fuzz_take(input, 1) * 8,
					      .cpu_size = (uint32_t)fuzz_take(input, 2) * 8,
					      .cpu_count = (uint32_t)fuzz_take(input, 1)};
	uint64_t at = PRINTK_RAM_AT + fuzz_take(input, 2), bad = 0, physical = fuzz_take(input, 4);
	uint8_t bytes[64];

	found[0].cr3 = PRINTK_RAM_AT + fuzz_take(input, 3);
	found[0].cr4 = fuzz_take(input, 2);
	found[0].cr0 = fuzz_take(input, 4);
	found[0].efer = fuzz_take(input, 2);
	if (at + sizeof(head) <= PRINTK_RAM_AT + PRINTK_RAM_SIZE)
		memcpy(phys(at), &head, sizeof(head));
	if (at + head.size + sizeof(found) <= PRINTK_RAM_AT + PRINTK_RAM_SIZE)
		memcpy(phys(at + head.size), found, sizeof(found));
	interrupted_find_registers(at, &from);
	while (slot_memory_next_cpu(&from, &cpus))
		FUZZ_CHECK(++count <= 64);
	if (!slot_memory_read(&from, physical, bytes, sizeof(bytes), &bad))
		FUZZ_CHECK(bad - physical < sizeof(bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};
	struct printk_log log;
	struct guest_memory memory;
	struct error error;
	uint64_t lines = 0, stack, kind = fuzz_take(&input, 1);

	fake_memory(PRINTK_RAM_AT, PRINTK_RAM_SIZE, 0);
	make_log(kind);
	change_log(&input);
	if (kind & KIND_INTERRUPTED) {
		check_interrupted(&input);
		add_symbols();
	}
	stack = fake_printk_virtual(PRINTK_RAM_AT) + fuzz_take(&input, 2);
	change_note(&input);
	if (printk_log_open(&log, &ram, &fake_printk_info, &error)) {
		uint64_t last = printk_log_count(&log);

		printk_log_show(&log, last > 64 ? last - 64 : 0, 64, check_line, &lines);
		FUZZ_CHECK(lines <= 64 * 1025);
	}
	if (guest_memory_init(&memory, &ram, &fake_printk_info)) {
		check_symbols(&memory);
		fake_printk_write_note();
		check_memory(&memory, stack);
	}
	fake_reset();
	return 0;
}
