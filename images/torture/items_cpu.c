// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * items_cpu.c - selectors, descriptor tables, control and debug registers. SDM volume 3, 2.4, 2.5.
 */
#include "access.h"
#include "item.h"
#include "registers.h"

/* Canonical addresses, in the lower half. */
#define ADDRESS	 0x00007fffffffffffull
#define CR0_VARY 0x50022 /* AM, WP, NE, MP */
#define CR3_VARY 0x18	 /* PCD, PWT: how the top table is cached */
#define CR8_VARY 0xf
/*
 * Section 18.2. DR6: B0 to B3, BD, BS, BT. DR7: LE, GE; no breakpoint is enabled, all are on
 * writes, of any length.
 */
#define DR6_VARY       0xe00f
#define DR7_VARY       0xcccc0300ull
#define DR7_FIXED      0x11110000ull

#define IDT_LIMIT_VARY 0x800 /* its second half, for vectors from 128 on, which are not used */
#define CR4_PKE	       22

/* Of CPUID.(7,0). */
#define EBX_FSGSBASE (1u << 0)
#define EBX_SMEP     (1u << 7)
#define EBX_SMAP     (1u << 20)
#define ECX_UMIP     (1u << 2)
#define ECX_PKU	     (1u << 3)
#define ECX_PKS	     (1u << 31)

/* An item's fields, for a register with its own functions. It is only compared, or filled, too: */
#define KEPT(title, kind)	  .name = title, .get = kind##_get
#define FILLED(title, kind, bits) .name = title, .get = kind##_get, .set = kind##_set, .vary = bits

static void cs_set(uint32_t which, uint64_t value)
{
	(void)which;
	__asm__ volatile("push %0\n\t"
			 "lea 1f(%%rip), %%rax\n\t"
			 "push %%rax\n\t"
			 "lretq\n"
			 "1:"
			 :
			 : "r"(value)
			 : "rax", "memory");
}

/* One bit of CR4, by its number. */
static uint64_t cr4_bit_get(uint32_t which)
{
	return cr4_get(0) >> which & 1;
}

static void cr4_bit_set(uint32_t which, uint64_t value)
{
	cr4_set(0, (cr4_get(0) & ~(1ull << which)) | value << which);
}

/* Components that depend on each other are set together: SDM volume 1, 13.3. */
static void xcr0_set(uint32_t which, uint64_t value)
{
	(void)which;
	if (!(value & XCR0_AVX))
		value &= ~(uint64_t)XCR0_AVX512;
	if (value & XCR0_AVX512)
		value |= XCR0_AVX512;
	if (value & XCR0_MPX)
		value |= XCR0_MPX;
	xcr_set(0, (value & torture_xcr0_supported()) | XCR0_X87_SSE);
}

/* The protection keys' rights can be read and written only while CR4.PKE is set. */
static uint64_t pkru_get(uint32_t which)
{
	uint64_t cr4 = cr4_get(0);
	uint32_t value;

	(void)which;
	cr4_set(0, cr4 | 1ull << CR4_PKE);
	__asm__ volatile("rdpkru" : "=a"(value) : "c"(0) : "rdx");
	cr4_set(0, cr4);
	return value;
}

static void pkru_set(uint32_t which, uint64_t value)
{
	uint64_t cr4 = cr4_get(0);

	(void)which;
	cr4_set(0, cr4 | 1ull << CR4_PKE);
	__asm__ volatile("wrpkru" : : "a"((uint32_t)value), "c"(0), "d"(0));
	cr4_set(0, cr4);
}

static bool has_fsgsbase(void)
{
	return cpuid(CPUID_STRUCTURED, 0).ebx & EBX_FSGSBASE;
}

static bool has_smep(void)
{
	return cpuid(CPUID_STRUCTURED, 0).ebx & EBX_SMEP;
}

static bool has_smap(void)
{
	return cpuid(CPUID_STRUCTURED, 0).ebx & EBX_SMAP;
}

static bool has_umip(void)
{
	return cpuid(CPUID_STRUCTURED, 0).ecx & ECX_UMIP;
}

static bool has_pku(void)
{
	return cpuid(CPUID_STRUCTURED, 0).ecx & ECX_PKU;
}

static bool has_pks(void)
{
	return cpuid(CPUID_STRUCTURED, 0).ecx & ECX_PKS;
}

static bool has_xsave(void)
{
	return torture_xcr0_supported();
}

