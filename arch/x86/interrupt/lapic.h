/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lapic.h - the local APIC, in xAPIC and x2APIC mode. SDM volume 3, chapter 11.
 */
#ifndef ARCH_X86_INTERRUPT_LAPIC_H
#define ARCH_X86_INTERRUPT_LAPIC_H

#include <stdbool.h>
#include <stdint.h>

#define LAPIC_LVT_COUNT 7

struct lapic_state {
	uint64_t apic_base; /* IA32_APIC_BASE: mode and address */
	uint32_t tpr, ldr, dfr, svr;
	uint32_t lvt[LAPIC_LVT_COUNT];
	uint32_t divide, initial, current; /* the timer's */
	uint64_t deadline;		   /* IA32_TSC_DEADLINE */
	bool deadline_valid;
	uint32_t pending[8]; /* edge-triggered interrupts that arrived and were not taken yet */
};

/*
 * A mirrored pair. lapic_save() leaves the registers alone. lapic_restore() writes what differs from
 * the registers in drained, which were saved and drained just before. drained is NULL in virtual wire
 * mode.
 */
void lapic_save(struct lapic_state *state);
void lapic_restore(const struct lapic_state *state, const struct lapic_state *drained);

/*
 * Takes every waiting interrupt out of the local APIC, whose registers are those of state. It notes
 * the edge-triggered ones in state->pending, and lapic_restore() sends those again. The IO-APICs and
 * 8259s must be masked already. It masks the local sources itself, and enables interrupts for a
 * moment. A one-shot timer that has run out counts as waiting, so its interrupt may come once more.
 */
void lapic_drain(struct lapic_state *state);

/*
 * Keeps the mode in which firmware left the local APIC. That is usually xAPIC. It is x2APIC if some
 * CPU's ID needs more than 8 bits, or if the CPU is locked in x2APIC mode. Call once, before
 * lapic_virtual_wire().
 */
void lapic_keep_firmware(void);

/*
 * Sets the local APIC as firmware leaves it on the boot CPU. It is in the firmware's mode and
 * enabled. LINT0 passes the 8259's interrupts on (virtual wire mode, MP specification 1.4, section
 * 3.6.2.2), LINT1 is NMI, and the timer is off. It writes what differs from the registers in
 * drained, which were saved and drained just before. drained is NULL if nothing is known of them.
 */
void lapic_virtual_wire(const struct lapic_state *drained);

/* Sends INIT to all other CPUs: they stop whatever they do and wait for a SIPI. */
void lapic_init_others(void);

/* Sends INIT or an NMI to the CPU with that APIC ID. */
void lapic_send_init(uint32_t apic_id);
void lapic_send_nmi(uint32_t apic_id);

/*
 * Sends the interrupt that a device would send by a message of this address and data. If that one
 * goes to whichever of several CPUs has the lowest priority, each of them gets it: not every CPU can
 * send such interrupts.
 */
void lapic_send_message(uint32_t address, uint32_t data);

/* Starts a CPU that waits for it, at that page below 1 MiB, in real mode (SIPI). */
void lapic_send_start(uint32_t apic_id, uint32_t page);

/* True on the CPU that firmware started. */
bool lapic_is_boot_cpu(void);

uint32_t lapic_id(void);

/* Ends the interrupt in service. */
void lapic_eoi(void);

#endif
