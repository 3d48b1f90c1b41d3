// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/cpu/xstate.h"
#include "arch/x86/cpu/cpu.h"
#include "lib/string.h"

#define XCR0_X87	 1ull
#define FCW_RESET	 0x37f /* what FNINIT sets */
#define MXCSR_RESET	 0x1f80
#define AREA_MXCSR	 24  /* offset of MXCSR in the legacy region: SDM volume 1, table 10-2 */
#define AREA_HEADER	 512 /* its offset, and size */
#define AREA_HEADER_SIZE 64
#define AREA_XCOMP	 520 /* offset of XCOMP_BV in the header: SDM volume 1, 13.4.2 */
#define XCOMP_COMPACTED	 (1ull << 63)
#define CPUID_XSAVE	 0x0d

static struct {
	bool xsave, xsaves, pku;
	/*
	 * The header of this area says that no component is in use, so XRSTOR restores all of them
	 * to their initial state. FXRSTOR takes the values of the legacy region instead. MXCSR
	 * always comes from there.
	 */
	struct xstate reset;
} cpu;

uint64_t xstate_init(void)
{
	uint64_t cr4 = CR4_OSFXSR | CR4_OSXMM;

	*(uint16_t *)cpu.reset.area = FCW_RESET;
	*(uint32_t *)(cpu.reset.area + AREA_MXCSR) = MXCSR_RESET;
	cpu.xsave = cpuid(CPUID_FEATURES, 0).ecx & CPUID_1_ECX_XSAVE;
	if (cpu.xsave) {
		cr4 |= CR4_OSXSAVE;
		cpu.xsaves = cpuid(CPUID_XSAVE, 1).eax & CPUID_D_1_EAX_XSAVES;
	}
	if (cpu.xsaves) /* XRSTORS takes the compacted format only */
		*(uint64_t *)(cpu.reset.area + AREA_XCOMP) = XCOMP_COMPACTED;
	cpu.pku = cpuid(CPUID_VENDOR, 0).eax >= CPUID_STRUCTURED &&
		  (cpuid(CPUID_STRUCTURED, 0).ecx & CPUID_7_ECX_PKU);
	if (cpu.pku)
		cr4 |= CR4_PKE; /* for RDPKRU; the monitor has no user pages to guard */
	return cr4;
}

bool xstate_fits(void)
{
	return !cpu.xsave || cpuid(CPUID_XSAVE, cpu.xsaves ? 1 : 0).ebx <= XSTATE_AREA_SIZE;
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
		__asm__ volatile("fxsave64 %0" : "=m"(state->area));
		return;
	}
	state->xcr0 = xgetbv0();
	/*
	 * Only the header is cleared. XSAVES leaves out what did not change since XRSTORS read this
	 * area.
	 */
	memset(state->area + AREA_HEADER, 0, AREA_HEADER_SIZE);
	if (cpu.xsaves)
		__asm__ volatile("xsaves64 %0" : "+m"(state->area) : "a"(~0u), "d"(~0u));
	else
		__asm__ volatile("xsave64 %0" : "+m"(state->area) : "a"(~0u), "d"(~0u));
}

static void area_restore(const struct xstate *state)
{
	if (cpu.xsaves)
		__asm__ volatile("xrstors64 %0" : : "m"(state->area), "a"(~0u), "d"(~0u));
	else if (cpu.xsave)
		__asm__ volatile("xrstor64 %0" : : "m"(state->area), "a"(~0u), "d"(~0u));
	else
		__asm__ volatile("fxrstor64 %0" : : "m"(state->area));
}

void xstate_restore(const struct xstate *state)
{
	if (cpu.xsave)
		xsetbv0(state->xcr0);
	area_restore(state);
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
	area_restore(&cpu.reset);
	if (cpu.xsave)
		xsetbv0(XCR0_X87);
	if (cpu.pku)
		wrpkru(0);
}
