/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * core_notes.h - the headers of an ELF core of a slot's memory: what comes before the memory
 * itself. The driver writes them for files, and the monitor for /proc/vmcore of another slot's
 * kernel. crash, makedumpfile and gdb read them, and this order is what suits all of them:
 *
 *   Elf64_Ehdr; Elf32_Ehdr of a 32-bit kernel, whose gdb reads no other
 *   PT_NOTE, which crash expects to be the first header, and the only one of its kind
 *   PT_LOAD of the kernel's image, for gdb: bytes of the next ones, by the image's own addresses
 *   PT_LOAD for each range of RAM, by its addresses in the kernel's map of all RAM. What a 32-bit
 *           kernel does not map there has one of its own, whose address is the highest one, as
 *           kexec-tools have it
 *   notes: NT_PRSTATUS of each CPU, "QEMU" of each CPU, VMCOREINFO, SWITCHYARD, and SWITCHYARD once
 *           more with the record of a snapshot
 *
 * Without a note named "QEMU", crash takes registers only of a task that panicked. Its i386 build
 * takes none of such a note, so it gets none.
 */
#ifndef SWITCHYARD_CORE_NOTES_H
#define SWITCHYARD_CORE_NOTES_H

#include "core_registers.h"
#include "../switchyard_ioctl.h"

#define SWITCHYARD_CORE_HEADERS	  (3 + SWITCHYARD_MAX_RANGES)
#define SWITCHYARD_CORE_NOTE_ROOM 32 /* of a note: its header, and its name */
#define SWITCHYARD_NOTE_HEADER	  24 /* of VMCOREINFO in its kernel's memory: the same */

/* In place of an offset: memory is at its physical address. */
#define SWITCHYARD_CORE_PHYSICAL (~(uint64_t)0)

/* In place of a virtual address: a 32-bit kernel does not map that memory all the time. */
#define SWITCHYARD_CORE_UNMAPPED 0xffffffffull

/* What the headers are of. */
struct switchyard_core_of {
	const struct switchyard_memory *memory; /* and the registers behind it */
	const void *vmcoreinfo; /* the note in the kernel's memory; NULL: there is none */
	const char *own;	/* lines that say which slot it is */
	uint32_t own_size;
	uint32_t record_size;
	const void *record; /* restores the slot (struct switchyard_record); NULL: there is none */
	uint64_t at;	    /* offset of the headers, or their physical address */
	uint64_t ram;	    /* offset of the first range, or SWITCHYARD_CORE_PHYSICAL */
	uint32_t as_64;	    /* 1: the headers say x86-64 of every kernel, as /proc/vmcore needs */
};

/* True if a 32-bit kernel ran there. A monitor of before has no such field. */
static inline int switchyard_core_is_32(const struct switchyard_memory *memory)
{
	return memory->size >= sizeof(*memory) && memory->bits == 32;
}

static inline const struct switchyard_registers *
switchyard_core_cpu(const struct switchyard_memory *memory, uint32_t index)
{
	return (const struct switchyard_registers *)((const uint8_t *)memory + memory->size +
						     (uint64_t)index * memory->cpu_size);
}

/* The offset of the notes: behind as many headers as there may be. */
static inline size_t switchyard_core_start(void)
{
	return sizeof(Elf64_Ehdr) + SWITCHYARD_CORE_HEADERS * sizeof(Elf64_Phdr);
}

/* The header of VMCOREINFO is written anew, because what is in memory may have changed. */
static inline void switchyard_core_notes(uint8_t **at, const struct switchyard_core_of *of)
{
	const struct switchyard_memory *memory = of->memory;
	int is_32 = switchyard_core_is_32(memory);
	uint32_t i;

	for (i = 0; i < memory->cpu_count && is_32; i++)
		switchyard_core_status_32(at, switchyard_core_cpu(memory, i));
	for (i = 0; i < memory->cpu_count && !is_32; i++)
		switchyard_core_status(at, switchyard_core_cpu(memory, i));
	for (i = 0; i < memory->cpu_count && !is_32; i++)
		switchyard_core_qemu(at, switchyard_core_cpu(memory, i));
	if (of->vmcoreinfo && memory->note.size > SWITCHYARD_NOTE_HEADER)
		switchyard_core_note(at, "VMCOREINFO", 0,
				     (const uint8_t *)of->vmcoreinfo + SWITCHYARD_NOTE_HEADER,
				     memory->note.size - SWITCHYARD_NOTE_HEADER);
	switchyard_core_note(at, "SWITCHYARD", SWITCHYARD_NOTE_SLOT, of->own, of->own_size);
	if (of->record)
		switchyard_core_note(at, "SWITCHYARD", SWITCHYARD_NOTE_RECORD, of->record,
				     of->record_size);
}

/* The header of RAM, whose first byte is at that offset. */
static inline void switchyard_core_load(Elf64_Phdr *header, uint64_t offset, uint64_t address,
					uint64_t physical, uint64_t size)
{
	*header = (Elf64_Phdr){
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_W | PF_X,
		.p_offset = offset,
		.p_vaddr = address,
		.p_paddr = physical,
		.p_filesz = size,
		.p_memsz = size,
	};
}

/* Where a physical address is. 0: it is in no range. */
static inline uint64_t switchyard_core_offset(const struct switchyard_core_of *of, uint64_t address)
{
	uint64_t before = 0;
	uint32_t i;

	for (i = 0; i < of->memory->range_count; i++) {
		const struct switchyard_range *range = &of->memory->range[i];

		if (address >= range->base && address - range->base < range->size)
			return of->ram == SWITCHYARD_CORE_PHYSICAL
				       ? address
				       : of->ram + before + (address - range->base);
		before += range->size;
	}
	return 0;
}

