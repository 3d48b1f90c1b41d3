/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * unit.h - the number for what the hardware tells of a disk, as docs/GUEST-ABI.md, section 10, has
 * it.
 */
#ifndef SWITCHYARD_UNIT_H
#define SWITCHYARD_UNIT_H

#include "../switchyard.h"

/* FNV-1a in 32 bits, folded to 16. Two numbers have other meanings. */
static inline uint16_t switchyard_unit(const char *text)
{
	uint32_t sum = 2166136261u;
	uint16_t unit;

	for (; *text; text++)
		sum = (sum ^ (uint8_t)*text) * 16777619u;
	unit = (uint16_t)(sum ^ sum >> 16);
	return unit > SWITCHYARD_STORAGE_ONLY_UNIT ? unit : unit + 2;
}

static inline int switchyard_is_any_unit(uint16_t unit)
{
	return unit == SWITCHYARD_STORAGE_NO_UNIT || unit == SWITCHYARD_STORAGE_ONLY_UNIT;
}

/* 1: they may be one disk. The only one of a function is, and one that can't be told apart. */
static inline int switchyard_same_unit(uint16_t one, uint16_t two)
{
	return one == two || switchyard_is_any_unit(one) || switchyard_is_any_unit(two);
}

#endif
