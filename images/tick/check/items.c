// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * items.c - state that is one value each: how to read and write it, and what bits may be anything.
 */
#include "../serial.h"
#include "access.h"
#include "check.h"

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
/* IRQ 3 and 5, which no device here uses, as level-triggered: ICH9 data sheet, 13.4.13. */
#define ELCR_MASTER 0x4d0
#define ELCR_VARY   0x28
/* 82093AA, 3.2.4: as the LVT, an entry stays masked. */
#define IOAPIC_ENTRY(pin) (0x10 + 2 * (pin))
/* Where PCs have it. It stands still: nobody enables it. IA-PC HPET specification, 2.3. */
#define HPET	    0xfed00000u
#define CURSOR_HIGH 0x07

/* An item's fields. A register with functions of its own in access.h, compared, or filled, too: */
#define KEPT(name)		  #name, name##_get, 0, 0, 0, 0, 0
#define FILLED(name, vary, fixed) #name, name##_get, name##_set, 0, vary, fixed, 0
/* The same for one of many, by its number: */
#define KEPT_ONE(name, kind, which) name, kind##_get, 0, which, 0, 0, 0
#define FILLED_ONE(name, kind, which, vary, fixed) \
	name, kind##_get, kind##_set, which, vary, fixed, 0

static const struct item items[] = {
	/* Segments first: to load FS or GS changes its base. */
	{FILLED(ds, CHECK_SELECTOR_BITS, 0)},
	{FILLED(es, CHECK_SELECTOR_BITS, 0)},
	{FILLED(fs, CHECK_SELECTOR_BITS, 0)},
	{FILLED(gs, CHECK_SELECTOR_BITS, 0)},
	{FILLED(ss, CHECK_SELECTOR_BITS, 0)},
	{KEPT(cs)},
	{KEPT(tr)},
	{KEPT(ldtr)},
	{FILLED(gdtr_limit, CHECK_GDT_LIMIT_BITS, 0)},
	{KEPT(gdtr_base)},
	{KEPT(idtr_limit)},
	{KEPT(idtr_base)},

	{FILLED(cr0, CR0_VARY, 0)},
	{FILLED(cr2, ~0ull, 0)},
	{KEPT(cr3)},
	{FILLED(cr4, CR4_VARY, 0)},
	{FILLED(cr8, CR8_VARY, 0)},
	{"xcr0", xcr_get, xcr_set, 0, XCR0_AVX, 0, HAS_AVX},
	{FILLED(dr0, ADDRESS, 0)},
	{FILLED(dr1, ADDRESS, 0)},
	{FILLED(dr2, ADDRESS, 0)},
	{FILLED(dr3, ADDRESS, 0)},
	{FILLED(dr6, DR6_VARY, 0)},
	{FILLED(dr7, DR7_VARY, DR7_FIXED)},

	/* Numbers: SDM volume 4, table 2-2. */
	{FILLED_ONE("efer", msr, 0xc0000080, EFER_SCE, 0)},
	{FILLED_ONE("star", msr, 0xc0000081, ANY_32 << 32, 0)},
	{FILLED_ONE("lstar", msr, 0xc0000082, ADDRESS, 0)},
	{FILLED_ONE("cstar", msr, 0xc0000083, ADDRESS, 0)},
	{FILLED_ONE("sfmask", msr, 0xc0000084, ANY_32, 0)},
	{FILLED_ONE("fs base", msr, 0xc0000100, ADDRESS, 0)},
	{FILLED_ONE("gs base", msr, 0xc0000101, ADDRESS, 0)},
	{FILLED_ONE("kernel gs base", msr, 0xc0000102, ADDRESS, 0)},
	{"tsc_aux", msr_get, msr_set, 0xc0000103, ANY_32, 0, HAS_TSC_AUX},
	{FILLED_ONE("sysenter_cs", msr, 0x174, 0xffff, 0)},
	{FILLED_ONE("sysenter_esp", msr, 0x175, ANY_32, 0)},
	{FILLED_ONE("sysenter_eip", msr, 0x176, ANY_32, 0)},
	{FILLED_ONE("pat", msr, 0x277, PAT_VARY, PAT_FIXED)},
	{KEPT_ONE("apic_base", msr, MSR_APIC_BASE)},

	/* Offsets: SDM volume 3, table 11-1. */
	{KEPT_ONE("lapic tpr", lapic, 0x080)}, /* CR8 by another name */
	{FILLED_ONE("lapic ldr", lapic, 0x0d0, LDR_VARY, 0)},
	{FILLED_ONE("lapic svr", lapic, 0x0f0, SVR_VARY, 0)},
	{FILLED_ONE("lapic lvt timer", lapic, 0x320, LVT_VARY, LVT_FIXED)},
	{KEPT_ONE("lapic lvt lint0", lapic, 0x350)},
	{KEPT_ONE("lapic lvt lint1", lapic, 0x360)},
	{FILLED_ONE("lapic lvt error", lapic, 0x370, LVT_VARY, LVT_FIXED)},

	{FILLED_ONE("8259 master mask", port, PIC_MASTER_DATA, PIC_MASTER_VARY, 0)},
	{FILLED_ONE("8259 slave mask", port, PIC_SLAVE_DATA, PIC_SLAVE_VARY, 0)},
	{FILLED_ONE("elcr", port, ELCR_MASTER, ELCR_VARY, 0)},
	{FILLED_ONE("io-apic entry", ioapic, IOAPIC_ENTRY(3), LVT_VARY, LVT_FIXED)},
	{FILLED_ONE("io-apic entry, high", ioapic, IOAPIC_ENTRY(3) + 1, LDR_VARY, 0)},
	{FILLED_ONE("hpet counter", memory, HPET + 0x0f0, ANY_32, 0)},
	{FILLED_ONE("hpet timer 0", memory, HPET + 0x108, ANY_32, 0)},
	{KEPT(pit_mode)},
	{KEPT(pit_reload)},
	{KEPT_ONE("com1 ier", port, COM1_IER)},
	{KEPT_ONE("com1 lcr", port, COM1_LCR)},
	{KEPT_ONE("com1 mcr", port, COM1_MCR)},
	{FILLED_ONE("com1 scratch", port, COM1_SCRATCH, 0xff, 0)},
	{FILLED_ONE("cursor high", crtc, CRTC_CURSOR_HIGH, CURSOR_HIGH, 0)},
	{FILLED_ONE("cursor low", crtc, CRTC_CURSOR_LOW, 0xff, 0)},
};
#define ITEM_COUNT (sizeof(items) / sizeof(items[0]))
_Static_assert(ITEM_COUNT <= CHECK_ITEMS_MAX, "struct check has room for all items");

static bool has(const struct check *check, const struct item *item)
{
	return (check->features & item->needs) == item->needs;
}

static void read_all(const struct check *check, uint64_t value[])
{
	for (uint32_t i = 0; i < ITEM_COUNT; i++)
		value[i] = has(check, &items[i]) ? items[i].get(items[i].which) : 0;
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
	read_all(check, check->item_was);
}

void check_items_read(struct check *check)
{
	read_all(check, check->item_is);
}

void check_items_compare(struct check *check)
{
	for (uint32_t i = 0; i < ITEM_COUNT; i++)
		if (check->item_is[i] != check->item_was[i])
			check_differs(check, items[i].name, check->item_is[i], check->item_was[i]);
}
