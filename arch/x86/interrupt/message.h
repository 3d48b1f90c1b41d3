/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * message.h - the address and the data of an interrupt message: SDM volume 3, 11.11. An RTE of an IO-APIC
 * and a local APIC's command have vector and delivery mode at the same place as the data (11.6.1; 82093AA,
 * section 3.2.4).
 */
#ifndef ARCH_X86_INTERRUPT_MESSAGE_H
#define ARCH_X86_INTERRUPT_MESSAGE_H

#define MESSAGE_ADDRESS		0xfee00000u
#define MESSAGE_TO(cpu)		((cpu) << 12)
#define MESSAGE_TARGET(address) ((address) >> 12 & 0xff)
#define MESSAGE_LOGICAL		(1u << 2) /* in the address: the target is a set of CPUs */
#define MESSAGE_WHAT(data)	(0x7ffu & (uint32_t)(data)) /* vector, delivery mode */
#define MESSAGE_MODE(what)	((what) >> 8 & 7)
#define MESSAGE_MODE_LOWEST	1 /* 0 is "fixed". The others are no interrupts of a device */

#endif
