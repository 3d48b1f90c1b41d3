// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/platform/file_state.h"
#include <stddef.h>
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/pci/pci.h"
#include "arch/x86/platform/platform.h"
#include "lib/string.h"
#include "lib/units.h"
#include "lib/xxh64.h"

#define CR8_MOST	 15
#define CR3_BITS	 0xfffull
#define CANONICAL_SHIFT	 47 /* of addresses with four levels of tables; with five, 9 more */
#define LA57_MORE	 9

#define CPUID_EXTENDED_2 0x80000021 /* AMD's, with the bit for EFER.AIBRSE */

/* CPUID.1:ECX and CPUID.(7,0):ECX have bits that say what CR4 is now. */
#define CPUID_1_ECX_OSXSAVE (1u << 27)
#define CPUID_7_ECX_OSPKE   (1u << 4)

enum cpuid_register { EAX, EBX, ECX, EDX, ANY };

/* A bit that a kernel may set in CR4 or EFER, and the feature that it needs. */
struct needed_feature {
	uint8_t bit;
	uint32_t leaf, subleaf;
	enum cpuid_register from; /* ANY: it needs none */
	uint8_t feature;
};

/*
 * SDM volume 3, section 2.5 (CR4). VMXE, SMXE and those that are not here are refused: a kernel that
 * sleeps does not have them set, or the monitor does not know them.
 */
static const struct needed_feature cr4_bits[] = {
	{0, 1, 0, EDX, 1},   /* VME */
	{1, 1, 0, EDX, 1},   /* PVI */
	{2, 1, 0, EDX, 4},   /* TSD */
	{3, 1, 0, EDX, 2},   /* DE */
	{4, 1, 0, EDX, 3},   /* PSE */
	{5, 1, 0, EDX, 6},   /* PAE */
	{6, 1, 0, EDX, 7},   /* MCE */
	{7, 1, 0, EDX, 13},  /* PGE */
	{8, 0, 0, ANY, 0},   /* PCE */
	{9, 1, 0, EDX, 24},  /* OSFXSR */
	{10, 1, 0, EDX, 25}, /* OSXMMEXCPT */
	{11, 7, 0, ECX, 2},  /* UMIP */
	{12, 7, 0, ECX, 16}, /* LA57 */
	{16, 7, 0, EBX, 0},  /* FSGSBASE */
	{17, 1, 0, ECX, 17}, /* PCIDE */
	{18, 1, 0, ECX, 26}, /* OSXSAVE */
	{20, 7, 0, EBX, 7},  /* SMEP */
	{21, 7, 0, EBX, 20}, /* SMAP */
	{22, 7, 0, ECX, 3},  /* PKE */
	{23, 7, 0, ECX, 7},  /* CET, by shadow stacks */
	{24, 7, 0, ECX, 31}, /* PKS */
	{25, 7, 0, EDX, 5},  /* UINTR */
	{28, 7, 1, EAX, 26}, /* LAM_SUP */
	{32, 7, 1, EAX, 17}, /* FRED */
};

/* SDM volume 3, section 2.2.1; AMD64 APM volume 2, section 3.1.7. */
static const struct needed_feature efer_bits[] = {
	{0, 0, 0, ANY, 0},			   /* SCE */
	{8, 0, 0, ANY, 0},			   /* LME */
	{10, 0, 0, ANY, 0},			   /* LMA */
	{11, CPUID_EXTENDED_FEATURES, 0, EDX, 20}, /* NXE */
	{14, CPUID_EXTENDED_FEATURES, 0, EDX, 25}, /* FFXSR */
	{15, CPUID_EXTENDED_FEATURES, 0, ECX, 17}, /* TCE */
	{21, CPUID_EXTENDED_2, 0, EAX, 8},	   /* AIBRSE */
};

/* What comes first. The context follows, and then the items. */
struct header {
	uint32_t spared;
	uint32_t reserved;
};

static struct cpuid leaf_of(uint32_t leaf, uint32_t subleaf)
{
	uint32_t last = cpuid(leaf & CPUID_EXTENDED, 0).eax;

	return leaf <= last ? cpuid(leaf, subleaf) : (struct cpuid){0};
}

