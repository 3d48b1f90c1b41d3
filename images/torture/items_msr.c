// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * items_msr.c - model-specific registers. The numbers are in SDM volume 4, table 2-2. AMD's are in
 * the AMD64 Architecture Programmer's Manual, volume 2, appendix A.
 */
#include "access.h"
#include "item.h"

/* Canonical addresses in the lower half, and those of pages. */
#define ADDRESS 0x00007fffffffffffull
#define PAGE	0x00007ffffffff000ull
#define ANY_32	0xffffffffull
/* Physical addresses. Every CPU in 64-bit mode has at least 36 bits. */
#define PHYSICAL_PAGE 0x0000000ffffff000ull

/*
 * Table 12-10: all of 4 to 7 are memory types. Entry 0 is not changed, because this guest's pages
 * use it.
 */
#define PAT_VARY     0x0303030303030300ull
#define PAT_FIXED    0x0404040404040400ull
#define FAST_STRINGS 0x1 /* of MISC_ENABLE */
/* Section 12.11.2. Types 4 and 5, write-through and write-protected, lose no write. */
#define FIXED_VARY 0x0101010101010101ull
#define FIXED_ALL  0x0404040404040404ull
#define FIXED_ZERO (~(FIXED_VARY | FIXED_ALL))
/* A variable range stays invalid, so that no address has two types. */
#define MASK_VALID   0x800
#define DEFAULT_VARY 0xc02 /* E, FE, and type 4 or 6 */
#define DEFAULT_TYPE 0x4
#define BASE_VARY    (PHYSICAL_PAGE | 0x1)
#define MTRR_PAIRS   8 /* all CPUs with MTRRs have at least so many */
#define MCA_BANKS    4 /* likewise */
/* SDM volume 3, appendix: BNDCFGS: address, BNDPRESERVE, EN. Branches then keep the bounds. */
#define BNDCFGS_VARY	    (PAGE | 1)
#define BNDCFGS_PRESERVE    2
#define PKRS_VARY	    0xfffffffcull /* all pages here have key 0 */

#define MSR_MCG_CAP	    0x179
#define MCG_CAP_CTL	    (1ull << 8)
#define MCG_CAP_BANKS	    0xffull
#define MSR_MTRRCAP	    0x0fe
#define MTRRCAP_COUNT	    0xffull
#define MTRRCAP_FIXED	    (1ull << 8)

#define EDX_MTRR	    (1u << 12) /* of CPUID.1 */
#define EDX_MCA		    (1u << 14)
#define EBX_MPX		    (1u << 14) /* of CPUID.(7,0) */
#define ECX_PKS		    (1u << 31)
#define EXTENDED_EDX_NX	    (1u << 20) /* of CPUID.80000001H */
#define EXTENDED_EDX_RDTSCP (1u << 27)
#define EXTENDED_ECX_SVM    (1u << 2)

#define FILLED(title, number, bits) \
	.name = title, .get = msr_get, .set = msr_set, .which = number, .vary = bits

/* MCi_CTL and MCG_CTL: an emulated CPU keeps only all or nothing. */
static uint64_t whole_get(uint32_t which)
{
	return msr_get(which) != 0;
}

static void whole_set(uint32_t which, uint64_t value)
{
	msr_set(which, value ? ~0ull : 0);
}

/* One bit of EFER, by its number. */
#define MSR_EFER 0xc0000080

static uint64_t efer_get(uint32_t which)
{
	return msr_get(MSR_EFER) >> which & 1;
}

static void efer_set(uint32_t which, uint64_t value)
{
	msr_set(MSR_EFER, (msr_get(MSR_EFER) & ~(1ull << which)) | value << which);
}

#define EFER(title, bit) .name = title, .get = efer_get, .set = efer_set, .which = bit, .vary = 1

static bool has_nx(void)
{
	return cpuid(CPUID_EXTENDED, 0).edx & EXTENDED_EDX_NX;
}

static bool has_rdtscp(void)
{
	return cpuid(CPUID_EXTENDED, 0).edx & EXTENDED_EDX_RDTSCP;
}

static bool has_svm(void)
{
	return cpuid(CPUID_EXTENDED, 0).ecx & EXTENDED_ECX_SVM;
}

static bool has_mtrr(void)
{
	return (cpuid(CPUID_FEATURES, 0).edx & EDX_MTRR) &&
	       (msr_get(MSR_MTRRCAP) & MTRRCAP_FIXED) &&
	       (msr_get(MSR_MTRRCAP) & MTRRCAP_COUNT) >= MTRR_PAIRS;
}

