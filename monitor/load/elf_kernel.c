// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/load/elf_kernel.h"
#include <elf.h>
#include "arch/x86/memory/phys.h"
#include "monitor/load/load_format.h"

/*
 * Kernels have a handful of segments. The limit keeps the check for overlaps short, which compares
 * each segment with each other.
 */
#define MAX_SEGMENTS 64

bool elf_kernel_probe(const struct image *image)
{
	return elf_has_magic(phys(image->base), image->size);
}

static bool check_kernel_header(const struct elf_file *file, struct error *error)
{
	uint16_t machine = file->is_64 ? EM_X86_64 : EM_386;

	if (file->machine != machine)
		return fail(error, "ELF%d file for machine %u; expected %u", file->is_64 ? 64 : 32,
			    file->machine, machine);
	if (file->type != ET_EXEC && file->type != ET_DYN)
		return fail(error, "ELF file of type %u; expected 2 (executable)", file->type);
	if (!file->segments || file->segments > MAX_SEGMENTS)
		return fail(error, "ELF file has %u program headers; expected 1 to %d",
			    file->segments, MAX_SEGMENTS);
	return elf_check_table(file, error);
}

static bool check_limit(uint32_t i, const struct elf_segment *s, struct error *error)
{
	if (s->paddr + s->memsz > MAX_PHYSICAL)
		return fail(error, "ELF segment %u is %#lx bytes at %#lx; expected below %#lx", i,
			    s->memsz, s->paddr, MAX_PHYSICAL);
	return true;
}

static bool check_overlap(const struct elf_file *file, uint32_t i, const struct elf_segment *s,
			  struct error *error)
{
	for (uint32_t j = 0; j < i; j++) {
		struct elf_segment other = elf_segment(file, j);

		if (elf_is_loaded(&other) && s->paddr < other.paddr + other.memsz &&
		    other.paddr < s->paddr + s->memsz)
			return fail(error, "ELF segments %u (%#lx-%#lx) and %u (%#lx-%#lx) overlap",
				    j, other.paddr, other.paddr + other.memsz, i, s->paddr,
				    s->paddr + s->memsz);
	}
	return true;
}

/*
 * The entry point is a virtual address. Some kernels that run at high addresses have a physical one,
 * as they start without paging. It counts if it is no virtual address of the kernel.
 */
static bool find_entry(const struct elf_file *file, uint64_t *entry, struct error *error)
{
	bool found = false;

	for (uint32_t i = 0; i < file->segments; i++) {
		struct elf_segment s = elf_segment(file, i);

		if (elf_is_loaded(&s) && file->entry - s.vaddr < s.memsz) {
			*entry = s.paddr + (file->entry - s.vaddr);
			return true;
		}
		if (elf_is_loaded(&s) && file->entry - s.paddr < s.memsz) {
			*entry = file->entry;
			found = true;
		}
	}
	return found || fail(error, "ELF entry point %#lx is in no segment", file->entry);
}

bool elf_kernel_read(const struct image *image, struct elf_kernel *kernel, struct error *error)
{
	struct elf_file *file = &kernel->file;

	*kernel = (struct elf_kernel){.start = UINT64_MAX};
	if (!elf_open(file, phys(image->base), image->size, error) ||
	    !check_kernel_header(file, error))
		return false;
	kernel->position_independent = file->type == ET_DYN;
	for (uint32_t i = 0; i < file->segments; i++) {
		struct elf_segment s = elf_segment(file, i);

		if (!elf_is_loaded(&s))
			continue;
		if (!elf_check_segment(file, i, &s, error) || !check_limit(i, &s, error) ||
		    !check_overlap(file, i, &s, error))
			return false;
		if (s.paddr < kernel->start)
			kernel->start = s.paddr;
		if (s.paddr + s.memsz > kernel->end)
			kernel->end = s.paddr + s.memsz;
	}
	if (!kernel->end)
		return fail(error, "ELF file has no segment to load");
	return find_entry(file, &kernel->entry, error);
}

void elf_kernel_place(const struct elf_kernel *kernel, uint64_t shift)
{
	for (uint32_t i = 0; i < kernel->file.segments; i++) {
		struct elf_segment s = elf_segment(&kernel->file, i);

		if (elf_is_loaded(&s))
			elf_copy_segment(&kernel->file, &s, phys(s.paddr + shift));
	}
}
