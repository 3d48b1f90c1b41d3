// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/cpu/xstate.h"
#include <stdbool.h>
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/fixup.h"
#include "lib/string.h"

#define XCR0_X87	 1ull
#define FCW_RESET	 0x37f /* what FNINIT sets */
#define MXCSR_RESET	 0x1f80
#define AREA_MXCSR	 24  /* offset of MXCSR in the legacy region: SDM volume 1, table 10-2 */
#define AREA_HEADER	 512 /* its offset, and size */
#define AREA_HEADER_SIZE 64
#define AREA_XCOMP	 520 /* offset of XCOMP_BV in the header: SDM volume 1, 13.4.2 */
#define XCOMP_COMPACTED	 (1ull << 63)
#define AREA_ALIGN	 64
#define CPUID_XSAVE	 0x0d
#define COMPONENTS	 63 /* bits of XCR0 and IA32_XSS that may have one; 0 and 1 are legacy */

static struct {
	bool xsave, xsaves, pku;
	/*
	 * The header of this area says that no component is in use, so XRSTOR restores all of them
	 * to their initial state. FXRSTOR takes the values of the legacy region instead. MXCSR
	 * always comes from there.
	 */
	uint8_t reset[AREA_HEADER + AREA_HEADER_SIZE] __attribute__((aligned(AREA_ALIGN)));
} cpu;

uint64_t xstate_init(void)
{
	uint64_t cr4 = CR4_OSFXSR | CR4_OSXMM;

	*(uint16_t *)cpu.reset = FCW_RESET;
	*(uint32_t *)(cpu.reset + AREA_MXCSR) = MXCSR_RESET;
	cpu.xsave = cpuid(CPUID_FEATURES, 0).ecx & CPUID_1_ECX_XSAVE;
	if (cpu.xsave) {
		cr4 |= CR4_OSXSAVE;
		cpu.xsaves = cpuid(CPUID_XSAVE, 1).eax & CPUID_D_1_EAX_XSAVES;
	}
	if (cpu.xsaves) /* XRSTORS takes the compacted format only */
		*(uint64_t *)(cpu.reset + AREA_XCOMP) = XCOMP_COMPACTED;
	cpu.pku = cpuid(CPUID_VENDOR, 0).eax >= CPUID_STRUCTURED &&
		  (cpuid(CPUID_STRUCTURED, 0).ecx & CPUID_7_ECX_PKU);
	if (cpu.pku)
		cr4 |= CR4_PKE; /* for RDPKRU; the monitor has no user pages to guard */
	return cr4;
}

/*
 * Bytes that are enough for all components of this CPU. The area's size depends on the components
 * that are enabled. In the compacted format each component begins at the next byte, or at the next
 * multiple of 64. In the standard format, CPUID says the places.
 */
uint32_t xstate_size(void)
{
	uint32_t compacted = AREA_HEADER + AREA_HEADER_SIZE, standard = 0;

	if (cpu.xsave)
		standard = cpuid(CPUID_XSAVE, 0).ecx;
	for (uint32_t i = 2; cpu.xsaves && i < COMPONENTS; i++) {
		uint32_t bytes = cpuid(CPUID_XSAVE, i).eax;

		compacted += (bytes + AREA_ALIGN - 1) / AREA_ALIGN * AREA_ALIGN;
	}
	return (uint32_t)sizeof(struct xstate) + (compacted > standard ? compacted : standard);
}

/*
 * Saves all components that XCR0 and XSS enable. Without XSAVE, these are the ones that FXSAVE
 * knows.
 */
void xstate_save(struct xstate *state)
{
	if (cpu.pku)
		state->pkru = rdpkru();
	if (!cpu.xsave) {
		__asm__ volatile("fxsave64 %0" : "=m"(*state->area) : : "memory");
		return;
	}
	state->xcr0 = xgetbv0();
	/*
	 * Only the header is cleared. XSAVES leaves out what did not change since XRSTORS read this
	 * area.
	 */
	memset(state->area + AREA_HEADER, 0, AREA_HEADER_SIZE);
	if (cpu.xsaves)
		__asm__ volatile("xsaves64 %0"
				 : "+m"(*state->area)
				 : "a"(~0u), "d"(~0u)
				 : "memory");
	else
		__asm__ volatile("xsave64 %0" : "+m"(*state->area) : "a"(~0u), "d"(~0u) : "memory");
}

/* Each returns false if the CPU refuses what it gets (#GP): it may have come from a file. */
static bool area_restore(const uint8_t *area)
{
	uint64_t failed = ~0u;

	if (cpu.xsaves)
		__asm__ volatile("1: xrstors64 %1\n\t"
				 "xor %%edx, %%edx\n"
				 "2:\n\t" FIXUP("1b", "2b")
				 : "+d"(failed)
				 : "m"(*area), "a"(~0u)
				 : "memory");
	else if (cpu.xsave)
		__asm__ volatile("1: xrstor64 %1\n\t"
				 "xor %%edx, %%edx\n"
				 "2:\n\t" FIXUP("1b", "2b")
				 : "+d"(failed)
				 : "m"(*area), "a"(~0u)
				 : "memory");
	else
		__asm__ volatile("1: fxrstor64 %1\n\t"
				 "xor %%edx, %%edx\n"
				 "2:\n\t" FIXUP("1b", "2b")
				 : "+d"(failed)
				 : "m"(*area)
				 : "memory");
	return !failed;
}

static bool xcr0_restore(uint64_t value)
{
	uint64_t failed = value >> 32;

	__asm__ volatile("1: xsetbv\n\t"
			 "xor %%edx, %%edx\n"
			 "2:\n\t" FIXUP("1b", "2b")
			 : "+d"(failed)
			 : "c"(0), "a"((uint32_t)value));
	return !failed;
}

void xstate_restore(const struct xstate *state)
{
	if ((cpu.xsave && !xcr0_restore(state->xcr0)) || !area_restore(state->area))
		xstate_reset();
	if (cpu.pku)
		wrpkru(state->pkru);
}

/*
 * XRSTOR resets only components that XCR0 enables. So all are enabled for a moment. XCR0 has only
 * x87 after a reset, so it gets that value at the end.
 */
void xstate_reset(void)
{
	if (cpu.xsave) {
		struct cpuid all = cpuid(CPUID_XSAVE, 0);

		xsetbv0((uint64_t)all.edx << 32 | all.eax);
	}
	area_restore(cpu.reset);
	if (cpu.xsave)
		xsetbv0(XCR0_X87);
	if (cpu.pku)
		wrpkru(0);
}
