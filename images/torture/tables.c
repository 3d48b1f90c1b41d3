// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * tables.c - descriptor tables with everything that the gate keeps, including an LDT and a TSS. SDM
 * volume 3, sections 3.4.5 (segments), 3.5 (LDT), 7.2.3 (TSS descriptor) and 7.7 (TSS).
 */
#include "../tick/instructions.h"
#include "../tick/flat_segments.h"
#include "torture.h"

#define TYPE_LDT     0x82 /* present */
#define TYPE_TSS     0x89 /* present, 64-bit, available */
#define SYSTEM_ENTRY 2	  /* a system descriptor takes two places in 64-bit mode */

/* Places in the GDT; SELECTOR_CODE and SELECTOR_DATA have 2 and 3. */
enum {
	PLACE_CODE = SELECTOR_CODE / 8,
	PLACE_DATA = SELECTOR_DATA / 8,
	PLACE_SYSTEM_1 = 4,
	PLACE_OTHER_CODE = (SELECTOR_CODE | (TORTURE_SELECTOR_BITS & ~7)) / 8,
	PLACE_OTHER_DATA = (SELECTOR_DATA | (TORTURE_SELECTOR_BITS & ~7)) / 8,
	PLACE_SYSTEM_2 = PLACE_OTHER_DATA + 1,
	PLACES = PLACE_SYSTEM_2 + SYSTEM_ENTRY,
	PLACES_SPARE = TORTURE_GDT_LIMIT_BITS / 8,
};
_Static_assert(((PLACES * 8 - 1) & TORTURE_GDT_LIMIT_BITS) == 0,
	       "the bit is free in the GDT's limit");

struct tss {
	uint32_t reserved;
	uint64_t stack[3];
	uint64_t reserved_2;
	uint64_t interrupt_stack[7];
	uint64_t reserved_3;
	uint16_t reserved_4;
	uint16_t io_bitmap;
} __attribute__((packed));
_Static_assert(sizeof(struct tss) == 104, "a 64-bit TSS has 104 bytes");

static void put_system(uint64_t *descriptor, const void *base, uint32_t size, uint64_t type)
{
	uint64_t address = (uint64_t)base;

	descriptor[0] =
		(size - 1) | (address & 0xffffff) << 16 | type << 40 | (address >> 24 & 0xff) << 56;
	descriptor[1] = address >> 32;
}

struct tables {
	uint64_t gdt[PLACES + PLACES_SPARE], ldt[PLACE_OTHER_DATA + 1];
	struct tss tss;
};

void torture_tables_init(uint32_t slot, uint32_t cpu)
{
	static struct tables each[TORTURE_CPUS];
	struct tables *tables = &each[cpu];
	bool other = (slot + cpu) % 2;
	uint16_t tss_place = other ? PLACE_SYSTEM_1 : PLACE_SYSTEM_2;
	uint16_t ldt_place = other ? PLACE_SYSTEM_2 : PLACE_SYSTEM_1;
	uint64_t *gdt = tables->gdt, *ldt = tables->ldt;
	struct table_pointer pointer = {PLACES * 8 - 1, (uint64_t)gdt};

	tables->tss.io_bitmap = sizeof(tables->tss);
	gdt[PLACE_CODE] = gdt[PLACE_OTHER_CODE] = GDT_CODE;
	gdt[SELECTOR_CODE32 / 8] = GDT_CODE32;
	gdt[PLACE_DATA] = gdt[PLACE_OTHER_DATA] = GDT_DATA;
	ldt[PLACE_CODE] = ldt[PLACE_OTHER_CODE] = GDT_CODE;
	ldt[PLACE_DATA] = ldt[PLACE_OTHER_DATA] = GDT_DATA;
	put_system(&gdt[tss_place], &tables->tss, sizeof(tables->tss), TYPE_TSS);
	put_system(&gdt[ldt_place], ldt, sizeof(tables->ldt), TYPE_LDT);
	/*
	 * CS and the others need not be loaded again, because the new GDT has the same descriptors
	 * at their places.
	 */
	__asm__ volatile("lgdt %0" : : "m"(pointer));
	__asm__ volatile("lldt %w0" : : "r"(ldt_place * 8) : "memory");
	__asm__ volatile("ltr %w0" : : "r"(tss_place * 8) : "memory");
}
