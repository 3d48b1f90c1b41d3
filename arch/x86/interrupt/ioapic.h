/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ioapic.h - the IO-APICs. Intel 82093AA data sheet; addresses from the MADT.
 */
#ifndef ARCH_X86_INTERRUPT_IOAPIC_H
#define ARCH_X86_INTERRUPT_IOAPIC_H

#include <stdbool.h>
#include <stdint.h>

#define IOAPIC_MAX	8
#define IOAPIC_MAX_PINS 240
#define IOAPIC_MAX_RTES 512 /* of all IO-APICs together */

#define RTE_MASKED	(1ull << 16)
#define RTE_LEVEL	(1ull << 15)

struct ioapic {
	uint32_t id;
	uint32_t gsi_base;
	uint64_t address; /* physical, of its register window */
	uint32_t pins;
	uint32_t version;
};

struct ioapics {
	uint32_t count;
	uint32_t left_out; /* beyond the limits above; these are not masked either */
	struct ioapic ioapic[IOAPIC_MAX];
};

/* Redirection table entries (RTE) of all IO-APICs, one after the other. */
struct ioapic_state {
	uint64_t rte[IOAPIC_MAX_RTES];
};

#define IOAPIC_USUAL 0xfec00000u /* where PCs have the first one */

/* True if the registers at address, which is mapped, are an IO-APIC's. They are not all ones. */
bool ioapic_answers(uint64_t address);

/*
 * Adds the IO-APIC at address, and reads its version and number of pins. If there is no room, it is
 * counted in left_out.
 */
void ioapic_add(struct ioapics *ioapics, uint32_t id, uint64_t address, uint32_t gsi_base);

uint64_t ioapic_read_rte(const struct ioapic *ioapic, uint32_t pin);

/* Bytes of the state of these IO-APICs, with an entry of rte[] for each of their pins. */
uint32_t ioapic_state_size(const struct ioapics *ioapics);

/*
 * A mirrored pair for every RTE. Delivery status and remote IRR are read-only, so they are left
 * out. Save leaves every RTE masked, and clears remote IRR where a level-triggered interrupt was not
 * ended. Restore needs that, and writes what differs from the RTEs that were saved last. now is NULL
 * if those are not known.
 */
void ioapic_save(const struct ioapics *ioapics, struct ioapic_state *state);
void ioapic_restore(const struct ioapics *ioapics, const struct ioapic_state *state,
		    const struct ioapic_state *now);

/*
 * Calls raise() with the message that the IO-APIC sends when an edge comes, for each unmasked
 * edge-triggered RTE of state. An edge that came while the RTE was masked is forgotten, and its
 * device may wait for an answer before it makes another one.
 */
void ioapic_raise_edges(const struct ioapics *ioapics, const struct ioapic_state *state,
			void (*raise)(uint32_t address, uint32_t data));

/* Masks every RTE as ioapic_save() does, and keeps none. */
void ioapic_mask_all(const struct ioapics *ioapics);

#endif
