/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * platform.h - the machine around the CPU, as one slot knows it.
 *
 * Everything that a slot programs and the next one would trip over: interrupt controllers, PCI
 * configuration, ACPI events, timers, serial ports, keyboard controller, screen. docs/STATE.md
 * lists it, item by item.
 */
#ifndef ARCH_X86_PLATFORM_PLATFORM_H
#define ARCH_X86_PLATFORM_PLATFORM_H

#include "arch/x86/cpu/state_item.h"
#include "arch/x86/interrupt/lapic.h"
#include "lib/error.h"

/* The machine's list, with its items' places. After platform_init(). */
const struct state_layout *platform_layout(void);

/* What the hardware can't be asked; 0: not known (switchyard_notes in guest/linux/switchyard.h). */
struct platform_notes {
	uint32_t pit_reload;
	uint8_t pic_master, pic_slave;
	uint8_t keyboard_leds;
};

/* Adds notes to a state that was saved. */
void platform_note(void *state, const struct platform_notes *notes);

/*
 * Keeps what firmware set up of keyboard controller and screen: before the console takes them. Call
 * once.
 */
void platform_keep_console(void);

/*
 * Finds the devices that ACPI names (rsdp: physical, 0: none) and those on PCI, and keeps their
 * state as firmware's. What is wrong with ACPI's tables is reported. Call once, with the monitor's
 * page tables loaded.
 */
void platform_init(uint64_t rsdp, report_fn report, void *context);

/*
 * Saves all of it to state, which has room for platform_layout()->size bytes, and this CPU's local
 * APIC to lapic. Leaves the machine quiet: other CPUs wait for a SIPI, every interrupt source is
 * masked, the local APIC is in virtual wire mode and empty.
 */
void platform_save(void *state, struct lapic_state *lapic);

/*
 * Masks and empties again: after the devices of a slot that ended were cut off, for what they sent
 * last. That is for a slot that is gone, and is dropped.
 */
void platform_quiet(void);

/*
 * What a state that was just saved needs besides: bytes, 0 if nothing; and its copy to that much
 * memory. Of the items with STATE_APART.
 */
uint32_t platform_apart_size(void *state);
void platform_save_apart(void *apart);

/* Puts back what platform_save() saved. From quiet. apart: NULL if there was nothing, or no room. */
void platform_restore(const void *state, const void *apart, const struct lapic_state *lapic);

/*
 * As firmware handed it over, from quiet: for a kernel that boots. The screen and the serial port
 * of the console stay as the monitor has them, since what is on them is what the person sees.
 */
void platform_restore_firmware(void);

#endif
