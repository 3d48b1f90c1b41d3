/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * flat_segments.h - the selectors with which Switchyard enters a kernel, and their segments. The
 * segments reach from 0 to 4 GiB, and are marked as accessed already. SDM volume 3, section 3.4.5.
 */
#ifndef TICK_FLAT_SEGMENTS_H
#define TICK_FLAT_SEGMENTS_H

#define SELECTOR_CODE32 0x08
#define SELECTOR_CODE	0x10
#define SELECTOR_DATA	0x18

#define GDT_CODE32	0x00cf9b000000ffff
#define GDT_CODE	0x00af9b000000ffff /* 64-bit code */
#define GDT_DATA	0x00cf93000000ffff

#endif
