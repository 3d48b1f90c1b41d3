/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ib700.h - the watchdog of IB700 single board computers, which QEMU has, too: port 0x441 stops it,
 * and port 0x443 starts it with a time, and feeds it. Neither can be read.
 */
#ifndef ARCH_X86_WATCHDOG_IB700_H
#define ARCH_X86_WATCHDOG_IB700_H

/*
 * Call it only for a slot whose kernel says that there is one (switchyard_notes.watchdogs). Other
 * machines have other hardware at this port. The slot's kernel starts it again when it feeds it.
 */
void ib700_stop(void);

#endif
