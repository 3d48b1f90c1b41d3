// SPDX-License-Identifier: GPL-2.0-only
#include "boot/efi/monitor_elf.h"
#include <elf.h>
#include <stddef.h>
#include "lib/string.h"

#define NO_SEGMENT UINT64_MAX

static const Elf64_Phdr *segments(const void *file)
{
	const Elf64_Ehdr *header = file;

	return (const void *)((const uint8_t *)file + header->e_phoff);
}

static bool inside(uint64_t offset, uint64_t length, uint64_t size)
{
	return offset <= size && length <= size - offset;
}

static bool check_header(const void *file, uint64_t size, struct error *error)
{
	const Elf64_Ehdr *header = file;

	if (size < sizeof(*header) || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
	    header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_machine != EM_X86_64 ||
	    header->e_type != ET_DYN || header->e_phentsize != sizeof(Elf64_Phdr) ||
	    !inside(header->e_phoff, (uint64_t)header->e_phnum * sizeof(Elf64_Phdr), size))
		return fail(error, "the monitor's image is no position-independent ELF64 file");
	return true;
}

/* The addresses that all PT_LOAD segments cover. */
static bool find_range(const void *file, uint64_t size, uint64_t *base, uint64_t *end,
		       struct error *error)
{
	const Elf64_Ehdr *header = file;

	*base = NO_SEGMENT;
	*end = 0;
	for (uint32_t i = 0; i < header->e_phnum; i++) {
		const Elf64_Phdr *segment = &segments(file)[i];

		if (segment->p_type != PT_LOAD)
			continue;
		if (!inside(segment->p_offset, segment->p_filesz, size) ||
		    segment->p_memsz < segment->p_filesz ||
		    segment->p_vaddr + segment->p_memsz < segment->p_vaddr)
			return fail(error, "segment %u of the monitor's image is cut", i);
		if (segment->p_vaddr < *base)
			*base = segment->p_vaddr;
		if (segment->p_vaddr + segment->p_memsz > *end)
			*end = segment->p_vaddr + segment->p_memsz;
	}
	if (*base >= *end)
		return fail(error, "the monitor's image has nothing to load");
	return true;
}

static bool check(const void *file, uint64_t size, uint64_t *base, uint64_t *end,
		  struct error *error)
{
	return check_header(file, size, error) && find_range(file, size, base, end, error);
}

bool monitor_elf_memory(const void *file, uint64_t size, uint64_t *bytes, struct error *error)
{
	uint64_t base, end;

	if (!check(file, size, &base, &end, error))
		return false;
	*bytes = end - base;
	return true;
}

/* PT_DYNAMIC tells where the table of relocations lies and how long it is. */
static bool find_relocations(const void *file, const uint8_t *memory, uint64_t base, uint64_t end,
			     uint64_t *table, uint64_t *length)
{
	const Elf64_Ehdr *header = file;

	*table = *length = 0;
	for (uint32_t i = 0; i < header->e_phnum; i++) {
		const Elf64_Phdr *segment = &segments(file)[i];

		if (segment->p_type != PT_DYNAMIC)
			continue;
		if (segment->p_vaddr < base ||
		    !inside(segment->p_vaddr - base, segment->p_memsz, end - base))
			return false;
		for (uint64_t at = 0; at + sizeof(Elf64_Dyn) <= segment->p_memsz;
		     at += sizeof(Elf64_Dyn)) {
			const Elf64_Dyn *entry =
				(const void *)(memory + (segment->p_vaddr - base) + at);

			if (entry->d_tag == DT_RELA)
				*table = entry->d_un.d_ptr;
			else if (entry->d_tag == DT_RELASZ)
				*length = entry->d_un.d_val;
		}
	}
	return !*length || (*table >= base && inside(*table - base, *length, end - base));
}

static bool relocate(const void *file, uint8_t *memory, uint64_t base, uint64_t end,
		     struct error *error)
{
	uint64_t delta = (uint64_t)memory - base, table, length;

	if (!find_relocations(file, memory, base, end, &table, &length))
		return fail(error, "the monitor's image has relocations outside of itself");
	for (uint64_t at = 0; at + sizeof(Elf64_Rela) <= length; at += sizeof(Elf64_Rela)) {
		const Elf64_Rela *rela = (const void *)(memory + (table - base) + at);
		uint64_t value = (uint64_t)rela->r_addend + delta;

		if (ELF64_R_TYPE(rela->r_info) != R_X86_64_RELATIVE || rela->r_offset < base ||
		    !inside(rela->r_offset - base, sizeof(value), end - base))
			return fail(error, "relocation %lu of the monitor's image is not relative",
				    (at / sizeof(Elf64_Rela)));
		memcpy(memory + (rela->r_offset - base), &value, sizeof(value));
	}
	return true;
}

bool monitor_elf_place(const void *file, uint64_t size, void *memory, uint64_t *entry,
		       struct error *error)
{
	const Elf64_Ehdr *header = file;
	uint64_t base, end;

	if (!check(file, size, &base, &end, error))
		return false;
	memset(memory, 0, end - base);
	for (uint32_t i = 0; i < header->e_phnum; i++) {
		const Elf64_Phdr *segment = &segments(file)[i];

		if (segment->p_type == PT_LOAD)
			memcpy((uint8_t *)memory + (segment->p_vaddr - base),
			       (const uint8_t *)file + segment->p_offset, segment->p_filesz);
	}
	if (header->e_entry < base || header->e_entry >= end)
		return fail(error, "the entry point of the monitor's image lies outside of it");
	*entry = (uint64_t)memory + (header->e_entry - base);
	return relocate(file, memory, base, end, error);
}
