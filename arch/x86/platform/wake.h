/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * wake.h - a reset of the machine comes back to the monitor, where the firmware lets it.
 *
 * That is so on QEMU and KVM with SeaBIOS. There, a reset leaves RAM as it is, and so the parked
 * slots. SeaBIOS looks at the shutdown status in CMOS: 0xfe means "resume from S3", and then it
 * jumps to the waking vector in ACPI's FACS (ACPI 6.4, section 5.2.10). QEMU's clock clears all other
 * values of the shutdown status at a reset, 0x05 and 0x0a of the PC/AT among them.
 *
 * Devices are as after power-on then. So the registers of the chipset that SeaBIOS set up are kept.
 */
#ifndef ARCH_X86_PLATFORM_WAKE_H
#define ARCH_X86_PLATFORM_WAKE_H

#include <stdbool.h>

/*
 * Finds out whether it is possible. go_on is called after a reset, on the boot CPU with the
 * monitor's stack and tables; it must not return. Call once, after platform_init().
 */
void wake_init(bool bios, void (*go_on)(void));

/* True if it is possible on this machine. */
bool wake_possible(void);

/*
 * From wake_arm() on, a reset comes back. wake_disarm() undoes it. Both do nothing if it is not
 * possible. A kernel that starts other CPUs undoes it, too: Linux clears the shutdown status.
 */
void wake_arm(void);
void wake_disarm(void);

/* Sets the chipset's registers as SeaBIOS did. Call after a reset, before anything uses a device. */
void wake_chipset(void);

#endif
