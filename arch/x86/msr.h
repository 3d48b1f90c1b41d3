/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * msr.h - model-specific registers by the SDM's names (volume 4), and access to them.
 */
#ifndef ARCH_X86_MSR_H
#define ARCH_X86_MSR_H

#include <stdbool.h>
#include <stdint.h>

#define MSR_APIC_BASE	   0x0000001b
#define MSR_SPEC_CTRL	   0x00000048
#define MSR_SYSENTER_CS	   0x00000174
#define MSR_SYSENTER_ESP   0x00000175
#define MSR_SYSENTER_EIP   0x00000176
#define MSR_XFD		   0x000001c4
#define MSR_XFD_ERR	   0x000001c5
#define MSR_MISC_ENABLE	   0x000001a0
#define MSR_DEBUGCTL	   0x000001d9
#define MSR_PAT		   0x00000277
#define MSR_S_CET	   0x000006a2
#define MSR_SSP_TABLE	   0x000006a8 /* IA32_INTERRUPT_SSP_TABLE_ADDR */
#define MSR_TSC_DEADLINE   0x000006e0
#define MSR_X2APIC_BASE	   0x00000800 /* register at MMIO offset n is MSR 0x800 + n / 16 */
#define MSR_XSS		   0x00000da0
#define MSR_EFER	   0xc0000080
#define MSR_STAR	   0xc0000081
#define MSR_LSTAR	   0xc0000082
#define MSR_CSTAR	   0xc0000083
#define MSR_SFMASK	   0xc0000084
#define MSR_FS_BASE	   0xc0000100
#define MSR_GS_BASE	   0xc0000101
#define MSR_KERNEL_GS_BASE 0xc0000102
#define MSR_TSC_AUX	   0xc0000103

#define EFER_SCE	   (1ull << 0)
#define EFER_LME	   (1ull << 8)
#define EFER_LMA	   (1ull << 10)

#define APIC_BASE_BSP	   (1ull << 8)
#define APIC_BASE_EXTD	   (1ull << 10) /* x2APIC mode */
#define APIC_BASE_ENABLE   (1ull << 11)
#define APIC_BASE_ADDRESS  0x000ffffffffff000ull

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

/*
 * As above, for registers that this CPU may lack: false if it raised #GP. Need the monitor's IDT.
 */
bool rdmsr_safe(uint32_t msr, uint64_t *value);
bool wrmsr_safe(uint32_t msr, uint64_t value);

#endif
