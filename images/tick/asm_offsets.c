// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * asm_offsets.c - the numbers of C's structures and constants that NASM needs. It becomes
 * build/tick/asm_offsets.inc (nasm_define.h).
 */
#include <elf.h>
#include "nasm_define.h"
#include "interrupt_frame.h"
#include "multiboot_format.h"
#include "flat_segments.h"
#include "switchyard.h"

#define HIGH_HALF 4 /* of a 64-bit number, in bytes */

void asm_offsets(void);

void asm_offsets(void)
{
	CONSTANT(SWITCHYARD_MAGIC);
	OFFSET(switchyard_info, identity_pdpt);
	DEFINE("switchyard_info.identity_pdpt_high",
	       offsetof(struct switchyard_info, identity_pdpt) + HIGH_HALF);
	CONSTANT(HIGH_HALF);

	/*
	 * The number has 64 bits, because the compiler would print a 32-bit number of this size as
	 * a negative one.
	 */
	DEFINE("MULTIBOOT2_HEADER_MAGIC", (uint64_t)MULTIBOOT2_HEADER_MAGIC);
	CONSTANT(MULTIBOOT2_ARCH_I386);
	CONSTANT(MULTIBOOT2_TAG_ALIGN);
	CONSTANT(MULTIBOOT2_HEADER_END);
	CONSTANT(MULTIBOOT2_HEADER_RELOCATABLE);
	CONSTANT(MULTIBOOT2_PREFER_NONE);
	DEFINE("multiboot2_info_size", sizeof(struct multiboot2_info));

	DEFINE("rela.r_offset", offsetof(Elf64_Rela, r_offset));
	DEFINE("rela.r_addend", offsetof(Elf64_Rela, r_addend));
	DEFINE("rela_size", sizeof(Elf64_Rela));
	CONSTANT(LINK_ADDRESS);

	CONSTANT(SELECTOR_CODE);
	CONSTANT(SELECTOR_DATA);
	CONSTANT(GDT_CODE);
	CONSTANT(GDT_DATA);
	CONSTANT(INTERRUPT_STUB_SIZE);
	DEFINE("INTERRUPT_DROP",
	       offsetof(struct interrupt_frame, rip) - offsetof(struct interrupt_frame, vector));
}