static bool has_avx(void)
{
	return torture_xcr0_supported() & XCR0_AVX;
}

static bool has_mpx(void)
{
	return torture_xcr0_supported() & XCR0_MPX;
}

static bool has_avx512(void)
{
	return torture_xcr0_supported() & XCR0_AVX512;
}

static const struct item base[] = {
	/* Segments come first, because loading FS or GS changes its base. */
	{FILLED("ds", ds, TORTURE_SELECTOR_BITS)},
	{FILLED("es", es, TORTURE_SELECTOR_BITS)},
	{FILLED("fs", fs, TORTURE_SELECTOR_BITS)},
	{FILLED("gs", gs, TORTURE_SELECTOR_BITS)},
	{FILLED("ss", ss, TORTURE_SELECTOR_BITS)},
	{FILLED("cs", cs, TORTURE_SELECTOR_BITS)},
	{KEPT("tr", tr)},
	{KEPT("ldtr", ldtr)},
	{FILLED("gdtr-limit", gdtr_limit, TORTURE_GDT_LIMIT_BITS)},
	{KEPT("gdtr-base", gdtr_base)},
	{FILLED("idtr-limit", idtr_limit, IDT_LIMIT_VARY)},
	{KEPT("idtr-base", idtr_base)},
	{FILLED("cr0", cr0, CR0_VARY)},
	{FILLED("cr2", cr2, ~0ull)},
	{FILLED("cr3", cr3, CR3_VARY)},
	{FILLED("cr8", cr8, CR8_VARY)},
	{FILLED("dr0", dr0, ADDRESS)},
	{FILLED("dr1", dr1, ADDRESS)},
	{FILLED("dr2", dr2, ADDRESS)},
	{FILLED("dr3", dr3, ADDRESS)},
	{FILLED("dr6", dr6, DR6_VARY)},
	{FILLED("dr7", dr7, DR7_VARY), .fixed = DR7_FIXED},
	{FILLED("cr4-tsd", cr4_bit, 1), .which = 2},
	{FILLED("cr4-de", cr4_bit, 1), .which = 3},
	{FILLED("cr4-mce", cr4_bit, 1), .which = 6},
	{FILLED("cr4-pge", cr4_bit, 1), .which = 7},
	{FILLED("cr4-pce", cr4_bit, 1), .which = 8},
	{KEPT("cr4-la57", cr4_bit), .which = 12},
};

static const struct item fsgsbase[] = {{FILLED("cr4-fsgsbase", cr4_bit, 1), .which = 16}};
static const struct item smep[] = {{FILLED("cr4-smep", cr4_bit, 1), .which = 20}};
static const struct item smap[] = {{FILLED("cr4-smap", cr4_bit, 1), .which = 21}};
static const struct item umip[] = {{FILLED("cr4-umip", cr4_bit, 1), .which = 11}};
static const struct item pks[] = {{FILLED("cr4-pks", cr4_bit, 1), .which = 24}};
static const struct item pku[] = {
	{FILLED("pkru", pkru, 0xffffffff)},
	{FILLED("cr4-pke", cr4_bit, 1), .which = CR4_PKE},
};
static const struct item xsave[] = {
	{.name = "xcr0", .get = xcr_get, .set = xcr0_set, .vary = XCR0_KNOWN},
};

/* XSAVE's components have no items here. registers.c fills those that XCR0 enables. */
static const struct item none[] = {{KEPT("cr4-osxsave", cr4_bit), .which = 18}};

const struct group groups_cpu[] = {
	{GROUP("base", NULL, base), .scope = SCOPE_CPU},
	{GROUP("fsgsbase", has_fsgsbase, fsgsbase), .scope = SCOPE_CPU},
	{GROUP("smep", has_smep, smep), .scope = SCOPE_CPU},
	{GROUP("smap", has_smap, smap), .scope = SCOPE_CPU},
	{GROUP("umip", has_umip, umip), .scope = SCOPE_CPU},
	{GROUP("pks", has_pks, pks), .scope = SCOPE_CPU},
	{GROUP("xsave", has_xsave, xsave), .scope = SCOPE_CPU},
	{GROUP("avx", has_avx, none), .scope = SCOPE_CPU},
	{GROUP("mpx", has_mpx, none), .scope = SCOPE_CPU},
	{GROUP("avx512", has_avx512, none), .scope = SCOPE_CPU},
	{GROUP("pku", has_pku, pku), .scope = SCOPE_CPU},
	{0},
};