static uint32_t register_value(const struct cpuid *values, enum cpuid_register from)
{
	switch (from) {
	case EAX:
		return values->eax;
	case EBX:
		return values->ebx;
	case ECX:
		return values->ecx;
	case EDX:
		return values->edx;
	case ANY:
		break;
	}
	return ~0u;
}

/* The bits that this CPU takes. */
static uint64_t bits_taken(const struct needed_feature *bits, uint32_t count)
{
	uint64_t taken = 0;

	for (uint32_t i = 0; i < count; i++) {
		struct cpuid values = leaf_of(bits[i].leaf, bits[i].subleaf);

		if (register_value(&values, bits[i].from) >> bits[i].feature & 1)
			taken |= 1ull << bits[i].bit;
	}
	return taken;
}

static bool is_plain(const struct state_place *place)
{
	return place->size && place->item->flags & STATE_PLAIN;
}

static uint64_t padded(uint64_t size)
{
	return align_up(size, sizeof(uint64_t));
}

uint64_t file_state_size(void)
{
	const struct state_layout *platform = platform_layout();
	uint64_t size = sizeof(struct header) + padded(cpu_state_layout()->size);

	for (uint32_t i = 0; i < platform->count; i++)
		if (is_plain(&platform->place[i]))
			size += padded(platform->place[i].size);
	return size;
}

static uint64_t sum_of_place(const struct state_place *place, uint64_t seed)
{
	uint32_t numbers[] = {place->item->version, place->offset, place->size};

	seed = xxh64(place->item->name, strlen(place->item->name), seed);
	return xxh64(numbers, sizeof(numbers), seed);
}

uint64_t file_state_form(void)
{
	const struct state_layout *cpu = cpu_state_layout(), *platform = platform_layout();
	uint64_t sum = cpu_state_form();

	for (uint32_t i = 0; i < cpu->count; i++)
		sum = sum_of_place(&cpu->place[i], sum);
	for (uint32_t i = 0; i < platform->count; i++)
		if (is_plain(&platform->place[i]))
			sum = sum_of_place(&platform->place[i], sum);
	return sum;
}

uint64_t file_state_cpu(void)
{
	static const uint32_t leaves[] = {CPUID_VENDOR, CPUID_FEATURES, CPUID_STRUCTURED,
					  CPUID_EXTENDED_FEATURES, CPUID_EXTENDED_2};
	uint64_t sum = 0;

	for (uint32_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
		struct cpuid values = leaf_of(leaves[i], 0);

		if (leaves[i] == CPUID_FEATURES) {
			values.ebx = 0; /* which CPU this is */
			values.ecx &= ~CPUID_1_ECX_OSXSAVE;
		} else if (leaves[i] == CPUID_STRUCTURED) {
			values.ecx &= ~CPUID_7_ECX_OSPKE;
		}
		sum = xxh64(&values, sizeof(values), sum);
	}
	return sum;
}

uint64_t file_state_devices(void)
{
	const struct pci_functions *functions = pci_functions();
	uint64_t sum = functions->count;

	for (uint32_t i = 0; i < functions->count; i++) {
		const struct pci_function *function = &functions->function[i];
		uint32_t numbers[] = {function->address, function->id, function->class,
				      function->header};

		sum = xxh64(numbers, sizeof(numbers), sum);
	}
	return sum;
}

/* Where item number i of the platform's list is in the file, behind *at, which moves on. */
static uint64_t next_place(const struct state_place *place, uint64_t *at)
{
	uint64_t here = *at;

	*at += padded(place->size);
	return here;
}

void file_state_write(const struct file_state *state, void *to)
{
	const struct state_layout *platform = platform_layout();
	uint64_t at = sizeof(struct header) + padded(cpu_state_layout()->size);

	memset(to, 0, file_state_size());
	memcpy(to, &(struct header){.spared = state->spared}, sizeof(struct header));
	memcpy((uint8_t *)to + sizeof(struct header), state->context, cpu_state_layout()->size);
	for (uint32_t i = 0; i < platform->count; i++) {
		const struct state_place *place = &platform->place[i];

		if (is_plain(place))
			memcpy((uint8_t *)to + next_place(place, &at),
			       (const uint8_t *)state->platform + place->offset, place->size);
	}
}