/* Bytes at the range's start that are in a kernel's map of all RAM, which ends there; 0: never. */
static inline uint64_t switchyard_core_mapped(uint64_t end, const struct switchyard_range *range)
{
	if (!end || end > range->base + range->size)
		return range->size;
	return end > range->base ? end - range->base : 0;
}

/* Writes the headers of the memory. Returns how many. */
static inline int switchyard_core_loads(Elf64_Phdr *to, const struct switchyard_core_of *of)
{
	const struct switchyard_memory *memory = of->memory;
	uint64_t offset = switchyard_core_offset(of, memory->image.base);
	uint64_t end = switchyard_core_is_32(memory) ? memory->direct_end : 0;
	uint32_t i;
	int count = 0;

	if (memory->image.size && offset)
		switchyard_core_load(&to[count++], offset, memory->image_address,
				     memory->image.base, memory->image.size);
	for (i = 0; i < memory->range_count; i++) {
		const struct switchyard_range *range = &memory->range[i];
		uint64_t mapped = switchyard_core_mapped(end, range);

		offset = switchyard_core_offset(of, range->base);
		if (mapped)
			switchyard_core_load(&to[count++], offset, memory->direct + range->base,
					     range->base, mapped);
		if (mapped < range->size)
			switchyard_core_load(&to[count++], offset + mapped,
					     SWITCHYARD_CORE_UNMAPPED, range->base + mapped,
					     range->size - mapped);
	}
	return count;
}

/* Bytes that the headers need at most. own_size: of the notes named SWITCHYARD. */
static inline size_t switchyard_core_room(const struct switchyard_memory *memory, uint32_t own_size)
{
	return switchyard_core_start() +
	       (uint64_t)memory->cpu_count *
		       (2 * SWITCHYARD_CORE_NOTE_ROOM + sizeof(struct switchyard_prstatus) +
			sizeof(struct switchyard_qemu_cpu)) +
	       memory->note.size + own_size + 4 * SWITCHYARD_CORE_NOTE_ROOM;
}

/* As ELF32 has it. The kernel has no RAM above 4 GiB, and its file is not as large. */
static inline Elf32_Phdr switchyard_core_header_32(const Elf64_Phdr *header)
{
	return (Elf32_Phdr){
		.p_type = header->p_type,
		.p_flags = header->p_flags,
		.p_offset = (uint32_t)header->p_offset,
		.p_vaddr = (uint32_t)header->p_vaddr,
		.p_paddr = (uint32_t)header->p_paddr,
		.p_filesz = (uint32_t)header->p_filesz,
		.p_memsz = (uint32_t)header->p_memsz,
	};
}

/* True if 32 bits are enough for all offsets and physical addresses. */
static inline int switchyard_core_fits_32(const Elf64_Phdr *header, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if ((header[i].p_offset + header[i].p_memsz) >> 32 ||
		    (header[i].p_paddr + header[i].p_memsz) >> 32)
			return 0;
	return 1;
}

static inline void switchyard_core_write_32(void *to, const Elf64_Phdr *header, int count)
{
	Elf32_Phdr *headers = (Elf32_Phdr *)((uint8_t *)to + sizeof(Elf32_Ehdr));
	Elf32_Ehdr elf = {
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, ELFDATA2LSB,
			    EV_CURRENT},
		.e_type = ET_CORE,
		.e_machine = EM_386,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(elf),
		.e_ehsize = sizeof(elf),
		.e_phentsize = sizeof(Elf32_Phdr),
		.e_phnum = (uint16_t)count,
	};
	int i;

	memcpy(to, &elf, sizeof(elf));
	for (i = 0; i < count; i++)
		headers[i] = switchyard_core_header_32(&header[i]);
}

static inline void switchyard_core_write_64(void *to, const Elf64_Phdr *header, int count,
					    uint16_t machine)
{
	Elf64_Ehdr elf = {
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			    EV_CURRENT},
		.e_type = ET_CORE,
		.e_machine = machine,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(elf),
		.e_ehsize = sizeof(elf),
		.e_phentsize = sizeof(*header),
		.e_phnum = (uint16_t)count,
	};

	memcpy(to, &elf, sizeof(elf));
	memcpy((uint8_t *)to + sizeof(elf), header, count * sizeof(*header));
}

/*
 * Writes them to so much memory, which is zero. Linux reads a PT_NOTE of /proc/vmcore until it
 * finds a note without a name, and looks no further than p_memsz.
 */
static inline void switchyard_core_write(void *to, const struct switchyard_core_of *of)
{
	const uint64_t notes = switchyard_core_start();
	Elf64_Phdr headers[SWITCHYARD_CORE_HEADERS];
	uint8_t *at = (uint8_t *)to + notes;
	uint64_t size, end = of->ram == SWITCHYARD_CORE_PHYSICAL ? sizeof(Elf64_Nhdr) : 0;
	int count, is_32 = switchyard_core_is_32(of->memory) && !of->as_64;

	switchyard_core_notes(&at, of);
	size = (uint64_t)(at - (uint8_t *)to) - notes;
	headers[0] = (Elf64_Phdr){
		.p_type = PT_NOTE,
		.p_offset = of->at + notes,
		.p_filesz = size,
		.p_memsz = size + end,
	};
	count = 1 + switchyard_core_loads(headers + 1, of);
	if (is_32 && switchyard_core_fits_32(headers, count))
		switchyard_core_write_32(to, headers, count);
	else
		switchyard_core_write_64(to, headers, count, is_32 ? EM_386 : EM_X86_64);
}

#endif
