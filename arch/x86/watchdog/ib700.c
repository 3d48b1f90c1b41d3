// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/watchdog/ib700.h"
#include "arch/x86/cpu/io.h"

#define STOP 0x441 /* any value does */

void ib700_stop(void)
{
	outb(STOP, 0);
}
