// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/memory/relocate.h"
#include <elf.h>
#include "arch/x86/cpu/cpu.h"
#include "lib/string.h"

extern uint8_t monitor_start[], monitor_end[]; /* linker/monitor.ld */
extern const Elf64_Rela rela_start[], rela_end[];
extern const uint64_t monitor_linked_at;

static uint8_t move_stack[16384] __attribute__((aligned(16)));

uint64_t monitor_base(void)
{
	return (uint64_t)monitor_start;
}

uint64_t monitor_size(void)
{
	return (uint64_t)(monitor_end - monitor_start);
}

/*
 * The linker's offsets and addends are for the address that it linked for. GRUB loads the image
 * there, and the UEFI application loads it anywhere. The build checks that no other kind of
 * relocation exists.
 */
static void apply_relocations(uint64_t address)
{
	uint64_t delta = address - monitor_linked_at;

	for (const Elf64_Rela *rela = rela_start; rela < rela_end; rela++)
		*(uint64_t *)(rela->r_offset + delta) = (uint64_t)rela->r_addend + delta;
}

void relocate_and_call(uint64_t address, uint64_t size, void (*next)(void *), void *argument)
{
	uint64_t delta = address - monitor_base();
	uint64_t moved = argument ? (uint64_t)argument + delta : 0;
	uint64_t stack = (uint64_t)(move_stack + sizeof(move_stack)) + delta;

	memcpy((void *)address, monitor_start, size);
	apply_relocations(address);
	__asm__ volatile("mov %0, %%rsp\n\t"
			 "xor %%ebp, %%ebp\n\t" /* the backtrace ends here */
			 "call *%1\n\t"
			 "ud2"
			 :
			 : "r"(stack), "r"((uint64_t)next + delta), "D"(moved)
			 : "memory");
	__builtin_unreachable();
}
