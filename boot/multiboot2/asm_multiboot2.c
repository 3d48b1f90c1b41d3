// SPDX-License-Identifier: GPL-2.0-only
/*
 * asm_multiboot2.c - the constants of a Multiboot2 header, for NASM (arch/x86/cpu/asm_define.h).
 */
#include "arch/x86/cpu/asm_define.h"
#include "multiboot_format.h"

void asm_multiboot2(void);

void asm_multiboot2(void)
{
	/* It has 64 bits, because the compiler would print it as a negative 32-bit number. */
	DEFINE("MULTIBOOT2_HEADER_MAGIC", (uint64_t)MULTIBOOT2_HEADER_MAGIC);
	CONSTANT(MULTIBOOT2_ARCH_I386);
	CONSTANT(MULTIBOOT2_TAG_ALIGN);
	CONSTANT(MULTIBOOT2_HEADER_END);
	CONSTANT(MULTIBOOT2_HEADER_INFORMATION_REQUEST);
	CONSTANT(MULTIBOOT2_INFO_COMMAND_LINE);
	CONSTANT(MULTIBOOT2_INFO_MODULE);
	CONSTANT(MULTIBOOT2_INFO_MAP);
}