void file_state_read(const void *from, struct file_state *state)
{
	const struct state_layout *platform = platform_layout();
	uint64_t at = sizeof(struct header) + padded(cpu_state_layout()->size);
	struct header header;

	memcpy(&header, from, sizeof(header));
	state->spared = header.spared;
	memcpy(state->context, (const uint8_t *)from + sizeof(header), cpu_state_layout()->size);
	memset(state->platform, 0, platform->size);
	for (uint32_t i = 0; i < platform->count; i++) {
		const struct state_place *place = &platform->place[i];

		if (is_plain(place))
			memcpy((uint8_t *)state->platform + place->offset,
			       (const uint8_t *)from + next_place(place, &at), place->size);
	}
}

static bool is_canonical(uint64_t address, uint64_t cr4)
{
	uint32_t shift = CANONICAL_SHIFT + (cr4 & CR4_LA57 ? LA57_MORE : 0);
	uint64_t upper = address >> shift;

	return !upper || upper == ~0ull >> shift;
}

/* Each of these would fault in the gate, where the monitor's tables and those of the slot meet. */
static bool control_is_right(const struct cpu_context *cpu, const struct region *ram,
			     const struct region *more, struct error *error)
{
	uint64_t cr4 = bits_taken(cr4_bits, sizeof(cr4_bits) / sizeof(cr4_bits[0]));
	uint64_t efer = bits_taken(efer_bits, sizeof(efer_bits) / sizeof(efer_bits[0]));
	uint64_t root = cpu->cr3 & ~CR3_BITS;

	if ((cpu->cr0 & (CR0_PE | CR0_PG)) != (CR0_PE | CR0_PG) ||
	    cpu->cr0 & ~(CR0_MONITOR | CR0_EM | CR0_TS | CR0_AM))
		return fail(error, "CR0 is %#lx, which no kernel that sleeps has", cpu->cr0);
	if (!(cpu->cr4 & CR4_PAE) || cpu->cr4 & ~cr4)
		return fail(error, "CR4 is %#lx; this CPU takes %#lx, with %#llx", cpu->cr4, cr4,
			    CR4_PAE);
	if ((cpu->efer & (EFER_LME | EFER_LMA)) != (EFER_LME | EFER_LMA) || cpu->efer & ~efer)
		return fail(error, "EFER is %#lx; this CPU takes %#lx, with %#llx", cpu->efer, efer,
			    EFER_LME | EFER_LMA);
	if (!region_has(ram, root, PAGE_SIZE) && !region_has(more, root, PAGE_SIZE))
		return fail(error, "CR3 is %#lx, which is not in the slot's RAM", cpu->cr3);
	return cpu->cr8 <= CR8_MOST ||
	       fail(error, "CR8 is %#lx; expected %u at most", cpu->cr8, CR8_MOST);
}

static bool addresses_are_right(const struct cpu_context *cpu, struct error *error)
{
	const struct {
		const char *name;
		uint64_t address;
	} addresses[] = {
		{"RSP", cpu->rsp},	     {"the GDT", cpu->gdtr.base},
		{"the IDT", cpu->idtr.base}, {"FS", cpu->fs_base},
		{"GS", cpu->gs_base},	     {"the kernel's GS", cpu->kernel_gs_base},
	};

	for (uint32_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
		if (!is_canonical(addresses[i].address, cpu->cr4))
			return fail(error, "%s is at %#lx, which is no address", addresses[i].name,
				    addresses[i].address);
	return true;
}

bool file_state_check(const void *from, const struct region *ram, const struct region *more,
		      struct error *error)
{
	const void *at = (const uint8_t *)from + sizeof(struct header);
	struct debug_state debug;
	struct cpu_context cpu;

	memcpy(&cpu, at, sizeof(cpu));
	memcpy(&debug, cpu_state_debug(at), sizeof(debug));
	if (cpu.dr7 >> 32 || debug.dr6 >> 32)
		return fail(error, "DR7 is %#lx, DR6 %#lx; expected 32 bits at most", cpu.dr7,
			    debug.dr6);
	return control_is_right(&cpu, ram, more, error) && addresses_are_right(&cpu, error);
}
