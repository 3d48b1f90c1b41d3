// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * check_items.c - state that is one value each: how to read and write it, and what bits may be
 * anything. check_access.c has the functions.
 */
#include "check.h"
#include "check_access.h"

struct item {
	const char *name;
	uint64_t (*get)(uint32_t which);
	void (*set)(uint32_t which, uint64_t value); /* NULL: only compared */
	uint32_t which;
	uint64_t vary;	/* bits filled at random; all others stay, */
	uint64_t fixed; /* but for those that are set */
	uint32_t needs; /* features */
};

/* Canonical addresses, in the lower half. */
#define ADDRESS 0x00007fffffffffffull
#define ANY_32	0xffffffffull

/* SDM volume 3, 2.5. */
#define CR0_VARY 0x50002 /* AM, WP, MP */
#define CR4_VARY 0x8c	 /* TSD (CPL 3 only), DE, PGE */
#define XCR0_AVX 0x4
#define EFER_SCE 0x1
/* Table 12-10: 4 to 7 are memory types, all. Entry 0 is the one that tick's pages use. */
#define PAT_VARY  0x0303030303030300ull
#define PAT_FIXED 0x0404040404040400ull
/* 18.2: B0 to B3, BD, BS, BT; no breakpoint enabled, LE, GE, all on writes, any length. */
#define DR6_VARY  0xe00f
#define DR7_VARY  0xcccc0300ull
#define DR7_FIXED 0x11110000ull
/* Chapter 11; the LVT entries stay masked, with a vector from 0x20 on. */
#define SVR_VARY  0x0f
#define LVT_VARY  0xcf
#define LVT_FIXED 0x10020
#define LDR_VARY  0xff000000ull
#define CR8_VARY  0xf
/* IRQ 3, 5, 7 and, behind a cascade that stays masked, all of the slave's. */
#define PIC_MASTER_VARY 0xa8
#define PIC_SLAVE_VARY	0xff
#define CURSOR_HIGH	0x07