static bool has_mca(void)
{
	return (cpuid(CPUID_FEATURES, 0).edx & EDX_MCA) &&
	       (msr_get(MSR_MCG_CAP) & MCG_CAP_BANKS) >= MCA_BANKS;
}

static bool has_mcg_ctl(void)
{
	return has_mca() && (msr_get(MSR_MCG_CAP) & MCG_CAP_CTL);
}

static bool has_mpx(void)
{
	return cpuid(CPUID_STRUCTURED, 0).ebx & EBX_MPX;
}

static bool has_pks(void)
{
	return cpuid(CPUID_STRUCTURED, 0).ecx & ECX_PKS;
}

static bool is_intel(void)
{
	return cpuid(CPUID_VENDOR, 0).ebx == 0x756e6547; /* "Genu" */
}

static const struct item base[] = {
	{EFER("efer", 0)},
	{FILLED("star", 0xc0000081, ANY_32 << 32)},
	{FILLED("lstar", 0xc0000082, ADDRESS)},
	{FILLED("cstar", 0xc0000083, ADDRESS)},
	{FILLED("sfmask", 0xc0000084, ANY_32)},
	{FILLED("fs-base", 0xc0000100, ADDRESS)},
	{FILLED("gs-base", 0xc0000101, ADDRESS)},
	{FILLED("kernel-gs-base", 0xc0000102, ADDRESS)},
	{FILLED("sysenter-cs", 0x174, 0xffff)},
	{FILLED("sysenter-esp", 0x175, ANY_32)},
	{FILLED("sysenter-eip", 0x176, ANY_32)},
	{FILLED("pat", 0x277, PAT_VARY), .fixed = PAT_FIXED},
};
static const struct item nx[] = {{EFER("efer-nxe", 11)}};
static const struct item rdtscp[] = {{FILLED("tsc-aux", 0xc0000103, ANY_32)}};
static const struct item intel[] = {{FILLED("misc-enable", 0x1a0, FAST_STRINGS)}};
static const struct item svm[] = {
	{EFER("efer-svme", 12)},
	{FILLED("hsave-pa", 0xc0010117, PHYSICAL_PAGE)},
};
static const struct item mtrr[] = {
	{FILLED("mtrr-fixed", 0x250, FIXED_VARY), .fixed = FIXED_ALL, .clear = FIXED_ZERO},
	{FILLED("mtrr-fixed", 0x258, FIXED_VARY), .count = 2, .step = 1, .fixed = FIXED_ALL,
	 .clear = FIXED_ZERO},
	{FILLED("mtrr-fixed", 0x268, FIXED_VARY), .count = 8, .step = 1, .fixed = FIXED_ALL,
	 .clear = FIXED_ZERO},
	{FILLED("mtrr-variable", 0x200, BASE_VARY), .count = MTRR_PAIRS, .step = 2},
	{FILLED("mtrr-variable", 0x201, PHYSICAL_PAGE), .count = MTRR_PAIRS, .step = 2,
	 .clear = MASK_VALID},
	{FILLED("mtrr-default", 0x2ff, DEFAULT_VARY), .fixed = DEFAULT_TYPE},
};
static const struct item mca[] = {
	{.name = "mc-ctl",
	 .get = whole_get,
	 .set = whole_set,
	 .which = 0x400,
	 .count = MCA_BANKS,
	 .step = 4,
	 .vary = 1},
};
static const struct item mcg[] = {
	{.name = "mcg-ctl", .get = whole_get, .set = whole_set, .which = 0x17b, .vary = 1},
};
static const struct item mpx[] = {
	{FILLED("bndcfgs", 0xd90, BNDCFGS_VARY), .fixed = BNDCFGS_PRESERVE},
};
static const struct item pks[] = {{FILLED("pkrs", 0x6e1, PKRS_VARY)}};

const struct group groups_msr[] = {
	{GROUP("msr", NULL, base), .scope = SCOPE_CPU},
	{GROUP("nx", has_nx, nx), .scope = SCOPE_CPU},
	{GROUP("tsc-aux", has_rdtscp, rdtscp), .scope = SCOPE_CPU},
	{GROUP("misc-enable", is_intel, intel), .scope = SCOPE_CPU},
	{GROUP("svm", has_svm, svm), .scope = SCOPE_CPU},
	{GROUP("mtrr", has_mtrr, mtrr), .scope = SCOPE_CPU},
	{GROUP("mca", has_mca, mca), .scope = SCOPE_CPU},
	{GROUP("mcg-ctl", has_mcg_ctl, mcg), .scope = SCOPE_CPU},
	{GROUP("mpx-kernel", has_mpx, mpx), .scope = SCOPE_CPU},
	{GROUP("pks-rights", has_pks, pks), .scope = SCOPE_CPU},
	{0},
};
