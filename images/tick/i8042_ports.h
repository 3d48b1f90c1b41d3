/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * i8042_ports.h - the PC's keyboard controller, Intel 8042. IBM PS/2 hardware interface technical
 * reference, "Keyboard and auxiliary device controller".
 */
#ifndef TICK_I8042_PORTS_H
#define TICK_I8042_PORTS_H

#define I8042_DATA	    0x60
#define I8042_STATUS	    0x64 /* read */
#define I8042_COMMAND	    0x64 /* write */

#define I8042_STATUS_OUTPUT 0x01 /* a byte for us */
#define I8042_STATUS_INPUT  0x02 /* our last byte is not taken yet */
#define I8042_STATUS_ABSENT 0xff

#define I8042_READ_BYTE	    0x20 /* the command byte */
#define I8042_WRITE_BYTE    0x60

#endif
