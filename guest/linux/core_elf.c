// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_elf.c - the headers of an ELF core file of another slot's memory: what comes before the
 * memory itself. crash, makedumpfile and gdb read it, and this order is what suits all of them:
 *
 *   struct elf64_hdr
 *   PT_NOTE, which crash expects to be the first header, and the only one of its kind
 *   PT_LOAD of the kernel's image, for gdb: bytes of the next ones, by the image's own addresses
 *   PT_LOAD for each range of RAM, by its addresses in the kernel's map of all RAM
 *   notes: NT_PRSTATUS of each CPU, "QEMU" of each CPU, VMCOREINFO, SWITCHYARD
 *
 * Without a note named "QEMU", crash takes registers only of a task that panicked.
 */
#include <linux/elf.h>
#include <linux/elfcore.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include "core.h"
#include "switchyard_names.h"

#define MAX_HEADERS (2 + SWITCHYARD_MAX_RANGES)
#define NAME_ROOM   20 /* of a note: its header, and the longest name but VMCOREINFO's */
#define OWN_ROOM    256
#define NOTES_ALIGN 4

/* A segment register, as in QEMU's target/i386/arch_dump.c. */
struct qemu_segment {
	u32 selector, limit, flags, pad;
	u64 base;
};

/* What QEMU tells of a CPU. */
struct qemu_cpu {
	u32 version, size;
	u64 rax, rbx, rcx, rdx, rsi, rdi, rsp, rbp;
	u64 r8, r9, r10, r11, r12, r13, r14, r15;
	u64 rip, rflags;
	struct qemu_segment cs, ds, es, fs, gs, ss, ldt, tr, gdt, idt;
	u64 cr[5];
	u64 kernel_gs_base;
};

#define QEMU_VERSION 1

static_assert(sizeof(struct elf_prstatus) == 336);
static_assert(sizeof(struct qemu_cpu) == 440);

static const struct switchyard_registers *cpu_of(const struct switchyard_memory *memory, u32 index)
{
	return (const void *)memory + memory->size + (size_t)index * memory->cpu_size;
}

/* Appends a note, and moves *at behind it. */
static void add_note(u8 **at, const char *name, u32 type, const void *bytes, u32 size)
{
	struct elf64_note note = {.n_namesz = strlen(name) + 1, .n_descsz = size, .n_type = type};

	memcpy(*at, &note, sizeof(note));
	*at += sizeof(note);
	memcpy(*at, name, note.n_namesz);
	*at += ALIGN(note.n_namesz, NOTES_ALIGN);
	memcpy(*at, bytes, size);
	*at += ALIGN(size, NOTES_ALIGN);
}

/* Each CPU is a thread to gdb, which tells them apart by their numbers. 0 is none. */
static void add_status(u8 **at, const struct switchyard_registers *cpu)
{
	struct elf_prstatus status = {.common.pr_pid = cpu->cpu + 1};
	struct user_regs_struct regs = {
		.r15 = cpu->r15,
		.r14 = cpu->r14,
		.r13 = cpu->r13,
		.r12 = cpu->r12,
		.bp = cpu->rbp,
		.bx = cpu->rbx,
		.r11 = cpu->r11,
		.r10 = cpu->r10,
		.r9 = cpu->r9,
		.r8 = cpu->r8,
		.ax = cpu->rax,
		.cx = cpu->rcx,
		.dx = cpu->rdx,
		.si = cpu->rsi,
		.di = cpu->rdi,
		.orig_ax = -1,
		.ip = cpu->rip,
		.cs = cpu->cs,
		.flags = cpu->rflags,
		.sp = cpu->rsp,
		.ss = cpu->ss,
		.fs_base = cpu->fs_base,
		.gs_base = cpu->gs_base,
		.ds = cpu->ds,
		.es = cpu->es,
		.fs = cpu->fs,
		.gs = cpu->gs,
	};

	static_assert(sizeof(regs) == sizeof(status.pr_reg));
	memcpy(&status.pr_reg, &regs, sizeof(regs));
	add_note(at, "CORE", NT_PRSTATUS, &status, sizeof(status));
}