static const struct item items[] = {
	/* Segments first: to load FS or GS changes its base. */
	{"ds", segment_get, segment_set, SEGMENT_DS, CHECK_SELECTOR_BITS, 0, 0},
	{"es", segment_get, segment_set, SEGMENT_ES, CHECK_SELECTOR_BITS, 0, 0},
	{"fs", segment_get, segment_set, SEGMENT_FS, CHECK_SELECTOR_BITS, 0, 0},
	{"gs", segment_get, segment_set, SEGMENT_GS, CHECK_SELECTOR_BITS, 0, 0},
	{"ss", segment_get, segment_set, SEGMENT_SS, CHECK_SELECTOR_BITS, 0, 0},
	{"cs", segment_get, 0, SEGMENT_CS, 0, 0, 0},
	{"tr", segment_get, 0, SEGMENT_TR, 0, 0, 0},
	{"ldtr", segment_get, 0, SEGMENT_LDTR, 0, 0, 0},
	{"gdtr limit", table_get, gdt_limit_set, TABLE_GDT_LIMIT, CHECK_GDT_LIMIT_BITS, 0, 0},
	{"gdtr base", table_get, 0, TABLE_GDT_BASE, 0, 0, 0},
	{"idtr limit", table_get, 0, TABLE_IDT_LIMIT, 0, 0, 0},
	{"idtr base", table_get, 0, TABLE_IDT_BASE, 0, 0, 0},

	{"cr0", control_get, control_set, 0, CR0_VARY, 0, 0},
	{"cr2", control_get, control_set, 2, ~0ull, 0, 0},
	{"cr3", control_get, 0, 3, 0, 0, 0},
	{"cr4", control_get, control_set, 4, CR4_VARY, 0, 0},
	{"cr8", control_get, control_set, 8, CR8_VARY, 0, 0},
	{"xcr0", xcr0_get, xcr0_set, 0, XCR0_AVX, 0, HAS_AVX},
	{"dr0", debug_get, debug_set, 0, ADDRESS, 0, 0},
	{"dr1", debug_get, debug_set, 1, ADDRESS, 0, 0},
	{"dr2", debug_get, debug_set, 2, ADDRESS, 0, 0},
	{"dr3", debug_get, debug_set, 3, ADDRESS, 0, 0},
	{"dr6", debug_get, debug_set, 6, DR6_VARY, 0, 0},
	{"dr7", debug_get, debug_set, 7, DR7_VARY, DR7_FIXED, 0},

	{"efer", msr_get, msr_set, 0xc0000080, EFER_SCE, 0, 0},
	{"star", msr_get, msr_set, 0xc0000081, ANY_32 << 32, 0, 0},
	{"lstar", msr_get, msr_set, 0xc0000082, ADDRESS, 0, 0},
	{"cstar", msr_get, msr_set, 0xc0000083, ADDRESS, 0, 0},
	{"sfmask", msr_get, msr_set, 0xc0000084, ANY_32, 0, 0},
	{"fs base", msr_get, msr_set, 0xc0000100, ADDRESS, 0, 0},
	{"gs base", msr_get, msr_set, 0xc0000101, ADDRESS, 0, 0},
	{"kernel gs base", msr_get, msr_set, 0xc0000102, ADDRESS, 0, 0},
	{"tsc_aux", msr_get, msr_set, 0xc0000103, ANY_32, 0, HAS_TSC_AUX},
	{"sysenter_cs", msr_get, msr_set, 0x174, 0xffff, 0, 0},
	{"sysenter_esp", msr_get, msr_set, 0x175, ANY_32, 0, 0},
	{"sysenter_eip", msr_get, msr_set, 0x176, ANY_32, 0, 0},
	{"pat", msr_get, msr_set, 0x277, PAT_VARY, PAT_FIXED, 0},
	{"apic_base", msr_get, 0, MSR_APIC_BASE, 0, 0, 0},

	{"lapic svr", lapic_get, lapic_set, 0x0f0, SVR_VARY, 0, 0},
	{"lapic ldr", lapic_get, lapic_set, 0x0d0, LDR_VARY, 0, 0},
	{"lapic tpr", lapic_get, 0, 0x080, 0, 0, 0}, /* CR8 by another name */
	{"lapic lvt timer", lapic_get, lapic_set, 0x320, LVT_VARY, LVT_FIXED, 0},
	{"lapic lvt lint0", lapic_get, 0, 0x350, 0, 0, 0},
	{"lapic lvt lint1", lapic_get, 0, 0x360, 0, 0, 0},
	{"lapic lvt error", lapic_get, lapic_set, 0x370, LVT_VARY, LVT_FIXED, 0},

	{"8259 master mask", port_get, port_set, 0x21, PIC_MASTER_VARY, 0, 0},
	{"8259 slave mask", port_get, port_set, 0xa1, PIC_SLAVE_VARY, 0, 0},
	{"pit mode", pit_mode_get, 0, 0, 0, 0, 0},
	{"pit reload value", pit_reload_get, 0, 0, 0, 0, 0},
	{"com1 ier", port_get, 0, 0x3f9, 0, 0, 0},
	{"com1 lcr", port_get, 0, 0x3fb, 0, 0, 0},
	{"com1 mcr", port_get, 0, 0x3fc, 0, 0, 0},
	{"com1 scratch", port_get, port_set, 0x3ff, 0xff, 0, 0},
	{"cursor high", crtc_get, crtc_set, CRTC_CURSOR_HIGH, CURSOR_HIGH, 0, 0},
	{"cursor low", crtc_get, crtc_set, CRTC_CURSOR_LOW, 0xff, 0, 0},
};
#define ITEM_COUNT (sizeof(items) / sizeof(items[0]))
_Static_assert(ITEM_COUNT <= CHECK_ITEMS_MAX, "struct check has room for all items");

static bool has(const struct check *check, const struct item *item)
{
	return (check->features & item->needs) == item->needs;
}

/* What was written is read again: hardware may keep less than it is given. */
void check_items_fill(struct check *check)
{
	for (uint32_t i = 0; i < ITEM_COUNT; i++) {
		const struct item *item = &items[i];
		uint64_t random = check_random(check);

		if (!has(check, item) || !item->set)
			continue;
		item->set(item->which, (item->get(item->which) & ~item->vary) |
					       (random & item->vary) | item->fixed);
	}
	for (uint32_t i = 0; i < ITEM_COUNT; i++)
		if (has(check, &items[i]))
			check->item_was[i] = items[i].get(items[i].which);
}

void check_items_compare(struct check *check)
{
	uint64_t is[ITEM_COUNT];

	/* All are read before the first difference is printed, as that moves the cursor. */
	for (uint32_t i = 0; i < ITEM_COUNT; i++)
		is[i] = has(check, &items[i]) ? items[i].get(items[i].which) : 0;
	for (uint32_t i = 0; i < ITEM_COUNT; i++)
		if (has(check, &items[i]) && is[i] != check->item_was[i])
			check_differs(check, items[i].name, is[i], check->item_was[i]);
}
