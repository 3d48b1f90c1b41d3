/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load_elf.c - plain ELF kernels, and the segments of Multiboot kernels.
 */
#include <elf.h>
#include "arch/x86/memory/phys.h"
#include "monitor/load/load_elf.h"
#include "monitor/load/load_format.h"
#include "lib/string.h"
#include "guest/linux/switchyard.h"

/* Kernels have a handful; the check for overlaps compares each with each. */
#define MAX_SEGMENTS 64

/* The parts of both classes' program headers that count here. */
struct segment {
	uint32_t type;
	uint64_t offset, vaddr, paddr, filesz, memsz;
};

/* The same of the file header. */
struct header {
	uint16_t type, machine;
	uint64_t entry, phoff;
	uint16_t phentsize, phnum;
};

bool elf_probe(const struct image *file)
{
	return in_file(file, 0, SELFMAG) && !memcmp(phys(file->base), ELFMAG, SELFMAG);
}

static bool file_is_64(const struct image *file)
{
	return ((const uint8_t *)phys(file->base))[EI_CLASS] == ELFCLASS64;
}

static void read_header(const struct image *file, struct header *header)
{
	Elf32_Ehdr e32;
	Elf64_Ehdr e64;

	if (file_is_64(file)) {
		memcpy(&e64, phys(file->base), sizeof(e64));
		*header = (struct header){e64.e_type,  e64.e_machine,	e64.e_entry,
					  e64.e_phoff, e64.e_phentsize, e64.e_phnum};
	} else {
		memcpy(&e32, phys(file->base), sizeof(e32));
		*header = (struct header){e32.e_type,  e32.e_machine,	e32.e_entry,
					  e32.e_phoff, e32.e_phentsize, e32.e_phnum};
	}
}

/* Program header number i; check_header() has found that it lies in the file. */
static struct segment read_segment(const struct image *file, const struct header *header,
				   uint32_t i)
{
	const uint8_t *at =
		(const uint8_t *)phys(file->base) + header->phoff + (uint64_t)i * header->phentsize;
	Elf32_Phdr p32;
	Elf64_Phdr p64;

	if (file_is_64(file)) {
		memcpy(&p64, at, sizeof(p64));
		return (struct segment){p64.p_type,  p64.p_offset, p64.p_vaddr,
					p64.p_paddr, p64.p_filesz, p64.p_memsz};
	}
	memcpy(&p32, at, sizeof(p32));
	return (struct segment){p32.p_type,  p32.p_offset, p32.p_vaddr,
				p32.p_paddr, p32.p_filesz, p32.p_memsz};
}

static bool is_loaded(const struct segment *segment)
{
	return segment->type == PT_LOAD && (segment->memsz || segment->filesz);
}

static bool check_ident(const struct image *file, struct error *error)
{
	const uint8_t *ident = phys(file->base);

	if (!elf_probe(file))
		return fail(error, "no ELF magic at the file's beginning");
	if (!in_file(file, 0, sizeof(Elf32_Ehdr)) ||
	    (file_is_64(file) && !in_file(file, 0, sizeof(Elf64_Ehdr))))
		return fail(error, "ELF file of %lu bytes is shorter than its header", file->size);
	if (ident[EI_CLASS] != ELFCLASS32 && ident[EI_CLASS] != ELFCLASS64)
		return fail(error, "ELF class %u; expected 1 (32 bits) or 2 (64)", ident[EI_CLASS]);
	if (ident[EI_DATA] != ELFDATA2LSB)
		return fail(error, "ELF data encoding %u; expected 1 (little-endian)",
			    ident[EI_DATA]);
	return true;
}

static bool check_header(const struct image *file, const struct header *header, struct error *error)
{
	bool is_64 = file_is_64(file);
	uint16_t machine = is_64 ? EM_X86_64 : EM_386;
	uint64_t entry_size = is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);

	if (header->machine != machine)
		return fail(error, "ELF%d file for machine %u; expected %u", is_64 ? 64 : 32,
			    header->machine, machine);
	if (header->type != ET_EXEC && header->type != ET_DYN)
		return fail(error, "ELF file of type %u; expected 2 (executable)", header->type);
	if (!header->phnum || header->phnum > MAX_SEGMENTS)
		return fail(error, "ELF file has %u program headers; expected 1 to %d",
			    header->phnum, MAX_SEGMENTS);
	if (header->phentsize < entry_size)
		return fail(error, "ELF program headers of %u bytes; expected %lu",
			    header->phentsize, entry_size);
	if (!in_file(file, header->phoff, (uint64_t)header->phnum * header->phentsize))
		return fail(error, "ELF program headers at %#lx, beyond the file's %lu bytes",
			    header->phoff, file->size);
	return true;
}

