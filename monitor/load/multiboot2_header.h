/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * multiboot2_header.h - reading a Multiboot2 kernel's header: Multiboot2 Specification 2.0, section
 * 3.1.
 */
#ifndef MONITOR_LOAD_MULTIBOOT2_HEADER_H
#define MONITOR_LOAD_MULTIBOOT2_HEADER_H

#include "monitor/load/multiboot.h"

/* What the header says, checked. */
struct multiboot2_kernel {
	struct multiboot_image image;
	bool relocatable;
	struct multiboot2_relocation relocation;
};

/* True if a header with a right checksum is found. */
bool multiboot2_probe(const struct image *file);

/* Finds and checks the header with all its tags, and the image that it describes. */
bool multiboot2_read(const struct image *file, struct multiboot2_kernel *kernel,
		     struct error *error);

#endif
