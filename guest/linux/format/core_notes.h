/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * core_notes.h - the headers of an ELF core of a slot's memory: what comes before the memory
 * itself. The driver writes them for files, and the monitor for /proc/vmcore of another slot's
 * kernel. crash, makedumpfile and gdb read them, and this order is what suits all of them:
 *
 *   Elf64_Ehdr
 *   PT_NOTE, which crash expects to be the first header, and the only one of its kind
 *   PT_LOAD of the kernel's image, for gdb: bytes of the next ones, by the image's own addresses
 *   PT_LOAD for each range of RAM, by its addresses in the kernel's map of all RAM
 *   notes: NT_PRSTATUS of each CPU, "QEMU" of each CPU, VMCOREINFO, SWITCHYARD
 *
 * Without a note named "QEMU", crash takes registers only of a task that panicked.
 */
#ifndef SWITCHYARD_CORE_NOTES_H
#define SWITCHYARD_CORE_NOTES_H

#ifdef __KERNEL__
#include <linux/elf.h>
#include <linux/string.h>
#else
#include <elf.h>
#include "lib/string.h"
#endif
#include "../switchyard.h"
#include "../switchyard_ioctl.h"

#define SWITCHYARD_CORE_HEADERS	  (2 + SWITCHYARD_MAX_RANGES)
#define SWITCHYARD_CORE_NOTE_ROOM 32 /* of a note: its header, and its name */
#define SWITCHYARD_NOTE_HEADER	  24 /* of VMCOREINFO in its kernel's memory: the same */

/* In place of an offset: memory is at its physical address. */
#define SWITCHYARD_CORE_PHYSICAL (~(uint64_t)0)

/* What the headers are of. */
struct switchyard_core_of {
	const struct switchyard_memory *memory; /* and the registers behind it */
	const void *vmcoreinfo; /* the note in the kernel's memory; NULL: there is none */
	const char *own;	/* lines that say which slot it is */
	uint32_t own_size;
	uint64_t at;  /* offset of the headers, or their physical address */
	uint64_t ram; /* offset of the first range, or SWITCHYARD_CORE_PHYSICAL */
};

/* NT_PRSTATUS: struct elf_prstatus of x86-64. */
struct switchyard_prstatus {
	uint8_t signals[32];
	uint32_t pid;
	uint8_t times[76];
	uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8;
	uint64_t rax, rcx, rdx, rsi, rdi, orig_rax, rip, cs, rflags, rsp, ss;
	uint64_t fs_base, gs_base, ds, es, fs, gs;
	uint64_t has_fpu;
};

/* A segment register, as in QEMU's target/i386/arch_dump.c. */
struct switchyard_qemu_segment {
	uint32_t selector, limit, flags, pad;
	uint64_t base;
};

/* What QEMU tells of a CPU. */
struct switchyard_qemu_cpu {
	uint32_t version, size;
	uint64_t rax, rbx, rcx, rdx, rsi, rdi, rsp, rbp;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t rip, rflags;
	struct switchyard_qemu_segment cs, ds, es, fs, gs, ss, ldt, tr, gdt, idt;
	uint64_t cr[5];
	uint64_t kernel_gs_base;
};

#define SWITCHYARD_QEMU_VERSION 1

_Static_assert(sizeof(struct switchyard_prstatus) == 336, "as readers expect it");
_Static_assert(sizeof(struct switchyard_qemu_cpu) == 440, "as readers expect it");

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

static inline uint64_t switchyard_core_align(uint64_t size)
{
	return (size + 3) & ~(uint64_t)3;
}

/* Appends a note, and moves *at behind it. */
static inline void switchyard_core_note(uint8_t **at, const char *name, uint32_t type,
					const void *bytes, uint32_t size)
{
	Elf64_Nhdr note = {.n_namesz = strlen(name) + 1, .n_descsz = size, .n_type = type};

	memcpy(*at, &note, sizeof(note));
	*at += sizeof(note);
	memcpy(*at, name, note.n_namesz);
	*at += switchyard_core_align(note.n_namesz);
	memcpy(*at, bytes, size);
	*at += switchyard_core_align(size);
}

/* Each CPU is a thread to gdb, which tells them apart by their numbers. 0 is none. */
static inline void switchyard_core_status(uint8_t **at, const struct switchyard_registers *cpu)
{
	struct switchyard_prstatus status = {
		.pid = cpu->cpu + 1,
		.r15 = cpu->r15,
		.r14 = cpu->r14,
		.r13 = cpu->r13,
		.r12 = cpu->r12,
		.rbp = cpu->rbp,
		.rbx = cpu->rbx,
		.r11 = cpu->r11,
		.r10 = cpu->r10,
		.r9 = cpu->r9,
		.r8 = cpu->r8,
		.rax = cpu->rax,
		.rcx = cpu->rcx,
		.rdx = cpu->rdx,
		.rsi = cpu->rsi,
		.rdi = cpu->rdi,
		.orig_rax = ~(uint64_t)0,
		.rip = cpu->rip,
		.cs = cpu->cs,
		.rflags = cpu->rflags,
		.rsp = cpu->rsp,
		.ss = cpu->ss,
		.fs_base = cpu->fs_base,
		.gs_base = cpu->gs_base,
		.ds = cpu->ds,
		.es = cpu->es,
		.fs = cpu->fs,
		.gs = cpu->gs,
	};

	switchyard_core_note(at, "CORE", NT_PRSTATUS, &status, sizeof(status));
}

