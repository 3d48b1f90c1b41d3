// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/interrupt/ioapic.h"
#include "arch/x86/cpu/io.h"
#include "arch/x86/interrupt/message.h"

/* 82093AA, section 3.1. Two registers in memory select and access the others. */
#define IOREGSEL	  0x00
#define IOWIN		  0x10
#define IOAPICVER	  0x01
#define IOREDTBL(pin)	  (0x10 + 2 * (pin))
#define VERSION_PINS(ver) (((ver) >> 16 & 0xff) + 1)

#define RTE_LOGICAL	  (1ull << 11)
#define RTE_TARGET(rte)	  ((uint32_t)((rte) >> 56))
#define RTE_REMOTE_IRR	  (1ull << 14)
#define RTE_STATUS	  (1ull << 12)
#define RTE_READ_ONLY	  (RTE_REMOTE_IRR | RTE_STATUS)

static uint32_t ioapic_read(const struct ioapic *ioapic, uint32_t reg)
{
	mmio_write32(ioapic->address + IOREGSEL, reg);
	return mmio_read32(ioapic->address + IOWIN);
}

static void ioapic_write(const struct ioapic *ioapic, uint32_t reg, uint32_t value)
{
	mmio_write32(ioapic->address + IOREGSEL, reg);
	mmio_write32(ioapic->address + IOWIN, value);
}

uint64_t ioapic_read_rte(const struct ioapic *ioapic, uint32_t pin)
{
	uint64_t high = ioapic_read(ioapic, IOREDTBL(pin) + 1);

	return high << 32 | ioapic_read(ioapic, IOREDTBL(pin));
}

/*
 * Writes the halves of an RTE that differ from those of now, which is masked. When the entry is
 * unmasked, the half with the mask bit is written last, so that no half-written RTE is live.
 */
static void write_rte(const struct ioapic *ioapic, uint32_t pin, uint64_t rte, uint64_t now)
{
	if ((rte ^ now) >> 32)
		ioapic_write(ioapic, IOREDTBL(pin) + 1, (uint32_t)(rte >> 32));
	if ((uint32_t)(rte ^ now))
		ioapic_write(ioapic, IOREDTBL(pin), (uint32_t)rte);
}

bool ioapic_answers(uint64_t address)
{
	struct ioapic ioapic = {.address = address};
	uint32_t version = ioapic_read(&ioapic, IOAPICVER);

	return version != 0 && version != UINT32_MAX;
}

void ioapic_add(struct ioapics *ioapics, uint32_t id, uint64_t address, uint32_t gsi_base)
{
	struct ioapic *ioapic = &ioapics->ioapic[ioapics->count];
	uint32_t used = 0;

	for (uint32_t i = 0; i < ioapics->count; i++)
		used += ioapics->ioapic[i].pins;
	if (ioapics->count == IOAPIC_MAX) {
		ioapics->left_out++;
		return;
	}
	ioapic->id = id;
	ioapic->address = address;
	ioapic->gsi_base = gsi_base;
	ioapic->version = ioapic_read(ioapic, IOAPICVER) & 0xff;
	ioapic->pins = VERSION_PINS(ioapic_read(ioapic, IOAPICVER));
	if (ioapic->pins <= IOAPIC_MAX_PINS && used + ioapic->pins <= IOAPIC_MAX_RTES)
		ioapics->count++;
	else
		ioapics->left_out++;
}

uint32_t ioapic_state_size(const struct ioapics *ioapics)
{
	uint32_t pins = 0;

	for (uint32_t i = 0; i < ioapics->count; i++)
		pins += ioapics->ioapic[i].pins;
	return pins * (uint32_t)sizeof(uint64_t);
}

/*
 * A kernel that boots second needs this. It starts as after a reset: the 8259 is its only source of
 * interrupts, and it does not know the vectors that the kernel before it gave to devices. An RTE
 * that is still live delivers those vectors, beside the 8259's. The timer interrupt then comes
 * twice, once with a vector that the kernel does not handle, before the kernel has touched the
 * IO-APIC. A level-triggered interrupt that is never ended keeps its remote IRR, so its device
 * can't interrupt again. Firmware starts a kernel with every RTE masked, and the monitor does the
 * same.
 *
 * low is the half of the RTE with the mask bit.
 */
static void mask(const struct ioapic *ioapic, uint32_t pin, uint32_t low)
{
#ifndef TEST_LEAVE_IOAPIC_UNMASKED
	uint32_t masked = low | (uint32_t)RTE_MASKED;

	if (low != masked) {
		ioapic_write(ioapic, IOREDTBL(pin), masked);
		low = ioapic_read(ioapic, IOREDTBL(pin)); /* an interrupt may just have come */
	}
	if (low & RTE_REMOTE_IRR) {
		/* The IO-APIC clears remote IRR when the entry becomes edge-triggered. */
		ioapic_write(ioapic, IOREDTBL(pin), masked & ~(uint32_t)RTE_LEVEL);
		ioapic_write(ioapic, IOREDTBL(pin), masked);
	}
#else
	(void)ioapic; /* tests/system/monitor/test_negative.py: the tests must see the difference */
	(void)pin;
	(void)low;
#endif
}

void ioapic_save(const struct ioapics *ioapics, struct ioapic_state *state)
{
	uint64_t *rte = state->rte;

	for (uint32_t i = 0; i < ioapics->count; i++) {
		const struct ioapic *ioapic = &ioapics->ioapic[i];

		for (uint32_t pin = 0; pin < ioapic->pins; pin++) {
			*rte = ioapic_read_rte(ioapic, pin);
			mask(ioapic, pin, (uint32_t)*rte);
			*rte++ &= ~RTE_READ_ONLY;
		}
	}
}

/* If the halves of now are not known, they differ in all bits. */
void ioapic_restore(const struct ioapics *ioapics, const struct ioapic_state *state,
		    const struct ioapic_state *now)
{
	uint32_t place = 0;

	for (uint32_t i = 0; i < ioapics->count; i++) {
		for (uint32_t pin = 0; pin < ioapics->ioapic[i].pins; pin++, place++) {
			uint64_t rte = state->rte[place];

			write_rte(&ioapics->ioapic[i], pin, rte,
				  now ? now->rte[place] | RTE_MASKED : ~rte);
		}
	}
}

static uint32_t message_address(uint64_t rte)
{
	uint32_t logical = rte & RTE_LOGICAL ? MESSAGE_LOGICAL : 0;

	return MESSAGE_ADDRESS | MESSAGE_TO(RTE_TARGET(rte)) | logical;
}

void ioapic_raise_edges(const struct ioapics *ioapics, const struct ioapic_state *state,
			void (*raise)(uint32_t address, uint32_t data))
{
	uint32_t count = ioapic_state_size(ioapics) / (uint32_t)sizeof(state->rte[0]);

	for (uint32_t i = 0; i < count; i++) {
		uint64_t rte = state->rte[i];
		uint32_t what = MESSAGE_WHAT(rte);

		if (!(rte & (RTE_MASKED | RTE_LEVEL)) && MESSAGE_MODE(what) <= MESSAGE_MODE_LOWEST)
			raise(message_address(rte), what);
	}
}

void ioapic_mask_all(const struct ioapics *ioapics)
{
	for (uint32_t i = 0; i < ioapics->count; i++)
		for (uint32_t pin = 0; pin < ioapics->ioapic[i].pins; pin++)
			mask(&ioapics->ioapic[i], pin,
			     ioapic_read(&ioapics->ioapic[i], IOREDTBL(pin)));
}