static void add_qemu(u8 **at, const struct switchyard_registers *cpu)
{
	struct qemu_cpu qemu = {
		.version = QEMU_VERSION,
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

	add_note(at, "QEMU", 0, &qemu, sizeof(qemu));
}

/* What the file is of, in lines. A tool that leaves pages out changes the level. */
static void add_own(u8 **at, const struct switchyard_memory *memory, const char *name)
{
	char text[OWN_ROOM] = "";
	int size = scnprintf(text, sizeof(text), "SLOT=%s\nSTATE=%s\nTURN=%u\nLEVEL=%-2u\n", name,
			     switchyard_state_name(memory->state), memory->turn, 0);

	add_note(at, "SWITCHYARD", SWITCHYARD_NOTE_SLOT, text, size);
}

static void add_notes(u8 **at, const struct switchyard_memory *memory, const char *name,
		      const void *vmcoreinfo)
{
	u32 i;

	for (i = 0; i < memory->cpu_count; i++)
		add_status(at, cpu_of(memory, i));
	for (i = 0; i < memory->cpu_count; i++)
		add_qemu(at, cpu_of(memory, i));
	if (vmcoreinfo) {
		memcpy(*at, vmcoreinfo, memory->note.size);
		*at += ALIGN(memory->note.size, NOTES_ALIGN);
	}
	add_own(at, memory, name);
}

/* The header of a range, whose first byte is at that offset. */
static struct elf64_phdr load_header(u64 offset, u64 address, const struct switchyard_range *range)
{
	return (struct elf64_phdr){
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_W | PF_X,
		.p_offset = offset,
		.p_vaddr = address,
		.p_paddr = range->base,
		.p_filesz = range->size,
		.p_memsz = range->size,
	};
}

/* Where a physical address is in the file. 0: nowhere. */
static u64 offset_of(const struct switchyard_memory *memory, u64 address, u64 start)
{
	u32 i;

	for (i = 0; i < memory->range_count; i++) {
		const struct switchyard_range *range = &memory->range[i];

		if (address >= range->base && address - range->base < range->size)
			return start + (address - range->base);
		start += range->size;
	}
	return 0;
}

/* The headers of memory that begins at offset start. Returns how many. */
static u32 add_loads(struct elf64_phdr *header, const struct switchyard_memory *memory, u64 start)
{
	u64 offset = offset_of(memory, memory->image.base, start);
	u32 count = 0, i;

	if (memory->image.size && offset)
		header[count++] = load_header(offset, memory->image_address, &memory->image);
	for (i = 0; i < memory->range_count; i++) {
		const struct switchyard_range *range = &memory->range[i];

		header[count++] = load_header(start, memory->direct + range->base, range);
		start += range->size;
	}
	return count;
}

void *switchyard_elf_make(const struct switchyard_memory *memory, const char *name,
			  const void *vmcoreinfo, u64 *size)
{
	size_t notes_at = sizeof(struct elf64_hdr) + MAX_HEADERS * sizeof(struct elf64_phdr);
	size_t most = notes_at + memory->note.size + NAME_ROOM + NOTES_ALIGN + OWN_ROOM +
		      (size_t)memory->cpu_count * (2 * NAME_ROOM + sizeof(struct elf_prstatus) +
						   sizeof(struct qemu_cpu));
	u8 *bytes = alloc_pages_exact(PAGE_ALIGN(most), GFP_KERNEL | __GFP_ZERO), *at;
	struct elf64_hdr elf = {
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			    EV_CURRENT},
		.e_type = ET_CORE,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(elf),
		.e_ehsize = sizeof(elf),
		.e_phentsize = sizeof(struct elf64_phdr),
	};
	struct elf64_phdr *headers = (struct elf64_phdr *)(bytes + sizeof(elf));

	if (!bytes)
		return NULL;
	*size = PAGE_ALIGN(most);
	at = bytes + notes_at;
	add_notes(&at, memory, name, vmcoreinfo);
	headers[0] = (struct elf64_phdr){.p_type = PT_NOTE,
					 .p_offset = notes_at,
					 .p_filesz = at - bytes - notes_at,
					 .p_memsz = at - bytes - notes_at};
	elf.e_phnum = 1 + add_loads(headers + 1, memory, *size);
	memcpy(bytes, &elf, sizeof(elf));
	return bytes;
}
