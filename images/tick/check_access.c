// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "check_access.h"
#include "check.h"
#include "cpu.h"

/* Intel 8254 data sheet, read-back command: latches status and count of channel 0. */
#define PIT_CHANNEL_0	  0x40
#define PIT_COMMAND	  0x43
#define PIT_READ_BACK_0	  0xc2
#define PIT_STATUS_MODE	  0x3f

#define APIC_BASE_ADDRESS 0x000ffffffffff000ull

/* CPUID.1, CPUID.0DH, CPUID.80000001H: SDM volume 2; control bits: volume 3, 2.5. */
#define CPUID_1_ECX_XSAVE	  (1u << 26)
#define CPUID_XSAVE		  0x0d
#define CPUID_EXTENDED		  0x80000001
#define CPUID_EXTENDED_EDX_RDTSCP (1u << 27)
#define CR0_MP			  (1u << 1)
#define CR0_EM			  (1u << 2)
#define CR0_TS			  (1u << 3)
#define CR4_OSFXSR		  (1u << 9)
#define CR4_OSXMMEXCPT		  (1u << 10)
#define CR4_OSXSAVE		  (1u << 18)
#define XCR0_X87_SSE		  3
#define XCR0_AVX		  4

#define READ(instruction, value)  __asm__ volatile(instruction : "=r"(value))
#define WRITE(instruction, value) __asm__ volatile(instruction : : "r"(value) : "memory")

uint64_t segment_get(uint32_t which)
{
	uint64_t value = 0;

	switch (which) {
	case SEGMENT_CS:
		READ("mov %%cs, %0", value);
		break;
	case SEGMENT_DS:
		READ("mov %%ds, %0", value);
		break;
	case SEGMENT_ES:
		READ("mov %%es, %0", value);
		break;
	case SEGMENT_FS:
		READ("mov %%fs, %0", value);
		break;
	case SEGMENT_GS:
		READ("mov %%gs, %0", value);
		break;
	case SEGMENT_SS:
		READ("mov %%ss, %0", value);
		break;
	case SEGMENT_TR:
		READ("str %0", value);
		break;
	case SEGMENT_LDTR:
		READ("sldt %0", value);
		break;
	}
	return value;
}

void segment_set(uint32_t which, uint64_t value)
{
	switch (which) {
	case SEGMENT_DS:
		WRITE("mov %0, %%ds", value);
		break;
	case SEGMENT_ES:
		WRITE("mov %0, %%es", value);
		break;
	case SEGMENT_FS:
		WRITE("mov %0, %%fs", value);
		break;
	case SEGMENT_GS:
		WRITE("mov %0, %%gs", value);
		break;
	case SEGMENT_SS:
		WRITE("mov %0, %%ss", value);
		break;
	}
}

uint64_t table_get(uint32_t which)
{
	struct table_pointer gdt, idt;

	__asm__ volatile("sgdt %0" : "=m"(gdt));
	__asm__ volatile("sidt %0" : "=m"(idt));
	switch (which) {
	case TABLE_GDT_BASE:
		return gdt.base;
	case TABLE_GDT_LIMIT:
		return gdt.limit;
	case TABLE_IDT_BASE:
		return idt.base;
	}
	return idt.limit;
}

void gdt_limit_set(uint32_t which, uint64_t value)
{
	struct table_pointer gdt = {(uint16_t)value, table_get(TABLE_GDT_BASE)};

	(void)which;
	__asm__ volatile("lgdt %0" : : "m"(gdt));
}

uint64_t control_get(uint32_t which)
{
	uint64_t value = 0;

	switch (which) {
	case 0:
		READ("mov %%cr0, %0", value);
		break;
	case 2:
		READ("mov %%cr2, %0", value);
		break;
	case 3:
		READ("mov %%cr3, %0", value);
		break;
	case 4:
		READ("mov %%cr4, %0", value);
		break;
	case 8:
		READ("mov %%cr8, %0", value);
		break;
	}
	return value;
}

void control_set(uint32_t which, uint64_t value)
{
	switch (which) {
	case 0:
		WRITE("mov %0, %%cr0", value);
		break;
	case 2:
		WRITE("mov %0, %%cr2", value);
		break;
	case 4:
		WRITE("mov %0, %%cr4", value);
		break;
	case 8:
		WRITE("mov %0, %%cr8", value);
		break;
	}
}

