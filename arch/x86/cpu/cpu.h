/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cpu.h - control registers, CPUID, and single instructions that C does not have. Bits: SDM volume
 * 3, section 2.5; CPUID: volume 2.
 */
#ifndef ARCH_X86_CPU_CPU_H
#define ARCH_X86_CPU_CPU_H

#include <stdint.h>

#define CR0_PE (1ull << 0)
#define CR0_MP (1ull << 1)
#define CR0_EM (1ull << 2)
#define CR0_TS (1ull << 3)
#define CR0_ET (1ull << 4)
#define CR0_NE (1ull << 5)
#define CR0_WP (1ull << 16)
#define CR0_AM (1ull << 18)
#define CR0_NW (1ull << 29)
#define CR0_CD (1ull << 30) /* caches keep their contents, and take in nothing new */
#define CR0_PG (1ull << 31)

/* CR0 of a kernel that is entered in 32-bit mode with paging off. */
#define CR0_ENTRY32 (CR0_PE | CR0_ET | CR0_NE)

/* The monitor's own. */
#define CR0_MONITOR  (CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_PG)

#define CR4_PSE	     (1ull << 4)
#define CR4_PAE	     (1ull << 5)
#define CR4_MCE	     (1ull << 6)
#define CR4_OSFXSR   (1ull << 9)
#define CR4_OSXMM    (1ull << 10)
#define CR4_LA57     (1ull << 12)
#define CR4_VMXE     (1ull << 13)
#define CR4_OSXSAVE  (1ull << 18)
#define CR4_PKE	     (1ull << 22)
#define CR4_CET_BIT  23
#define CR4_CET	     (1ull << CR4_CET_BIT)
#define CR4_FRED_BIT 32 /* events are delivered by FRED, not by the IDT */

#define RFLAGS_FIXED (1ull << 1)  /* always 1 */
#define RFLAGS_RF    (1ull << 16) /* the next instruction hits no breakpoint */

#define DR7_RESET    0x400ull /* no breakpoint is armed */
#define DR7_GD_BIT   13	      /* #DB for the next one who touches a debug register */

struct cpuid {
	uint32_t eax, ebx, ecx, edx;
};

#define CPUID_VENDOR		0
#define CPUID_FEATURES		1
#define CPUID_STRUCTURED	7
#define CPUID_TOPOLOGY		0x0b
#define CPUID_EXTENDED		0x80000000 /* EAX: the last leaf from here on */
#define CPUID_EXTENDED_FEATURES 0x80000001
#define CPUID_APIC_ID_SHIFT	24 /* in CPUID.1:EBX, up to its last bit */
/* CPUID.1:ECX */
#define CPUID_1_ECX_SSE4_1     (1u << 19)
#define CPUID_1_ECX_XSAVE      (1u << 26)
#define CPUID_1_ECX_HYPERVISOR (1u << 31)
/* CPUID.1:EDX */
#define CPUID_1_EDX_MCE	 (1u << 7)
#define CPUID_1_EDX_MTRR (1u << 12)
#define CPUID_1_EDX_MCA	 (1u << 14)
#define CPUID_1_EDX_DS	 (1u << 21)
/* CPUID.(7,0):ECX, EDX */
#define CPUID_7_ECX_PKU		      (1u << 3)
#define CPUID_7_EDX_ARCH_CAPABILITIES (1u << 29)
/* CPUID.(0D,1):EAX */
#define CPUID_D_1_EAX_XSAVES (1u << 3)
/* CPUID.80000001:EDX */
#define CPUID_80000001_EDX_1G_PAGES (1u << 26)

#ifdef SWITCHYARD_HOST
/* The fake CPU has its own: tests/unit/fake/fake_cpu.h. */
struct cpuid cpuid(uint32_t leaf, uint32_t subleaf);
uint64_t read_cr0(void);
void write_cr0(uint64_t value);
uint64_t read_cr3(void);
void write_cr3(uint64_t value);
void wbinvd(void);
void interrupts_take(void);
void cpu_halt(void);
void cpu_pause(void); /* fake_pause.c, or the test's own */
#else
static inline struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid c;

	__asm__ volatile("cpuid"
			 : "=a"(c.eax), "=b"(c.ebx), "=c"(c.ecx), "=d"(c.edx)
			 : "a"(leaf), "c"(subleaf));
	return c;
}

#define DEFINE_CR(n)                                                           \
	static inline uint64_t read_cr##n(void)                                \
	{                                                                      \
		uint64_t value;                                                \
		__asm__ volatile("mov %%cr" #n ", %0" : "=r"(value));          \
		return value;                                                  \
	}                                                                      \
	static inline void write_cr##n(uint64_t value)                         \
	{                                                                      \
		__asm__ volatile("mov %0, %%cr" #n : : "r"(value) : "memory"); \
	}

DEFINE_CR(0)
DEFINE_CR(2)
DEFINE_CR(3)
DEFINE_CR(4)

/* Writes caches back to memory and empties them. It is slow. */
static inline void wbinvd(void)
{
	__asm__ volatile("wbinvd" : : : "memory");
}

/* Enables interrupts for two instructions, so that waiting ones arrive. */
static inline void interrupts_take(void)
{
	__asm__ volatile("sti; nop; nop; cli" : : : "memory");
}

/* Waits for an NMI, if interrupts are off. It may also end without one. */
static inline void cpu_halt(void)
{
	__asm__ volatile("hlt" : : : "memory");
}

static inline void cpu_pause(void)
{
	__asm__ volatile("pause");
}
#endif

#define DEFINE_DR(n)                                                  \
	static inline uint64_t read_dr##n(void)                       \
	{                                                             \
		uint64_t value;                                       \
		__asm__ volatile("mov %%dr" #n ", %0" : "=r"(value)); \
		return value;                                         \
	}                                                             \
	static inline void write_dr##n(uint64_t value)                \
	{                                                             \
		__asm__ volatile("mov %0, %%dr" #n : : "r"(value));   \
	}

DEFINE_DR(0)
DEFINE_DR(1)
DEFINE_DR(2)
DEFINE_DR(3)
DEFINE_DR(6)
DEFINE_DR(7)

static inline uint64_t rdtsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

static inline uint64_t xgetbv0(void)
{
	uint32_t low, high;

	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (uint64_t)high << 32 | low;
}

static inline void xsetbv0(uint64_t value)
{
	__asm__ volatile("xsetbv" : : "c"(0), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

/* Access the protection keys' rights. They need CR4.PKE. */
static inline uint32_t rdpkru(void)
{
	uint32_t value;

	__asm__ volatile("rdpkru" : "=a"(value) : "c"(0) : "rdx");
	return value;
}

static inline void wrpkru(uint32_t value)
{
	__asm__ volatile("wrpkru" : : "a"(value), "c"(0), "d"(0));
}

static inline void interrupts_off(void)
{
	__asm__ volatile("cli" : : : "memory");
}

/* Stops this CPU for good. */
__attribute__((noreturn)) static inline void cpu_stop(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

#endif