static bool check_segment(const struct image *file, const struct segment *s, uint32_t i,
			  struct error *error)
{
	if (s->filesz > s->memsz)
		return fail(error, "ELF segment %u has %lu bytes in the file, but %lu in memory", i,
			    s->filesz, s->memsz);
	if (!in_file(file, s->offset, s->filesz))
		return fail(error, "ELF segment %u is %#lx bytes at %#lx, beyond the file's %#lx",
			    i, s->filesz, s->offset, file->size);
	if (s->paddr + s->memsz < s->paddr || s->vaddr + s->memsz - 1 < s->vaddr)
		return fail(error, "ELF segment %u wraps: %#lx bytes at %#lx", i, s->memsz,
			    s->paddr);
	if (s->paddr + s->memsz > MAX_PHYSICAL)
		return fail(error, "ELF segment %u is %#lx bytes at %#lx; expected below %#lx", i,
			    s->memsz, s->paddr, MAX_PHYSICAL);
	return true;
}

static bool check_overlap(const struct image *file, const struct header *header, uint32_t i,
			  const struct segment *s, struct error *error)
{
	for (uint32_t j = 0; j < i; j++) {
		struct segment other = read_segment(file, header, j);

		if (is_loaded(&other) && s->paddr < other.paddr + other.memsz &&
		    other.paddr < s->paddr + s->memsz)
			return fail(error, "ELF segments %u (%#lx-%#lx) and %u (%#lx-%#lx) overlap",
				    j, other.paddr, other.paddr + other.memsz, i, s->paddr,
				    s->paddr + s->memsz);
	}
	return true;
}

bool elf_read(const struct image *file, struct elf *elf, struct error *error)
{
	struct header header;
	bool entry_found = false;

	if (!check_ident(file, error))
		return false;
	read_header(file, &header);
	if (!check_header(file, &header, error))
		return false;
	*elf = (struct elf){.is_64 = file_is_64(file),
			    .position_independent = header.type == ET_DYN,
			    .start = UINT64_MAX};
	for (uint32_t i = 0; i < header.phnum; i++) {
		struct segment s = read_segment(file, &header, i);

		if (!is_loaded(&s))
			continue;
		if (!check_segment(file, &s, i, error) ||
		    !check_overlap(file, &header, i, &s, error))
			return false;
		if (s.paddr < elf->start)
			elf->start = s.paddr;
		if (s.paddr + s.memsz > elf->end)
			elf->end = s.paddr + s.memsz;
		if (header.entry - s.vaddr < s.memsz) {
			elf->entry = s.paddr + (header.entry - s.vaddr);
			entry_found = true;
		}
	}
	if (!elf->end)
		return fail(error, "ELF file has no segment to load");
	if (!entry_found)
		return fail(error, "ELF entry point %#lx is in no segment", header.entry);
	return true;
}

void elf_place(const struct image *file, uint64_t shift)
{
	const uint8_t *contents = phys(file->base);
	struct header header;

	read_header(file, &header);
	for (uint32_t i = 0; i < header.phnum; i++) {
		struct segment s = read_segment(file, &header, i);
		uint8_t *to;

		if (!is_loaded(&s))
			continue;
		to = phys(s.paddr + shift);
		memcpy(to, contents + s.offset, s.filesz);
		memset(to + s.filesz, 0, s.memsz - s.filesz);
	}
}

static bool inspect(struct slot *slot, struct error *error)
{
	struct elf elf;

	if (!elf_read(&slot->kernel, &elf, error))
		return false;
	if (elf.position_independent)
		return fail(error, "position-independent ELF file; expected one linked to an "
				   "address, or a Multiboot2 header that says it can be relocated");
	if (slot->initrd.size || slot->module_count)
		return fail(error, "a plain ELF kernel takes no initrd or modules; "
				   "expected a Linux or Multiboot kernel");
	if (slot->kernel.string[0])
		return fail(error, "a plain ELF kernel takes no command line; "
				   "expected nothing behind --");
	slot->needs = (struct needs){.fixed = true,
				     .base = elf.start,
				     .size = elf.end - elf.start,
				     .min_base = elf.start,
				     .max_end = elf.is_64 ? MAX_PHYSICAL : BELOW_4G};
	return true;
}

static bool load(const struct slot *slot, const struct load_context *context,
		 struct guest_entry *entry, struct error *error)
{
	struct elf elf;

	if (!elf_read(&slot->kernel, &elf, error))
		return false;
	elf_place(&slot->kernel, 0);
	entry->mode = elf.is_64 ? ENTRY_LONG : ENTRY_PROTECTED;
	entry->ip = elf.entry;
	entry->cx = SWITCHYARD_MAGIC;
	entry->dx = context->info;
	return true;
}

const struct load_format load_elf = {SWITCHYARD_ELF, elf_probe, inspect, load};