uint64_t debug_get(uint32_t which)
{
	uint64_t value = 0;

	switch (which) {
	case 0:
		READ("mov %%dr0, %0", value);
		break;
	case 1:
		READ("mov %%dr1, %0", value);
		break;
	case 2:
		READ("mov %%dr2, %0", value);
		break;
	case 3:
		READ("mov %%dr3, %0", value);
		break;
	case 6:
		READ("mov %%dr6, %0", value);
		break;
	case 7:
		READ("mov %%dr7, %0", value);
		break;
	}
	return value;
}

void debug_set(uint32_t which, uint64_t value)
{
	switch (which) {
	case 0:
		WRITE("mov %0, %%dr0", value);
		break;
	case 1:
		WRITE("mov %0, %%dr1", value);
		break;
	case 2:
		WRITE("mov %0, %%dr2", value);
		break;
	case 3:
		WRITE("mov %0, %%dr3", value);
		break;
	case 6:
		WRITE("mov %0, %%dr6", value);
		break;
	case 7:
		WRITE("mov %0, %%dr7", value);
		break;
	}
}

uint64_t xcr0_get(uint32_t which)
{
	uint32_t low, high;

	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(which));
	return (uint64_t)high << 32 | low;
}

void xcr0_set(uint32_t which, uint64_t value)
{
	__asm__ volatile("xsetbv"
			 :
			 : "c"(which), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

uint64_t msr_get(uint32_t which)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(which));
	return (uint64_t)high << 32 | low;
}

void msr_set(uint32_t which, uint64_t value)
{
	__asm__ volatile("wrmsr"
			 :
			 : "c"(which), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

static volatile uint32_t *lapic(uint32_t offset)
{
	return (volatile uint32_t *)((msr_get(MSR_APIC_BASE) & APIC_BASE_ADDRESS) + offset);
}

uint64_t lapic_get(uint32_t which)
{
	return *lapic(which);
}

void lapic_set(uint32_t which, uint64_t value)
{
	*lapic(which) = (uint32_t)value;
}

uint64_t port_get(uint32_t which)
{
	return inb((uint16_t)which);
}

void port_set(uint32_t which, uint64_t value)
{
	outb((uint16_t)which, (uint8_t)value);
}

uint64_t crtc_get(uint32_t which)
{
	outb(CRTC_INDEX, (uint8_t)which);
	return inb(CRTC_DATA);
}

void crtc_set(uint32_t which, uint64_t value)
{
	outb(CRTC_INDEX, (uint8_t)which);
	outb(CRTC_DATA, (uint8_t)value);
}

/* Status, and the count, of channel 0: three bytes that have to be read. */
static uint8_t pit_read(uint32_t *count)
{
	uint8_t status, low;

	outb(PIT_COMMAND, PIT_READ_BACK_0);
	status = inb(PIT_CHANNEL_0);
	low = inb(PIT_CHANNEL_0);
	*count = (uint32_t)inb(PIT_CHANNEL_0) << 8 | low;
	return status;
}

uint64_t pit_mode_get(uint32_t which)
{
	uint32_t count;

	(void)which;
	return pit_read(&count) & PIT_STATUS_MODE;
}

uint64_t pit_reload_get(uint32_t which)
{
	uint32_t count;

	(void)which;
	pit_read(&count);
	return count >= 1 && count <= PIT_RELOAD ? PIT_RELOAD : count;
}

static void cpuid(uint32_t leaf, uint32_t *eax, uint32_t *ecx, uint32_t *edx)
{
	uint32_t ebx;

	__asm__ volatile("cpuid"
			 : "=a"(*eax), "=b"(ebx), "=c"(*ecx), "=d"(*edx)
			 : "a"(leaf), "c"(0));
}

void check_enable_vectors(struct check *check)
{
	uint64_t cr4 = control_get(4) | CR4_OSFXSR | CR4_OSXMMEXCPT;
	uint32_t eax, ecx, edx;

	control_set(0, (control_get(0) & ~(uint64_t)(CR0_EM | CR0_TS)) | CR0_MP);
	cpuid(CPUID_EXTENDED, &eax, &ecx, &edx);
	if (edx & CPUID_EXTENDED_EDX_RDTSCP)
		check->features |= HAS_TSC_AUX;
	cpuid(1, &eax, &ecx, &edx);
	if (!(ecx & CPUID_1_ECX_XSAVE)) {
		control_set(4, cr4);
		return;
	}
	control_set(4, cr4 | CR4_OSXSAVE);
	check->features |= HAS_XSAVE;
	cpuid(CPUID_XSAVE, &eax, &ecx, &edx);
	if (eax & XCR0_AVX)
		check->features |= HAS_AVX;
	xcr0_set(0, eax & (XCR0_X87_SSE | XCR0_AVX));
}
