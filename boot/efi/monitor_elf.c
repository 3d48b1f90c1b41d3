// SPDX-License-Identifier: GPL-2.0-only
#include "boot/efi/monitor_elf.h"
#include <elf.h>
#include "lib/elf.h"
#include "lib/string.h"

#define NO_SEGMENT UINT64_MAX

/* The file, and the addresses [base, end) that all its loaded segments cover. */
struct monitor_elf {
	struct elf_file file;
	uint64_t base, end;
};

/* True if that range lies in the image. */
static bool in_monitor(const struct monitor_elf *monitor, uint64_t address, uint64_t length)
{
	uint64_t size = monitor->end - monitor->base;

	return address >= monitor->base && address - monitor->base <= size &&
	       length <= size - (address - monitor->base);
}

static bool check_monitor_header(const struct elf_file *file)
{
	return file->is_64 && file->machine == EM_X86_64 && file->type == ET_DYN;
}

static bool find_range(struct monitor_elf *monitor, struct error *error)
{
	monitor->base = NO_SEGMENT;
	monitor->end = 0;
	for (uint32_t i = 0; i < monitor->file.segments; i++) {
		struct elf_segment segment = elf_segment(&monitor->file, i);

		if (!elf_is_loaded(&segment))
			continue;
		if (!elf_check_segment(&monitor->file, i, &segment, error))
			return fail(error, "segment %u of the monitor's image is cut", i);
		if (segment.vaddr < monitor->base)
			monitor->base = segment.vaddr;
		if (segment.vaddr + segment.memsz > monitor->end)
			monitor->end = segment.vaddr + segment.memsz;
	}
	if (monitor->base >= monitor->end)
		return fail(error, "the monitor's image has nothing to load");
	return true;
}

static bool read_monitor(const void *bytes, uint64_t size, struct monitor_elf *monitor,
			 struct error *error)
{
	if (!elf_open(&monitor->file, bytes, size, error) ||
	    !check_monitor_header(&monitor->file) || !elf_check_table(&monitor->file, error))
		return fail(error, "the monitor's image is no position-independent ELF64 file");
	return find_range(monitor, error);
}

bool monitor_elf_memory(const void *file, uint64_t size, uint64_t *bytes, struct error *error)
{
	struct monitor_elf monitor;

	if (!read_monitor(file, size, &monitor, error))
		return false;
	*bytes = monitor.end - monitor.base;
	return true;
}

/* Reads where the table of relocations lies, from a PT_DYNAMIC segment in memory. */
static void read_dynamic(const uint8_t *dynamic, uint64_t size, uint64_t *table, uint64_t *length)
{
	for (uint64_t at = 0; at + sizeof(Elf64_Dyn) <= size; at += sizeof(Elf64_Dyn)) {
		const Elf64_Dyn *entry = (const void *)(dynamic + at);

		if (entry->d_tag == DT_RELA)
			*table = entry->d_un.d_ptr;
		else if (entry->d_tag == DT_RELASZ)
			*length = entry->d_un.d_val;
	}
}

static bool find_relocations(const struct monitor_elf *monitor, const uint8_t *memory,
			     uint64_t *table, uint64_t *length)
{
	*table = *length = 0;
	for (uint32_t i = 0; i < monitor->file.segments; i++) {
		struct elf_segment segment = elf_segment(&monitor->file, i);

		if (segment.type != PT_DYNAMIC)
			continue;
		if (!in_monitor(monitor, segment.vaddr, segment.memsz))
			return false;
		read_dynamic(memory + (segment.vaddr - monitor->base), segment.memsz, table,
			     length);
	}
	return !*length || in_monitor(monitor, *table, *length);
}

static bool relocate_monitor(const struct monitor_elf *monitor, uint8_t *memory,
			     struct error *error)
{
	uint64_t delta = (uint64_t)memory - monitor->base, table, length;

	if (!find_relocations(monitor, memory, &table, &length))
		return fail(error, "the monitor's image has relocations outside of itself");
	for (uint64_t at = 0; at + sizeof(Elf64_Rela) <= length; at += sizeof(Elf64_Rela)) {
		const Elf64_Rela *rela = (const void *)(memory + (table - monitor->base) + at);
		uint64_t value = (uint64_t)rela->r_addend + delta;

		if (ELF64_R_TYPE(rela->r_info) != R_X86_64_RELATIVE ||
		    !in_monitor(monitor, rela->r_offset, sizeof(value)))
			return fail(error, "relocation %lu of the monitor's image is not relative",
				    at / sizeof(Elf64_Rela));
		memcpy(memory + (rela->r_offset - monitor->base), &value, sizeof(value));
	}
	return true;
}

bool monitor_elf_place(const void *file, uint64_t size, void *memory, uint64_t *entry,
		       struct error *error)
{
	struct monitor_elf monitor;

	if (!read_monitor(file, size, &monitor, error))
		return false;
	memset(memory, 0, monitor.end - monitor.base); /* gaps between segments, too */
	for (uint32_t i = 0; i < monitor.file.segments; i++) {
		struct elf_segment segment = elf_segment(&monitor.file, i);

		if (elf_is_loaded(&segment))
			elf_copy_segment(&monitor.file, &segment,
					 (uint8_t *)memory + (segment.vaddr - monitor.base));
	}
	if (!in_monitor(&monitor, monitor.file.entry, 1))
		return fail(error, "the entry point of the monitor's image lies outside of it");
	*entry = (uint64_t)memory + (monitor.file.entry - monitor.base);
	return relocate_monitor(&monitor, memory, error);
}
