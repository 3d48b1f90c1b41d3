// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * registers.c - what switch.asm fills the registers with, and the comparison.
 */
#include <stddef.h>
#include "check.h"
#include "switch.h"

#define RFLAGS_FIXED 0x2      /* always 1 */
#define RFLAGS_VARY  0x240ad5 /* CF, PF, AF, ZF, SF, IF, OF, AC, ID: SDM volume 1, 3.4.3 */
#define FCW_FIXED    0x027f   /* no exceptions; precision 53 or 64 bits: SDM volume 1, 8.1.5 */
#define FCW_VARY     0x0d00   /* precision, rounding */
#define FSW_VARY     0x7f3f   /* all but SF, ES, B: SDM volume 1, 8.1.3 */
#define MXCSR_FIXED  0x1f80   /* no exceptions: SDM volume 1, 10.2.3 */
#define MXCSR_VARY   0xe03f   /* flush to zero, rounding, flags */
#define XCR0_AVX     4
_Static_assert(offsetof(struct xsave_area, mxcsr) == 24, "as SDM volume 1, table 10-2 has it");
_Static_assert(offsetof(struct xsave_area, xmm) == 160, "as SDM volume 1, table 10-2 has it");
_Static_assert(offsetof(struct xsave_area, components) == 512, "XSAVE's header is behind FXSAVE's");
_Static_assert(offsetof(struct xsave_area, ymm_high) == 576, "as CPUID.(0DH,2) has it");

/* A field of struct check_registers: bits that are compared. */
struct field {
	const char *name;
	uint16_t offset;
	uint8_t size; /* in bytes, up to 8 */
	uint64_t vary, fixed;
};

#define FIELD(name) #name, offsetof(struct check_registers, name), sizeof(uint64_t)
#define XSTATE(name) \
#name, offsetof(struct check_registers, xstate.name), sizeof(((struct xsave_area *)0)->name)
#define ANY (~0ull)

static const struct field fields[] = {
	{FIELD(rbx), ANY, 0},
	{FIELD(rbp), ANY, 0},
	{FIELD(r12), ANY, 0},
	{FIELD(r13), ANY, 0},
	{FIELD(r14), ANY, 0},
	{FIELD(r15), ANY, 0},
	{FIELD(rsp), ANY, 0}, /* what it is filled with, check_switch() replaces */
	{FIELD(rflags), RFLAGS_VARY, RFLAGS_FIXED},
	{XSTATE(fcw), FCW_VARY, FCW_FIXED},
	{XSTATE(fsw), FSW_VARY, 0},
	{XSTATE(ftw), ANY, 0},
	{XSTATE(mxcsr), MXCSR_VARY, MXCSR_FIXED},
};
#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

/* Registers wider than 8 bytes, several of a kind. */
struct bank {
	const char *name[VECTOR_REGISTERS];
	uint16_t offset; /* in struct xsave_area */
	uint8_t stride, size, count;
	bool avx;
};

#define NAMES_8(n)	    n "0", n "1", n "2", n "3", n "4", n "5", n "6", n "7"
#define NAMES_16(n)	    NAMES_8(n), n "8", n "9", n "10", n "11", n "12", n "13", n "14", n "15"

#define XSTATE_OFFSET(name) offsetof(struct xsave_area, name)

static const struct bank banks[] = {
	{{NAMES_8("st")}, XSTATE_OFFSET(st), 16, 10, X87_REGISTERS, false},
	{{NAMES_16("xmm")}, XSTATE_OFFSET(xmm), 16, 16, VECTOR_REGISTERS, false},
	{{NAMES_16("ymm upper ")}, XSTATE_OFFSET(ymm_high), 16, 16, VECTOR_REGISTERS, true},
};
#define BANK_COUNT (sizeof(banks) / sizeof(banks[0]))

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

static uint64_t enabled_components(const struct check *check)
{
	uint32_t low, high;

	if (!(check->features & HAS_XSAVE))
		return 0;
	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (uint64_t)high << 32 | low;
}

static void fill_registers(struct check *check, struct check_registers *fill)
{
	uint8_t *xstate = (uint8_t *)&fill->xstate;

	for (uint32_t i = 0; i < FIELD_COUNT; i++)
		write_bytes((uint8_t *)fill + fields[i].offset, fields[i].size,
			    (check_random(check) & fields[i].vary) | fields[i].fixed);
	for (uint32_t i = 0; i < BANK_COUNT; i++)
		for (uint32_t n = 0; n < banks[i].count; n++)
			for (uint32_t byte = 0; byte < banks[i].size; byte++)
				xstate[banks[i].offset + n * banks[i].stride + byte] =
					(uint8_t)check_random(check);
	fill->xsave_mask = enabled_components(check);
	fill->xstate.components = fill->xsave_mask;
}

/* One difference for each 8 bytes. */
static void compare_bytes(struct check *check, const char *name, const uint8_t *is,
			  const uint8_t *was, uint32_t size)
{
	for (uint32_t byte = 0; byte < size; byte += sizeof(uint64_t)) {
		uint32_t part = size - byte < sizeof(uint64_t) ? size - byte : sizeof(uint64_t);
		uint64_t now = read_bytes(is + byte, part), before = read_bytes(was + byte, part);

		if (now != before)
			check_differs(check, name, now, before);
	}
}

int64_t check_registers_switch(struct check *check)
{
	fill_registers(check, &check->fill);
	return check_switch(&check->fill, &check->seen, check->tick->switchyard->gate,
			    SWITCHYARD_SWITCH, check->tick->options.to);
}

static void compare_bank(struct check *check, const struct bank *bank)
{
	const uint8_t *is = (const uint8_t *)&check->seen.xstate + bank->offset;
	const uint8_t *was = (const uint8_t *)&check->fill.xstate + bank->offset;

	for (uint32_t n = 0; n < bank->count; n++)
		compare_bytes(check, bank->name[n], is + n * bank->stride, was + n * bank->stride,
			      bank->size);
}

void check_registers_compare(struct check *check)
{
	const uint8_t *is = (const uint8_t *)&check->seen, *was = (const uint8_t *)&check->fill;

	for (uint32_t i = 0; i < FIELD_COUNT; i++)
		compare_bytes(check, fields[i].name, is + fields[i].offset, was + fields[i].offset,
			      fields[i].size);
	for (uint32_t i = 0; i < BANK_COUNT; i++)
		if (!banks[i].avx || (check->fill.xsave_mask & XCR0_AVX))
			compare_bank(check, &banks[i]);
}
