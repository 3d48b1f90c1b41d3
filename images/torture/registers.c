// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * registers.c - the values with which torture_switch.asm fills the registers, and the comparison.
 */
#include <stddef.h>
#include "access.h"
#include "registers.h"
#include "torture_switch.h"

#define RFLAGS_FIXED 0x2      /* always 1 */
#define RFLAGS_VARY  0x240ad5 /* CF, PF, AF, ZF, SF, IF, OF, AC, ID: SDM volume 1, 3.4.3 */
#define FCW_FIXED    0x027f   /* no exceptions; precision 53 or 64 bits: SDM volume 1, 8.1.5 */
#define FCW_VARY     0x0d00   /* precision, rounding */
#define FSW_VARY     0x7f3f   /* all except SF, ES, B: SDM volume 1, 8.1.3 */
#define MXCSR_FIXED  0x1f80   /* no exceptions: SDM volume 1, 10.2.3 */
#define MXCSR_VARY   0xe03f   /* flush to zero, rounding, flags */
/*
 * The bits of BNDCFGU that may be set. Others are reserved, or make an address canonical. SDM
 * volume 1, 13.5.4.
 */
#define BNDCFGU_BITS 0x00007ffffffff003ull

_Static_assert(offsetof(struct xsave_area, mxcsr) == 24, "as SDM volume 1, table 10-2 has it");
_Static_assert(offsetof(struct xsave_area, xmm) == 160, "as SDM volume 1, table 10-2 has it");
_Static_assert(offsetof(struct xsave_area, components) == 512, "XSAVE's header is behind FXSAVE's");
_Static_assert(offsetof(struct xsave_area, extended) == XSAVE_EXTENDED, "behind the header");

/* A field of struct torture_registers, and its bits that are compared. */
struct field {
	const char *name;
	uint16_t offset;
	uint8_t size; /* in bytes, up to 8 */
	uint64_t vary, fixed;
};

#define FIELD(member)                                                          \
	.name = #member, .offset = offsetof(struct torture_registers, member), \
	.size = sizeof(uint64_t)
#define XSTATE(member)                                                                \
	.name = #member, .offset = offsetof(struct torture_registers, xstate.member), \
	.size = sizeof(((struct xsave_area *)0)->member)
#define ANY (~0ull)

static const struct field fields[] = {
	{FIELD(rbx), ANY, 0},
	{FIELD(rcx), ANY, 0},
	{FIELD(rdx), ANY, 0},
	{FIELD(rsi), ANY, 0}, /* torture_switch() replaces the values of these two and RSP */
	{FIELD(rdi), ANY, 0},
	{FIELD(rbp), ANY, 0},
	{FIELD(r8), ANY, 0},
	{FIELD(r9), ANY, 0},
	{FIELD(r10), ANY, 0},
	{FIELD(r11), ANY, 0},
	{FIELD(r12), ANY, 0},
	{FIELD(r13), ANY, 0},
	{FIELD(r14), ANY, 0},
	{FIELD(r15), ANY, 0},
	{FIELD(rsp), ANY, 0},
	{FIELD(rflags), RFLAGS_VARY, RFLAGS_FIXED},
	{XSTATE(fcw), FCW_VARY, FCW_FIXED},
	{XSTATE(fsw), FSW_VARY, 0},
	{XSTATE(ftw), ANY, 0},
	{XSTATE(mxcsr), MXCSR_VARY, MXCSR_FIXED},
};
#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

/* Several registers of a kind, wider than 8 bytes, in the XSAVE area's legacy part. */
struct bank {
	const char *name;
	uint16_t offset; /* in struct xsave_area */
	uint8_t stride, size, count;
};

static const struct bank banks[] = {
	{"st", offsetof(struct xsave_area, st), 16, 10, X87_REGISTERS},
	{"xmm", offsetof(struct xsave_area, xmm), 16, 16, VECTOR_REGISTERS},
};
#define BANK_COUNT (sizeof(banks) / sizeof(banks[0]))

/* The names of the other components, indexed by their bit in XCR0. PKRU is a separate item. */
static const char *const components[] = {
	[2] = "ymm",	[3] = "bndregs",  [4] = "bndcsr",
	[5] = "opmask", [6] = "zmm-high", [7] = "zmm-upper",
};
#define COMPONENT_FIRST 2
#define COMPONENT_COUNT (sizeof(components) / sizeof(components[0]))
#define BNDCSR		4
#define BNDCSR_SIZE	16

struct place {
	uint32_t offset, size;
};

static uint64_t read_bytes(const uint8_t *from, uint32_t size)
{
	uint64_t value = 0;

	while (size--)
		value = value << 8 | from[size];
	return value;
}

static void write_bytes(uint8_t *to, uint32_t size, uint64_t value)
{
	for (uint32_t i = 0; i < size; i++)
		to[i] = (uint8_t)(value >> i * 8);
}

