// SPDX-License-Identifier: GPL-2.0-only
/*
 * fake_pause.c - a CPU that waits in a loop, for tests in which no other CPU runs meanwhile.
 */
#include "arch/x86/cpu/cpu.h"

void cpu_pause(void)
{
}
