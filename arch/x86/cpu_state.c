// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/cpu_state.h"
#include "arch/x86/cpu.h"
#include "arch/x86/descriptors.h"
#include "arch/x86/msr.h"
#include "lib/string.h"

#define DR6_RESET	  0xffff0ff0ull /* SDM volume 3, table 9-1 */
#define DR7_RESET	  0x400ull
#define XCR0_X87	  1ull
#define FCW_RESET	  0x37f /* what FNINIT sets */
#define MXCSR_RESET	  0x1f80
#define XSAVE_MXCSR	  24  /* offset of MXCSR in the legacy region: SDM volume 1, table 10-2 */
#define XSAVE_HEADER	  512 /* its offset, and size */
#define XSAVE_HEADER_SIZE 64
#define XSAVE_XCOMP	  520 /* offset of XCOMP_BV in the XSAVE header: SDM volume 1, 13.4.2 */
#define XCOMP_COMPACTED	  (1ull << 63)
#define CPUID_XSAVE	  0x0d

/*
 * Registers saved by RDMSR and restored by WRMSR, each with what is lost without it.
 * APIC_BASE is lapic.c's, EFER and the segment bases are gate.asm's.
 */
static const uint32_t msr_list[] = {
	MSR_STAR,	  /* system call entry: selectors, */
	MSR_LSTAR,	  /* 64-bit entry point, */
	MSR_CSTAR,	  /* 32-bit entry point, */
	MSR_SFMASK,	  /* flags cleared */
	MSR_SYSENTER_CS,  /* the same for SYSENTER */
	MSR_SYSENTER_ESP, /* */
	MSR_SYSENTER_EIP, /* */
	MSR_PAT,	  /* memory types of pages: Linux moves WC to entry 1 */
	MSR_TSC_AUX,	  /* the CPU's number for RDTSCP and RDPID */
	MSR_MISC_ENABLE,  /* fast strings, the NX disable bit, MWAIT */
	MSR_SPEC_CTRL,	  /* speculation controls: IBRS left on slows the next kernel down */
	MSR_DEBUGCTL,	  /* branch tracing */
	MSR_S_CET,	  /* supervisor shadow stacks and branch tracking, */
	MSR_SSP_TABLE,	  /* and where its shadow stacks lie */
	MSR_XFD,     /* AMX: which state traps on first use; before XRSTOR, which it can stop */
	MSR_XFD_ERR, /* */
	MSR_XSS,     /* supervisor states: decides what XSAVES below writes, so it comes last */
};
#define MSR_LIST_COUNT (sizeof(msr_list) / sizeof(msr_list[0]))
_Static_assert(MSR_LIST_COUNT <= CONTROL_MSR_COUNT, "a control page has room for all MSRs");

/* What firmware left, of which MSRs are used; and what this CPU can do. */
static struct {
	struct control_page firmware;
	bool xsave, xsaves;
} cpu;

void cpu_state_init(void)
{
	uint64_t cr4 = CR4_PAE | CR4_MCE | CR4_OSFXSR | CR4_OSXMM;

	cpu.xsave = cpuid(1, 0).ecx & CPUID_1_ECX_XSAVE;
	if (cpu.xsave) {
		cr4 |= CR4_OSXSAVE;
		cpu.xsaves = cpuid(CPUID_XSAVE, 1).eax & CPUID_D_1_EAX_XSAVES;
	}
	gate_anchor.cr4 = cr4;
	write_cr4(cr4);
	write_cr0(CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_PG);
}

static void msrs_save(struct control_page *control)
{
	control->msr_valid = 0;
	for (unsigned int i = 0; i < MSR_LIST_COUNT; i++)
		if (rdmsr_safe(msr_list[i], &control->msr[i]))
			control->msr_valid |= 1u << i;
}

/* Writes only what differs: a write may be slow, or, under a hypervisor, refused. */
static void msrs_load(const struct control_page *control)
{
	for (unsigned int i = 0; i < MSR_LIST_COUNT; i++) {
		uint64_t now;

		if (!(control->msr_valid & 1u << i) || !rdmsr_safe(msr_list[i], &now))
			continue;
		if (now != control->msr[i])
			wrmsr_safe(msr_list[i], control->msr[i]);
	}
}