/* SDM volume 3, 2.5. */
#define CR0_MP		  (1ull << 1)
#define CR0_EM		  (1ull << 2)
#define CR0_TS		  (1ull << 3)
#define CR4_OSFXSR	  (1ull << 9)
#define CR4_OSXMMEXCPT	  (1ull << 10)
#define CR4_OSXSAVE	  (1ull << 18)
#define CPUID_1_ECX_XSAVE (1u << 26)

void torture_registers_init(void)
{
	cr0_set(0, (cr0_get(0) & ~(CR0_EM | CR0_TS)) | CR0_MP);
	cr4_set(0, cr4_get(0) | CR4_OSFXSR | CR4_OSXMMEXCPT);
	if (cpuid(CPUID_FEATURES, 0).ecx & CPUID_1_ECX_XSAVE)
		cr4_set(0, cr4_get(0) | CR4_OSXSAVE);
}

uint64_t torture_xcr0_supported(void)
{
	return cr4_get(0) & CR4_OSXSAVE ? cpuid(CPUID_XSAVE, 0).eax & XCR0_KNOWN : 0;
}

/* The components that are loaded and stored now. None without XSAVE. */
static uint64_t enabled_components(void)
{
	return cr4_get(0) & CR4_OSXSAVE ? xcr_get(0) & ~(uint64_t)XCR0_PKRU : 0;
}

static void fill_random(struct torture *torture, uint8_t *to, uint32_t size)
{
	for (uint32_t i = 0; i < size; i++)
		to[i] = (uint8_t)torture_random(torture);
}

/*
 * Where a component lies in the area. The bounds' control registers use two words of their place.
 */
static struct place component_place(uint32_t component)
{
	struct cpuid c = cpuid(CPUID_XSAVE, component);

	return (struct place){c.ebx, component == BNDCSR ? BNDCSR_SIZE : c.eax};
}

static void fill_component(struct torture *torture, struct xsave_area *area, uint32_t component)
{
	struct place place = component_place(component);
	uint8_t *to = (uint8_t *)area + place.offset;

	fill_random(torture, to, place.size);
	if (component == BNDCSR)
		write_bytes(to, sizeof(uint64_t), read_bytes(to, sizeof(uint64_t)) & BNDCFGU_BITS);
}

static void fill_registers(struct torture *torture, struct torture_registers *fill)
{
	uint8_t *xstate = (uint8_t *)&fill->xstate;

	for (uint32_t i = 0; i < FIELD_COUNT; i++)
		write_bytes((uint8_t *)fill + fields[i].offset, fields[i].size,
			    (torture_random(torture) & fields[i].vary) | fields[i].fixed);
	for (uint32_t i = 0; i < BANK_COUNT; i++)
		for (uint32_t n = 0; n < banks[i].count; n++)
			fill_random(torture, xstate + banks[i].offset + n * banks[i].stride,
				    banks[i].size);
	fill->xsave_mask = enabled_components();
	fill->xstate.components = fill->xsave_mask;
	for (uint32_t i = COMPONENT_FIRST; i < COMPONENT_COUNT; i++)
		if (fill->xsave_mask & 1ull << i)
			fill_component(torture, &fill->xstate, i);
}

int64_t torture_registers_switch(struct torture *torture, uint64_t op, uint64_t arg)
{
	fill_registers(torture, &torture->fill);
	torture->fill.gate = torture->tick->switchyard->gate;
	return torture_switch(&torture->fill, &torture->seen, op, arg);
}

/* Reports one difference for each 8 bytes that are wrong. */
static void compare_bytes(struct torture *torture, const char *name, uint32_t offset, uint32_t size)
{
	const uint8_t *is = (const uint8_t *)&torture->seen + offset;
	const uint8_t *was = (const uint8_t *)&torture->fill + offset;

	for (uint32_t byte = 0; byte < size; byte += sizeof(uint64_t)) {
		uint32_t part = size - byte < sizeof(uint64_t) ? size - byte : sizeof(uint64_t);
		uint64_t now = read_bytes(is + byte, part), before = read_bytes(was + byte, part);

		if (now != before)
			torture_differs(torture, name, now, before);
	}
}

void torture_registers_compare(struct torture *torture)
{
	const uint32_t xstate = offsetof(struct torture_registers, xstate);

	for (uint32_t i = 0; i < FIELD_COUNT; i++)
		compare_bytes(torture, fields[i].name, fields[i].offset, fields[i].size);
	for (uint32_t i = 0; i < BANK_COUNT; i++)
		for (uint32_t n = 0; n < banks[i].count; n++)
			compare_bytes(torture, banks[i].name,
				      xstate + banks[i].offset + n * banks[i].stride,
				      banks[i].size);
	for (uint32_t i = COMPONENT_FIRST; i < COMPONENT_COUNT; i++)
		if (torture->fill.xsave_mask & 1ull << i) {
			struct place place = component_place(i);

			compare_bytes(torture, components[i], xstate + place.offset, place.size);
		}
}
