/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * msr.h - model-specific registers by the names of their makers' manuals, and access to them.
 * Intel's: SDM volume 4.
 */
#ifndef ARCH_X86_CPU_MSR_H
#define ARCH_X86_CPU_MSR_H

#include <stdbool.h>
#include <stdint.h>

#define MSR_APIC_BASE		    0x0000001b
#define MSR_TEST_CTRL		    0x00000033
#define MSR_SPEC_CTRL		    0x00000048
#define MSR_XAPIC_DISABLE_STATUS    0x000000bd
#define MSR_PMC0		    0x000000c1
#define MSR_UMWAIT_CONTROL	    0x000000e1
#define MSR_MTRRCAP		    0x000000fe
#define MSR_ARCH_CAPABILITIES	    0x0000010a
#define MSR_TSX_FORCE_ABORT	    0x0000010f
#define MSR_TSX_CTRL		    0x00000122
#define MSR_MCU_OPT_CTRL	    0x00000123
#define MSR_MISC_FEATURES_ENABLES   0x00000140
#define MSR_SYSENTER_CS		    0x00000174
#define MSR_SYSENTER_ESP	    0x00000175
#define MSR_SYSENTER_EIP	    0x00000176
#define MSR_MCG_CAP		    0x00000179
#define MSR_MCG_STATUS		    0x0000017a
#define MSR_MCG_CTL		    0x0000017b
#define MSR_PERFEVTSEL0		    0x00000186
#define MSR_PERF_CTL		    0x00000199
#define MSR_THERM_INTERRUPT	    0x0000019b
#define MSR_MISC_ENABLE		    0x000001a0
#define MSR_ENERGY_PERF_BIAS	    0x000001b0
#define MSR_PACKAGE_THERM_INTERRUPT 0x000001b2
#define MSR_XFD			    0x000001c4
#define MSR_XFD_ERR		    0x000001c5
#define MSR_FRED_RSP0		    0x000001cc /* to FRED_CONFIG: FRED specification, section 6 */
#define MSR_FRED_CONFIG		    0x000001d4
#define MSR_DEBUGCTL		    0x000001d9
#define MSR_MTRR_PHYSBASE0	    0x00000200
#define MSR_MTRR_PHYSMASK0	    0x00000201
#define MSR_MTRR_FIX64K_00000	    0x00000250
#define MSR_MTRR_FIX16K_80000	    0x00000258
#define MSR_MTRR_FIX16K_A0000	    0x00000259
#define MSR_MTRR_FIX4K_C0000	    0x00000268
#define MSR_PAT			    0x00000277
#define MSR_MC0_CTL2		    0x00000280
#define MSR_MTRR_DEF_TYPE	    0x000002ff
#define MSR_FIXED_CTR0		    0x00000309
#define MSR_PERF_CAPABILITIES	    0x00000345
#define MSR_FIXED_CTR_CTRL	    0x0000038d
#define MSR_PERF_GLOBAL_CTRL	    0x0000038f
#define MSR_PEBS_ENABLE		    0x000003f1
#define MSR_MC0_CTL		    0x00000400
#define MSR_MC0_STATUS		    0x00000401
#define MSR_MC0_ADDR		    0x00000402
#define MSR_A_PMC0		    0x000004c1 /* MSR_PMC0 in full width */
#define MSR_MCG_EXT_CTL		    0x000004d0
#define MSR_RTIT_OUTPUT_BASE	    0x00000560
#define MSR_RTIT_OUTPUT_MASK	    0x00000561
#define MSR_RTIT_CTL		    0x00000570
#define MSR_RTIT_STATUS		    0x00000571
#define MSR_RTIT_CR3_MATCH	    0x00000572
#define MSR_RTIT_ADDR0_A	    0x00000580 /* four ranges, two registers each */
#define MSR_DS_AREA		    0x00000600
#define MSR_U_CET		    0x000006a0
#define MSR_S_CET		    0x000006a2
#define MSR_PL0_SSP		    0x000006a4
#define MSR_PL3_SSP		    0x000006a7
#define MSR_SSP_TABLE		    0x000006a8 /* IA32_INTERRUPT_SSP_TABLE_ADDR */
#define MSR_TSC_DEADLINE	    0x000006e0
#define MSR_PKRS		    0x000006e1
#define MSR_HWP_REQUEST		    0x00000774
#define MSR_X2APIC_BASE		    0x00000800 /* register at MMIO offset n is MSR 0x800 + n / 16 */
#define MSR_UINTR_RR		    0x00000985 /* to UINTR_TT: SDM volume 3, chapter 7 */
#define MSR_UINTR_TT		    0x0000098a
#define MSR_PQR_ASSOC		    0x00000c8f
#define MSR_BNDCFGS		    0x00000d90
#define MSR_PASID		    0x00000d93
#define MSR_XSS			    0x00000da0
#define MSR_LBR_CTL		    0x000014ce
#define MSR_LBR_DEPTH		    0x000014cf
#define MSR_EFER		    0xc0000080
#define MSR_STAR		    0xc0000081
#define MSR_LSTAR		    0xc0000082
#define MSR_CSTAR		    0xc0000083
#define MSR_SFMASK		    0xc0000084
#define MSR_FS_BASE		    0xc0000100
#define MSR_GS_BASE		    0xc0000101
#define MSR_KERNEL_GS_BASE	    0xc0000102
#define MSR_TSC_AUX		    0xc0000103

