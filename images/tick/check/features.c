// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "access.h"
#include "check.h"

/* CPUID: SDM volume 2; control bits: volume 3, 2.5. */
#define CPUID_1_ECX_XSAVE	  (1u << 26)
#define CPUID_XSAVE		  0x0d
#define CPUID_EXTENDED		  0x80000001
#define CPUID_EXTENDED_EDX_RDTSCP (1u << 27)
#define CR0_MP			  (1ull << 1)
#define CR0_EM			  (1ull << 2)
#define CR0_TS			  (1ull << 3)
#define CR4_OSFXSR		  (1ull << 9)
#define CR4_OSXMMEXCPT		  (1ull << 10)
#define CR4_OSXSAVE		  (1ull << 18)
#define XCR0_X87_SSE		  3
#define XCR0_AVX		  4

struct cpuid {
	uint32_t eax, ebx, ecx, edx;
};

static struct cpuid cpuid(uint32_t leaf)
{
	struct cpuid c;

	__asm__ volatile("cpuid"
			 : "=a"(c.eax), "=b"(c.ebx), "=c"(c.ecx), "=d"(c.edx)
			 : "a"(leaf), "c"(0));
	return c;
}

void check_enable_vectors(struct check *check)
{
	uint32_t components;

	cr0_set(0, (cr0_get(0) & ~(CR0_EM | CR0_TS)) | CR0_MP);
	cr4_set(0, cr4_get(0) | CR4_OSFXSR | CR4_OSXMMEXCPT);
	if (cpuid(CPUID_EXTENDED).edx & CPUID_EXTENDED_EDX_RDTSCP)
		check->features |= HAS_TSC_AUX;
	if (!(cpuid(1).ecx & CPUID_1_ECX_XSAVE))
		return;
	check->features |= HAS_XSAVE;
	cr4_set(0, cr4_get(0) | CR4_OSXSAVE);
	components = cpuid(CPUID_XSAVE).eax & (XCR0_X87_SSE | XCR0_AVX);
	if (components & XCR0_AVX)
		check->features |= HAS_AVX;
	xcr_set(0, components);
}