static inline void switchyard_core_qemu(uint8_t **at, const struct switchyard_registers *cpu)
{
	struct switchyard_qemu_cpu qemu = {
		.version = SWITCHYARD_QEMU_VERSION,
		.size = sizeof(qemu),
		.rax = cpu->rax,
		.rbx = cpu->rbx,
		.rcx = cpu->rcx,
		.rdx = cpu->rdx,
		.rsi = cpu->rsi,
		.rdi = cpu->rdi,
		.rsp = cpu->rsp,
		.rbp = cpu->rbp,
		.r8 = cpu->r8,
		.r9 = cpu->r9,
		.r10 = cpu->r10,
		.r11 = cpu->r11,
		.r12 = cpu->r12,
		.r13 = cpu->r13,
		.r14 = cpu->r14,
		.r15 = cpu->r15,
		.rip = cpu->rip,
		.rflags = cpu->rflags,
		.cs.selector = cpu->cs,
		.ds.selector = cpu->ds,
		.es.selector = cpu->es,
		.fs = {.selector = cpu->fs, .base = cpu->fs_base},
		.gs = {.selector = cpu->gs, .base = cpu->gs_base},
		.ss.selector = cpu->ss,
		.ldt.selector = cpu->ldtr,
		.tr.selector = cpu->tr,
		.gdt = {.limit = cpu->gdt_limit, .base = cpu->gdt_base},
		.idt = {.limit = cpu->idt_limit, .base = cpu->idt_base},
		.cr = {cpu->cr0, 0, cpu->cr2, cpu->cr3, cpu->cr4},
		.kernel_gs_base = cpu->kernel_gs_base,
	};

	switchyard_core_note(at, "QEMU", 0, &qemu, sizeof(qemu));
}

/* The header of VMCOREINFO is written anew, because what is in memory may have changed. */
static inline void switchyard_core_notes(uint8_t **at, const struct switchyard_core_of *of)
{
	const struct switchyard_memory *memory = of->memory;
	uint32_t i;

	for (i = 0; i < memory->cpu_count; i++)
		switchyard_core_status(at, switchyard_core_cpu(memory, i));
	for (i = 0; i < memory->cpu_count; i++)
		switchyard_core_qemu(at, switchyard_core_cpu(memory, i));
	if (of->vmcoreinfo && memory->note.size > SWITCHYARD_NOTE_HEADER)
		switchyard_core_note(at, "VMCOREINFO", 0,
				     (const uint8_t *)of->vmcoreinfo + SWITCHYARD_NOTE_HEADER,
				     memory->note.size - SWITCHYARD_NOTE_HEADER);
	switchyard_core_note(at, "SWITCHYARD", SWITCHYARD_NOTE_SLOT, of->own, of->own_size);
}

/* The header of a range, whose first byte is at that offset. */
static inline void switchyard_core_load(Elf64_Phdr *header, uint64_t offset, uint64_t address,
					const struct switchyard_range *range)
{
	*header = (Elf64_Phdr){
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_W | PF_X,
		.p_offset = offset,
		.p_vaddr = address,
		.p_paddr = range->base,
		.p_filesz = range->size,
		.p_memsz = range->size,
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

/* Writes the headers of the memory. Returns how many. */
static inline int switchyard_core_loads(Elf64_Phdr *to, const struct switchyard_core_of *of)
{
	const struct switchyard_memory *memory = of->memory;
	uint64_t offset = switchyard_core_offset(of, memory->image.base);
	uint32_t i;
	int count = 0;

	if (memory->image.size && offset)
		switchyard_core_load(&to[count++], offset, memory->image_address, &memory->image);
	for (i = 0; i < memory->range_count; i++) {
		const struct switchyard_range *range = &memory->range[i];

		switchyard_core_load(&to[count++], switchyard_core_offset(of, range->base),
				     memory->direct + range->base, range);
	}
	return count;
}

/* Bytes that the headers need at most. */
static inline size_t switchyard_core_room(const struct switchyard_memory *memory, uint32_t own_size)
{
	return switchyard_core_start() +
	       (uint64_t)memory->cpu_count *
		       (2 * SWITCHYARD_CORE_NOTE_ROOM + sizeof(struct switchyard_prstatus) +
			sizeof(struct switchyard_qemu_cpu)) +
	       memory->note.size + own_size + 3 * SWITCHYARD_CORE_NOTE_ROOM;
}

/*
 * Writes them to so much memory, which is zero. Linux reads a PT_NOTE of /proc/vmcore until it
 * finds a note without a name, and looks no further than p_memsz.
 */
static inline void switchyard_core_write(void *to, const struct switchyard_core_of *of)
{
	const uint64_t notes = switchyard_core_start();
	Elf64_Phdr *headers = (Elf64_Phdr *)((uint8_t *)to + sizeof(Elf64_Ehdr));
	uint8_t *at = (uint8_t *)to + notes;
	Elf64_Ehdr elf = {
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			    EV_CURRENT},
		.e_type = ET_CORE,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(elf),
		.e_ehsize = sizeof(elf),
		.e_phentsize = sizeof(Elf64_Phdr),
	};
	uint64_t size, end = of->ram == SWITCHYARD_CORE_PHYSICAL ? sizeof(Elf64_Nhdr) : 0;

	switchyard_core_notes(&at, of);
	size = (uint64_t)(at - (uint8_t *)to) - notes;
	headers[0] = (Elf64_Phdr){
		.p_type = PT_NOTE,
		.p_offset = of->at + notes,
		.p_filesz = size,
		.p_memsz = size + end,
	};
	elf.e_phnum = (uint16_t)(1 + switchyard_core_loads(headers + 1, of));
	memcpy(to, &elf, sizeof(elf));
}

#endif