/* AMD64 Architecture Programmer's Manual, volume 2, appendix A. */
#define MSR_AMD_PERF_GLOBAL_CTL	 0xc0000301
#define MSR_AMD_PERFEVTSEL0	 0xc0010000
#define MSR_AMD_PERFCTR0	 0xc0010004
#define MSR_AMD_SYSCFG		 0xc0010010
#define MSR_AMD_HWCR		 0xc0010015
#define MSR_AMD_VM_HSAVE_PA	 0xc0010117
#define MSR_AMD_VIRT_SPEC_CTRL	 0xc001011f
#define MSR_AMD_CORE_PERFEVTSEL0 0xc0010200 /* its counter is the next one, and so on */
#define MSR_AMD_DR1_MASK	 0xc0011019 /* and those of DR2 and DR3 behind it */
#define MSR_AMD_LS_CFG		 0xc0011020
#define MSR_AMD_DR0_MASK	 0xc0011027
#define MSR_AMD_DE_CFG		 0xc0011029
#define MSR_AMD_IBS_FETCH_CTL	 0xc0011030
#define MSR_AMD_IBS_OP_CTL	 0xc0011033

#define EFER_SCE		 (1ull << 0)
#define EFER_LME		 (1ull << 8)
#define EFER_LMA		 (1ull << 10)
#define EFER_NXE		 (1ull << 11)

#define APIC_BASE_BSP		 (1ull << 8)
#define APIC_BASE_EXTD		 (1ull << 10) /* x2APIC mode */
#define APIC_BASE_ENABLE	 (1ull << 11)
#define APIC_BASE_ADDRESS	 0x000ffffffffff000ull

#ifdef SWITCHYARD_HOST
/* The fake CPU has its own: tests/unit/fake/fake_cpu.h. */
uint64_t rdmsr(uint32_t msr);
void wrmsr(uint32_t msr, uint64_t value);
#else
static inline uint64_t rdmsr(uint32_t msr)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (uint64_t)high << 32 | low;
}

static inline void wrmsr(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}
#endif

/*
 * Like the two above, for registers that this CPU may lack. They return false if it raised #GP.
 * They need the monitor's IDT.
 */
bool rdmsr_safe(uint32_t msr, uint64_t *value);
bool wrmsr_safe(uint32_t msr, uint64_t value);

#endif
