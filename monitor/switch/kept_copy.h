/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kept_copy.h - a copy of all that the monitor keeps of a parked slot, for snapshots: the contexts
 * of its CPUs, the state of its devices, its font and its picture, in one piece.
 */
#ifndef MONITOR_SWITCH_KEPT_COPY_H
#define MONITOR_SWITCH_KEPT_COPY_H

#include "monitor/switch/monitor.h"

/* Bytes that the copy of what is kept now of slot number index takes; a multiple of 8. */
uint64_t kept_copy_size(const struct monitor *monitor, uint32_t index);

/* Writes it to memory that has so many bytes. */
void kept_copy_write(const struct monitor *monitor, uint32_t index, void *to);

/*
 * What is kept of slot number index becomes what the copy says. Nothing has changed if it returns
 * false, with the reason: the copy has another size or form, or there is no RAM for the font.
 */
bool kept_copy_read(struct monitor *monitor, uint32_t index, const void *from, uint64_t size,
		    struct error *error);

/* Where parts of a copy are that was written here: it is not a guest's. */
struct kept_copy_parts {
	const void *platform;
	const void *context; /* of the boot CPU */
	uint64_t crew, log_hint;
	uint32_t spared;
};

void kept_copy_open(const void *copy, struct kept_copy_parts *parts);

#endif
