/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * core_registers.h - notes with the registers of a CPU, in an ELF core of a slot's memory: see
 * core_notes.h.
 */
#ifndef SWITCHYARD_CORE_REGISTERS_H
#define SWITCHYARD_CORE_REGISTERS_H

#ifdef __KERNEL__
#include <linux/elf.h>
#include <linux/stddef.h>
#include <linux/string.h>
#else
#include <elf.h>
#include <stddef.h>
#include "lib/string.h"
#endif
#include "../switchyard.h"

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

/* The same of the i386. */
struct switchyard_prstatus_32 {
	uint8_t signals[24];
	uint32_t pid;
	uint8_t times[44];
	uint32_t ebx, ecx, edx, esi, edi, ebp, eax, ds, es, fs, gs;
	uint32_t orig_eax, eip, cs, eflags, esp, ss;
	uint32_t has_fpu;
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
_Static_assert(sizeof(struct switchyard_prstatus_32) == 144, "as readers expect it");
_Static_assert(offsetof(struct switchyard_prstatus_32, ebx) == 72, "as readers expect it");
_Static_assert(sizeof(struct switchyard_qemu_cpu) == 440, "as readers expect it");

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

/* A CPU that was not in that kernel's mode has no registers that its readers could show. */
static inline void switchyard_core_status_32(uint8_t **at, const struct switchyard_registers *cpu)
{
	struct switchyard_prstatus_32 status = {
		.pid = cpu->cpu + 1,
		.ebx = (uint32_t)cpu->rbx,
		.ecx = (uint32_t)cpu->rcx,
		.edx = (uint32_t)cpu->rdx,
		.esi = (uint32_t)cpu->rsi,
		.edi = (uint32_t)cpu->rdi,
		.ebp = (uint32_t)cpu->rbp,
		.eax = (uint32_t)cpu->rax,
		.ds = cpu->ds,
		.es = cpu->es,
		.fs = cpu->fs,
		.gs = cpu->gs,
		.orig_eax = ~(uint32_t)0,
		.eip = (uint32_t)cpu->rip,
		.cs = cpu->cs,
		.eflags = (uint32_t)cpu->rflags,
		.esp = (uint32_t)cpu->rsp,
		.ss = cpu->ss,
	};

	if (!((cpu->rip | cpu->rsp) >> 32))
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

#endif
