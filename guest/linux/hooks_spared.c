// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_spared.c - what the monitor need not keep in a deep switch.
 */
#include <linux/vt_kern.h>
#include "hooks.h"
#include "switchyard_core.h"

/*
 * What Linux programs again when it resumes, so that the monitor need not keep it:
 *   - ioapic_resume(), lapic_resume() and i8259A_resume() (arch/x86/kernel/apic/io_apic.c, apic.c,
 *     and ../i8259.c) run in syscore_resume(), before interrupts are on;
 *   - pci_restore_msi_state() (drivers/pci/msi) writes all entries of MSI-X tables that a driver
 *     uses, and unmasks them after that.
 * The PIT is not here: Linux programs it only if it is the timer that Linux uses.
 */
#define RENEWED                                                                    \
	(SWITCHYARD_SPARE_IOAPIC | SWITCHYARD_SPARE_LAPIC | SWITCHYARD_SPARE_PIC | \
	 SWITCHYARD_SPARE_MSIX)

/* The console that people saw before Linux suspended itself. */
static int persons_console;

/*
 * Returns true if Linux draws the screen again. Before it suspends, the PM core shows the last
 * console instead of the one that people see, and shows theirs again after it
 * (kernel/power/console.c). It does not if a program has locked the console, or if all drivers of
 * the screen restore it. If people see the last console anyway, it stays, and nothing is drawn.
 */
static bool draws_screen(void)
{
#ifdef CONFIG_VT_CONSOLE_SLEEP
	return fg_console == MAX_NR_CONSOLES - 1 && persons_console != fg_console;
#else
	return false;
#endif
}

static u32 spared_of_screen(void)
{
	if (!draws_screen())
		return 0;
	return SWITCHYARD_SPARE_TEXT | SWITCHYARD_SPARE_PICTURE |
	       switchyard_font_spared(vc_cons[fg_console].d);
}

u32 switchyard_spared(void)
{
	return RENEWED | spared_of_screen();
}

void switchyard_screen_note(void)
{
	persons_console = fg_console;
}
