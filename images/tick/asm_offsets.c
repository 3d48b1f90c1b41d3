// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * asm_offsets.c - what NASM has to know of C's structures and constants. Compiled to assembly
 * text only: tick.mk turns each "->" line into a %define of build/tick/asm_offsets.inc.
 */
#include <elf.h>
#include <stddef.h>
#include "interrupt_frame.h"
#include "multiboot_format.h"
#include "switchyard.h"

#define DEFINE(name, value)  __asm__ volatile("\n.ascii \"->" name " %0\"" : : "i"(value))
#define OFFSET(type, member) DEFINE(#type "." #member, offsetof(struct type, member))

#define HIGH_HALF	     4 /* of a 64-bit number, in bytes */

void asm_offsets(void);

void asm_offsets(void)
{
	DEFINE("SWITCHYARD_MAGIC", SWITCHYARD_MAGIC);
	OFFSET(switchyard_info, identity_pdpt);
	DEFINE("switchyard_info.identity_pdpt_high",
	       offsetof(struct switchyard_info, identity_pdpt) + HIGH_HALF);
	DEFINE("HIGH_HALF", HIGH_HALF);

	/* In 64 bits: the compiler would print a 32-bit number of this size as a negative one. */
	DEFINE("MULTIBOOT2_HEADER_MAGIC", (uint64_t)MULTIBOOT2_HEADER_MAGIC);
	DEFINE("MULTIBOOT2_ARCH_I386", MULTIBOOT2_ARCH_I386);
	DEFINE("MULTIBOOT2_TAG_ALIGN", MULTIBOOT2_TAG_ALIGN);
	DEFINE("MULTIBOOT2_HEADER_END", MULTIBOOT2_HEADER_END);
	DEFINE("MULTIBOOT2_HEADER_RELOCATABLE", MULTIBOOT2_HEADER_RELOCATABLE);
	DEFINE("MULTIBOOT2_PREFER_NONE", MULTIBOOT2_PREFER_NONE);
	DEFINE("multiboot2_info_size", sizeof(struct multiboot2_info));

	DEFINE("rela.r_offset", offsetof(Elf64_Rela, r_offset));
	DEFINE("rela.r_addend", offsetof(Elf64_Rela, r_addend));
	DEFINE("rela_size", sizeof(Elf64_Rela));
	DEFINE("LINK_ADDRESS", LINK_ADDRESS);

	DEFINE("SELECTOR_CODE", SELECTOR_CODE);
	DEFINE("SELECTOR_DATA", SELECTOR_DATA);
	DEFINE("INTERRUPT_STUB_SIZE", INTERRUPT_STUB_SIZE);
	DEFINE("INTERRUPT_DROP",
	       offsetof(struct interrupt_frame, rip) - offsetof(struct interrupt_frame, vector));
}
