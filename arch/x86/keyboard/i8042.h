/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * i8042.h - the PC's keyboard controller, Intel 8042: its ports, commands and bits. IBM PS/2
 * hardware interface technical reference, "Keyboard and auxiliary device controller".
 */
#ifndef ARCH_X86_KEYBOARD_I8042_H
#define ARCH_X86_KEYBOARD_I8042_H

#define I8042_DATA		0x60
#define I8042_STATUS		0x64 /* read */
#define I8042_COMMAND		0x64 /* write */

#define I8042_STATUS_OUTPUT	0x01 /* a byte for us */
#define I8042_STATUS_INPUT	0x02 /* our last byte is not taken yet */
#define I8042_STATUS_AUXILIARY	0x20 /* the byte for us is the mouse's */
#define I8042_STATUS_ABSENT	0xff

#define I8042_READ_BYTE		0x20 /* the command byte, whose bits follow */
#define I8042_WRITE_BYTE	0x60
#define I8042_PULSE_RESET	0xfe /* resets the machine */

#define I8042_BYTE_KEYS		0x01 /* keys interrupt */
#define I8042_BYTE_AUX		0x02 /* the mouse interrupts */
#define I8042_BYTE_DISABLE_KEYS 0x10
#define I8042_BYTE_DISABLE_AUX	0x20
#define I8042_BYTE_TRANSLATE	0x40 /* scan codes to set 1 */

#endif
