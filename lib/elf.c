// SPDX-License-Identifier: GPL-2.0-only
#include "lib/elf.h"
#include <elf.h>
#include "lib/string.h"

static bool in_elf_file(const struct elf_file *file, uint64_t offset, uint64_t size)
{
	return offset <= file->size && size <= file->size - offset;
}

bool elf_has_magic(const void *bytes, uint64_t size)
{
	return size >= SELFMAG && !memcmp(bytes, ELFMAG, SELFMAG);
}

/* The header may lie at any address, so it is copied before it is read. */
static void read_header32(struct elf_file *file)
{
	Elf32_Ehdr header;

	memcpy(&header, file->bytes, sizeof(header));
	file->type = header.e_type;
	file->machine = header.e_machine;
	file->entry = header.e_entry;
	file->table = header.e_phoff;
	file->row_size = header.e_phentsize;
	file->segments = header.e_phnum;
}

static void read_header64(struct elf_file *file)
{
	Elf64_Ehdr header;

	memcpy(&header, file->bytes, sizeof(header));
	file->type = header.e_type;
	file->machine = header.e_machine;
	file->entry = header.e_entry;
	file->table = header.e_phoff;
	file->row_size = header.e_phentsize;
	file->segments = header.e_phnum;
}

bool elf_open(struct elf_file *file, const void *bytes, uint64_t size, struct error *error)
{
	const uint8_t *ident = bytes;

	if (!elf_has_magic(bytes, size))
		return fail(error, "no ELF magic at the file's beginning");
	*file = (struct elf_file){.bytes = bytes, .size = size};
	if (!in_elf_file(file, 0, sizeof(Elf32_Ehdr)) ||
	    (ident[EI_CLASS] == ELFCLASS64 && !in_elf_file(file, 0, sizeof(Elf64_Ehdr))))
		return fail(error, "ELF file of %lu bytes is shorter than its header", size);
	if (ident[EI_CLASS] != ELFCLASS32 && ident[EI_CLASS] != ELFCLASS64)
		return fail(error, "ELF class %u; expected 1 (32 bits) or 2 (64)", ident[EI_CLASS]);
	if (ident[EI_DATA] != ELFDATA2LSB)
		return fail(error, "ELF data encoding %u; expected 1 (little-endian)",
			    ident[EI_DATA]);
	file->is_64 = ident[EI_CLASS] == ELFCLASS64;
	if (file->is_64)
		read_header64(file);
	else
		read_header32(file);
	return true;
}

bool elf_check_table(const struct elf_file *file, struct error *error)
{
	uint64_t row_size = file->is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);

	if (file->row_size < row_size)
		return fail(error, "ELF program headers of %u bytes; expected %lu", file->row_size,
			    row_size);
	if (!in_elf_file(file, file->table, (uint64_t)file->segments * file->row_size))
		return fail(error, "ELF program headers at %#lx, beyond the file's %lu bytes",
			    file->table, file->size);
	return true;
}

struct elf_segment elf_segment(const struct elf_file *file, uint32_t i)
{
	const uint8_t *at = file->bytes + file->table + (uint64_t)i * file->row_size;
	Elf32_Phdr p32;
	Elf64_Phdr p64;

	if (file->is_64) {
		memcpy(&p64, at, sizeof(p64));
		return (struct elf_segment){p64.p_type,	 p64.p_offset, p64.p_vaddr,
					    p64.p_paddr, p64.p_filesz, p64.p_memsz};
	}
	memcpy(&p32, at, sizeof(p32));
	return (struct elf_segment){p32.p_type,	 p32.p_offset, p32.p_vaddr,
				    p32.p_paddr, p32.p_filesz, p32.p_memsz};
}

bool elf_is_loaded(const struct elf_segment *segment)
{
	return segment->type == PT_LOAD && (segment->memsz || segment->filesz);
}

bool elf_check_segment(const struct elf_file *file, uint32_t i, const struct elf_segment *segment,
		       struct error *error)
{
	if (segment->filesz > segment->memsz)
		return fail(error, "ELF segment %u has %lu bytes in the file, but %lu in memory", i,
			    segment->filesz, segment->memsz);
	if (!in_elf_file(file, segment->offset, segment->filesz))
		return fail(error, "ELF segment %u is %#lx bytes at %#lx, beyond the file's %#lx",
			    i, segment->filesz, segment->offset, file->size);
	if (segment->paddr + segment->memsz < segment->paddr ||
	    segment->vaddr + segment->memsz - 1 < segment->vaddr)
		return fail(error, "ELF segment %u wraps: %#lx bytes at %#lx", i, segment->memsz,
			    segment->paddr);
	return true;
}

void elf_copy_segment(const struct elf_file *file, const struct elf_segment *segment, void *to)
{
	memcpy(to, file->bytes + segment->offset, segment->filesz);
	memset((uint8_t *)to + segment->filesz, 0, segment->memsz - segment->filesz);
}
