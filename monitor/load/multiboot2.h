/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * multiboot2.h - the parts of the Multiboot2 loader: Multiboot2 Specification 2.0.
 * multiboot2_header.c reads a kernel's header (3.1), multiboot2_info.c writes its boot information
 * (3.6).
 */
#ifndef MONITOR_LOAD_MULTIBOOT2_H
#define MONITOR_LOAD_MULTIBOOT2_H

#include "monitor/load/multiboot.h"

#define MULTIBOOT2_BOOT_MAGIC 0x36d76289u /* in EAX, 3.3 */

/* Types of boot information tags, 3.6, as far as they are written. */
enum multiboot2_info_type {
	MULTIBOOT2_INFO_END = 0,
	MULTIBOOT2_INFO_COMMAND_LINE = 1,
	MULTIBOOT2_INFO_LOADER_NAME = 2,
	MULTIBOOT2_INFO_MODULE = 3,
	MULTIBOOT2_INFO_MEMORY = 4,
	MULTIBOOT2_INFO_MAP = 6,
	MULTIBOOT2_INFO_FRAMEBUFFER = 8,
	MULTIBOOT2_INFO_ACPI_OLD = 14,
	MULTIBOOT2_INFO_ACPI_NEW = 15,
	MULTIBOOT2_INFO_LOAD_BASE = 21,
};

/* The relocatable tag, 3.1.12. */
struct multiboot2_relocation {
	uint32_t min, max; /* lowest address of the image's start, highest of its last byte */
	uint32_t align;	   /* a power of two */
	uint32_t preference;
};

#define MULTIBOOT2_PREFER_HIGH 2

struct multiboot2_header {
	struct multiboot_image image;
	bool relocatable;
	struct multiboot2_relocation relocation;
};

/* True if a header with a right checksum is found. */
bool multiboot2_probe(const struct image *file);

/* Finds and checks the header with all its tags, and the image that it describes. */
bool multiboot2_read(const struct image *file, struct multiboot2_header *header,
		     struct error *error);

/* load_base: where a relocatable kernel was put, 0 for others. */
bool multiboot2_write_info(const struct slot *slot, const struct load_context *context,
			   const struct multiboot_layout *layout, uint32_t load_base,
			   struct error *error);

#endif
