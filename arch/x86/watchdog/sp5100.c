// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/watchdog/sp5100.h"
#include "arch/x86/cpu/io.h"
#include "arch/x86/memory/paging.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/pci/pci_config.h"

/* The SMBus controller's function tells which south bridge it is. */
#define SMBUS		       PCI_ADDRESS(0, 0x14, 0)
#define ID_SBX00	       0x43851002u
#define ID_HUDSON_2	       0x780b1022u
#define ID_KERNCZ	       0x790b1022u
#define REVISION_SB800	       0x40
#define REVISION_HUDSON_EFCH   0x41
#define REVISION_KERNCZ_EFCH   0x49
#define REVISION_KERNCZ_MEMORY 0x51 /* its power management registers are in memory alone */

/* Power management registers: by an index and a data port, or in memory. */
#define PM_INDEX  0xcd6
#define PM_DATA	  0xcd7
#define PM_MEMORY 0xfed80300u

/* Where they say that the watchdog is. */
#define SP5100_BASE	 0x6c /* 32 bits */
#define SP5100_DECODE	 0x41 /* in configuration space */
#define SP5100_DECODE_ON 0x08
#define SB800_BASE	 0x48 /* 32 bits */
#define SB800_DECODE_ON	 0x01u
#define EFCH_DECODE	 0x00
#define EFCH_DECODE_ON	 0x80
#define EFCH_BASE	 0xfeb00000u
#define BASE_MASK	 0xfffffff8u

/* The watchdog's own registers. */
#define CONTROL		 0x00
#define COUNT		 0x04
#define REGISTERS_SIZE	 8
#define CONTROL_RUN	 0x01u
#define CONTROL_FIRED	 0x02u /* cleared by writing 1 */
#define CONTROL_DISABLED 0x08u
#define CONTROL_FEED	 0x80u
#define COUNT_LONGEST	 0xffffu

static enum kind { NONE, SP5100, SB800, EFCH, EFCH_MEMORY } kind;

static enum kind kind_of(uint32_t id, uint8_t revision)
{
	switch (id) {
	case ID_SBX00:
		return revision < REVISION_SB800 ? SP5100 : SB800;
	case ID_HUDSON_2:
		return revision < REVISION_HUDSON_EFCH ? SB800 : EFCH;
	case ID_KERNCZ:
		if (revision >= REVISION_KERNCZ_MEMORY)
			return EFCH_MEMORY;
		return revision < REVISION_KERNCZ_EFCH ? SB800 : EFCH;
	}
	return NONE;
}

bool sp5100_find(void)
{
	kind = kind_of(pci_read32(SMBUS, PCI_ID), pci_read8(SMBUS, PCI_CLASS));
	return kind != NONE;
}

/* A kernel may be between index and data, so the index is put back. */
static uint8_t read_pm8(uint8_t index)
{
	uint8_t before = inb(PM_INDEX), value;

	outb(PM_INDEX, index);
	value = inb(PM_DATA);
	outb(PM_INDEX, before);
	return value;
}

static uint32_t read_pm32(uint8_t index)
{
	uint32_t value = 0;

	for (uint8_t byte = 4; byte-- > 0;)
		value = value << 8 | read_pm8((uint8_t)(index + byte));
	return value;
}

static uint8_t read_pm_memory(uint8_t index)
{
	if (!paging_map_registers(PM_MEMORY, UINT8_MAX))
		return 0;
	return *(volatile uint8_t *)phys(PM_MEMORY + index);
}

/* A kernel's driver switches the registers on, and with some of them also the watchdog. */
static uint32_t base_now(void)
{
	uint32_t base = 0;

	switch (kind) {
	case NONE:
		break;
	case SP5100:
		if (pci_read8(SMBUS, SP5100_DECODE) & SP5100_DECODE_ON)
			base = read_pm32(SP5100_BASE);
		break;
	case SB800:
		base = read_pm32(SB800_BASE);
		base = base & SB800_DECODE_ON ? base : 0;
		break;
	case EFCH:
		base = read_pm8(EFCH_DECODE) & EFCH_DECODE_ON ? EFCH_BASE : 0;
		break;
	case EFCH_MEMORY:
		base = read_pm_memory(EFCH_DECODE) & EFCH_DECODE_ON ? EFCH_BASE : 0;
		break;
	}
	base &= BASE_MASK;
	return base && paging_map_registers(base, REGISTERS_SIZE) ? base : 0;
}

static volatile uint32_t *dog_register(uint32_t base, uint32_t offset)
{
	return phys(base + offset);
}

/* Without the bits that are commands. */
static uint32_t dog_control(uint32_t base)
{
	return *dog_register(base, CONTROL) & ~(CONTROL_FIRED | CONTROL_FEED);
}

bool sp5100_runs(void)
{
	uint32_t base = base_now();

	return base && (dog_control(base) & (CONTROL_RUN | CONTROL_DISABLED)) == CONTROL_RUN;
}

void sp5100_feed(void)
{
	uint32_t base = base_now();

	if (base)
		*dog_register(base, CONTROL) = dog_control(base) | CONTROL_FEED;
}

bool sp5100_save(struct sp5100_state *state)
{
	uint32_t base = base_now();

	*state = (struct sp5100_state){.mapped = base};
	if (!base)
		return false;
	state->control = dog_control(base);
	if (state->control & CONTROL_RUN)
		*dog_register(base, CONTROL) = state->control & ~CONTROL_RUN;
	state->count = *dog_register(base, COUNT);
	return state->control & CONTROL_RUN;
}

/*
 * It stands still while it is stopped. So if it shows what the slot left, nobody has set another
 * time. Otherwise it gets the longest, because the slot's own is not known, and one that is too
 * short would reset the machine.
 */
static void restore_count(uint32_t base, const struct sp5100_state *state)
{
	if (*dog_register(base, COUNT) != state->count)
		*dog_register(base, COUNT) = COUNT_LONGEST;
}

/* It starts with its full time, because it is fed right after. */
void sp5100_restore(const struct sp5100_state *state)
{
	uint32_t base = base_now();

	if (!state->mapped || !base || dog_control(base) == state->control)
		return;
	if (state->control & CONTROL_RUN)
		restore_count(base, state);
	*dog_register(base, CONTROL) = state->control;
	if (state->control & CONTROL_RUN)
		sp5100_feed();
}
