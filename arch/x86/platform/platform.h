/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * platform.h - the machine around the CPU, as one slot knows it.
 *
 * It is everything that one slot programs and that would disturb the next one: interrupt
 * controllers, PCI configuration, ACPI events, timers, serial ports, keyboard controller, screen.
 * docs/STATE.md lists all items.
 */
#ifndef ARCH_X86_PLATFORM_PLATFORM_H
#define ARCH_X86_PLATFORM_PLATFORM_H

#include <stdbool.h>
#include "arch/x86/cpu/state_item.h"
#include "arch/x86/interrupt/lapic.h"
#include "boot_info.h"
#include "lib/error.h"

/* The items of the machine's state and their places. It is valid after platform_init(). */
const struct state_layout *platform_layout(void);

/* What a slot notes that need not be kept, and why (switchyard_spared in guest/linux/switchyard.h). */
enum platform_spared {
	PLATFORM_SPARE_TEXT = 1 << 0,
	PLATFORM_SPARE_HIDDEN = 1 << 1,
	PLATFORM_SPARE_FONTS = 1 << 2,
	PLATFORM_SPARE_IOAPIC = 1 << 3,
	PLATFORM_SPARE_LAPIC = 1 << 4,
	PLATFORM_SPARE_PIC = 1 << 5,
	PLATFORM_SPARE_PIT = 1 << 6,
	PLATFORM_SPARE_MSIX = 1 << 7,
	PLATFORM_SPARE_SAME_FONTS = 1 << 9,
};

/*
 * What a slot notes: what need not be kept, and state that can't be read from the hardware. 0: not
 * known (switchyard_notes in guest/linux/switchyard.h).
 */
struct platform_notes {
	uint32_t spared; /* bits of enum platform_spared */
	uint32_t pit_reload;
	uint8_t pic_master, pic_slave;
	uint8_t keyboard_leds;
	bool ib700; /* the slot may have started this watchdog */
	/*
	 * The PCI functions that go on working for the slot (pci_set_has()). NULL: none, because
	 * the slot has suspended its devices.
	 */
	const uint64_t *works;
	bool others_stay; /* its other CPUs come back where they are now */
	uint32_t owner;	  /* the slot's number, from 1 */
};

/*
 * Keeps firmware's settings of keyboard controller and screen. It is called once, before the
 * console takes these.
 */
void platform_keep_console(void);

/*
 * Finds the devices that ACPI names and those on PCI, and keeps their state as firmware's. rsdp is
 * a physical address; 0: none. So is efi_system_table; 0: firmware is a BIOS. Faults in ACPI's
 * tables are reported. later gets the faults of devices during switches, while a slot owns screen
 * and serial port. It is called once, with the monitor's page tables loaded.
 */
void platform_init(uint64_t rsdp, uint64_t efi_system_table, report_fn report, report_fn later,
		   void *context);

/*
 * Finds the adapter that shows the framebuffer with that address (0: the VGA), and keeps what it has
 * of its own. It is called once, after platform_init(), before the console has used the screen.
 */
void platform_find_adapter(uint64_t framebuffer);

/*
 * Bytes of zeroed RAM that devices need of the monitor, in whole pages; and these bytes, before a
 * slot runs.
 */
uint64_t platform_room(void);
void platform_give_room(void *room);

/*
 * Says which RAM the slot has whose state is saved or restored next. A kernel may have given
 * devices addresses elsewhere, and the monitor does not write there. RAM may be in two pieces; of the
 * second one, size 0 says that there is none.
 */
void platform_set_ram(const struct region *ram, const struct region *more);

/*
 * Saves the machine's state to state, which has room for platform_layout()->size bytes, and this
 * CPU's local APIC to lapic, and adds the slot's notes. The machine is quiet after it: other CPUs
 * wait for a SIPI, every interrupt source is masked, and the local APIC is in virtual wire mode and
 * empty.
 */
void platform_save(void *state, struct lapic_state *lapic, const struct platform_notes *notes);

/* The console has used its devices, so they are not as platform_save() found them any more. */
void platform_console_used(void);

/*
 * True while an IOMMU translates what devices write. Linux switches it off when it suspends, so a
 * slot whose devices go on working asks before that.
 */
bool platform_translates(void);

/* True if one does in a state that was saved: it will when that slot gets the machine again. */
bool platform_translates_in(const void *state);

/*
 * Called before another slot gets the machine, which will have the state next; NULL: firmware's.
 * Stops devices that still write to memory: all of them if their slot has ended, and their last
 * interrupts are dropped. Those that work for a parked slot go on. The other devices of a parked
 * slot are suspended. But if it has left an IOMMU on, or the next slot has one on, they are stopped
 * until the state is restored, because their addresses mean something else there. Then the IOMMUs
 * go off.
 */
void platform_stop_devices(bool ended, const void *next);

/*
 * Returns false, with the reason, if state can't be restored because it has a bridge otherwise, and
 * functions behind that work for a parked slot. Call it when a slot has left the machine.
 */
bool platform_can_restore(const void *state, struct error *error);

/*
 * Items with STATE_APART may need more memory than their place in the state. The first function
 * returns the bytes that a state needs which was just saved, or 0. The second copies them to apart.
 */
uint32_t platform_apart_size(void *state);
void platform_save_apart(void *apart);

/*
 * Restores what platform_save() saved, and writes only what differs from the state that was saved
 * last. The machine must be quiet. apart is NULL if nothing was kept apart. spared is what the slot
 * noted at that save.
 */
void platform_restore(const void *state, const void *apart, const struct lapic_state *lapic,
		      uint32_t spared);

/*
 * Restores firmware's state for a kernel that slept, and comes from a file: of state, only the items
 * with STATE_PLAIN are used that the notes do not spare. The kernel sets up all the rest, as it does
 * when the machine was off.
 */
void platform_restore_plain(const void *state, uint32_t its_spared);

/*
 * Restores firmware's state for a kernel that boots. The machine must be quiet. The console's
 * screen and serial port stay as the monitor set them, because the person is using them.
 */
void platform_restore_firmware(void);

#endif