/* XSAVE area: all components that XCR0 and XSS enable; without XSAVE, what FXSAVE knows. */
static bool xstate_save(struct control_page *control, const char **reason)
{
	if (!cpu.xsave) {
		__asm__ volatile("fxsave64 %0" : "=m"(control->xsave));
		return true;
	}
	control->xcr0 = xgetbv0();
	if (cpuid(CPUID_XSAVE, cpu.xsaves ? 1 : 0).ebx > CONTROL_XSAVE_SIZE) {
		*reason = "the XSAVE area is larger than a control page holds";
		return false;
	}
	/* The header only: XSAVES leaves out what did not change since XRSTORS read this area. */
	memset(control->xsave + XSAVE_HEADER, 0, XSAVE_HEADER_SIZE);
	if (cpu.xsaves)
		__asm__ volatile("xsaves64 %0" : "+m"(control->xsave) : "a"(~0u), "d"(~0u));
	else
		__asm__ volatile("xsave64 %0" : "+m"(control->xsave) : "a"(~0u), "d"(~0u));
	return true;
}

/* All components that XCR0 and XSS enable now. */
static void xstate_restore(const struct control_page *control)
{
	if (cpu.xsaves)
		__asm__ volatile("xrstors64 %0" : : "m"(control->xsave), "a"(~0u), "d"(~0u));
	else if (cpu.xsave)
		__asm__ volatile("xrstor64 %0" : : "m"(control->xsave), "a"(~0u), "d"(~0u));
	else
		__asm__ volatile("fxrstor64 %0" : : "m"(control->xsave));
}

bool cpu_state_save(struct control_page *control, const char **reason)
{
	msrs_save(control);
	if (!xstate_save(control, reason))
		return false;
	control->dr0 = read_dr0();
	control->dr1 = read_dr1();
	control->dr2 = read_dr2();
	control->dr3 = read_dr3();
	control->dr6 = read_dr6();
	control->dr7 = read_dr7();
	write_dr7(DR7_RESET); /* the guest's breakpoints must not hit in the monitor */
	return true;
}

void cpu_state_load(const struct control_page *control)
{
	msrs_load(control);
	if (cpu.xsave)
		xsetbv0(control->xcr0);
	xstate_restore(control); /* after XSS and XCR0 */
	write_dr7(DR7_RESET);	 /* no breakpoint is armed while its address is half changed */
	write_dr0(control->dr0);
	write_dr1(control->dr1);
	write_dr2(control->dr2);
	write_dr3(control->dr3);
	write_dr6(control->dr6);
	write_dr7(control->dr7);
}

void cpu_state_keep_firmware(void)
{
	struct control_page *firmware = &cpu.firmware;

	msrs_save(firmware);
	firmware->dr6 = DR6_RESET;
	firmware->dr7 = DR7_RESET;
	firmware->xcr0 = XCR0_X87;
	/*
	 * An area whose header says that no component is in use restores them all to their initial
	 * state; FXRSTOR, and MXCSR in any case, take the legacy region's own values.
	 */
	*(uint16_t *)firmware->xsave = FCW_RESET;
	*(uint32_t *)(firmware->xsave + XSAVE_MXCSR) = MXCSR_RESET;
	if (cpu.xsaves) /* XRSTORS takes the compacted format only */
		*(uint64_t *)(firmware->xsave + XSAVE_XCOMP) = XCOMP_COMPACTED;
}

void cpu_state_reset(void)
{
	cpu_state_load(&cpu.firmware);
	if (!cpu.xsave)
		return;
	/* XRSTOR resets only what XCR0 enables, and a reset leaves it at x87: enable all for a
	 * moment. */
	struct cpuid all = cpuid(CPUID_XSAVE, 0);

	xsetbv0((uint64_t)all.edx << 32 | all.eax);
	xstate_restore(&cpu.firmware);
	xsetbv0(XCR0_X87);
}
