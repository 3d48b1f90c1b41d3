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

#include "arch/x86/acpi/acpi_events.h"
#include "arch/x86/time/hpet.h"
#include "arch/x86/interrupt/ioapic.h"
#include "arch/x86/keyboard/keyboard.h"
#include "arch/x86/interrupt/lapic.h"
#include "arch/x86/pci/pci_state.h"
#include "arch/x86/interrupt/pic.h"
#include "arch/x86/time/pit.h"
#include "arch/x86/time/rtc.h"
#include "arch/x86/serial/uart.h"
#include "arch/x86/screen/vga_state.h"
#include "lib/error.h"

#define PLATFORM_UARTS 4 /* COM1 to COM4 */

struct platform_state {
	struct lapic_state lapic;
	struct ioapic_state ioapic;
	struct pic_state pic;
	struct pci_state pci;
	struct acpi_events_state acpi_events;
	struct rtc_state rtc;
	struct pit_state pit;
	struct hpet_state hpet;
	struct uart_state uart[PLATFORM_UARTS];
	struct keyboard_state keyboard;
	struct vga_state screen;
};

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
 * Saves all of it, and leaves the machine quiet: other CPUs wait for a SIPI, every interrupt source
 * is masked, the local APIC is in virtual wire mode and empty.
 */
void platform_save(struct platform_state *state);

/*
 * Masks and empties again: after the devices of a slot that ended were cut off, for what they sent
 * last. That is for a slot that is gone, and is dropped.
 */
void platform_quiet(void);

/* Puts back what platform_save() saved. From quiet. */
void platform_restore(const struct platform_state *state);

/*
 * As firmware handed it over, from quiet: for a kernel that boots. The screen and the serial port
 * of the console stay as the monitor has them, since what is on them is what the person sees.
 */
void platform_restore_firmware(void);

#endif
