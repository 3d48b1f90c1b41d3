/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load_format.h - what each format's loader gives to load.c, and sums that all of them need.
 */
#ifndef MONITOR_LOAD_LOAD_FORMAT_H
#define MONITOR_LOAD_LOAD_FORMAT_H

#include "monitor/load/load.h"
#include "lib/units.h"

#define MAX_PHYSICAL (UINT64_C(1) << 52) /* x86-64 has no addresses beyond: SDM volume 3, 4.1.4 */

/*
 * One format. probe looks for its magic only. inspect, enough and load do the work of
 * load_inspect(), load_enough() and load_slot() for it. enough may be NULL: what inspect finds is
 * all that such a kernel needs.
 */
struct load_format {
	enum switchyard_type type;
	bool (*probe)(const struct image *file);
	bool (*inspect)(struct slot *slot, struct error *error);
	bool (*enough)(const struct slot *slot, struct error *warning);
	bool (*load)(const struct slot *slot, const struct load_context *context,
		     struct guest_entry *entry, struct error *error);
};

/* True if [offset, offset + size) lies in the file. */
static inline bool in_file(const struct image *file, uint64_t offset, uint64_t size)
{
	return offset <= file->size && size <= file->size - offset;
}

/* Bytes that a slot's initrd and modules take, each in whole pages. */
uint64_t load_extra_size(const struct slot *slot);

#endif
