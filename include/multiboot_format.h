/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * multiboot_format.h - numbers and layouts of Multiboot 1 and 2, in kernels' files and in boot
 * information. Loaders and kernels use it. Addresses are physical.
 *
 * Sections are those of the Multiboot Specification 0.6.96, and of the Multiboot2 Specification
 * 2.0. Definitions that this project's loader and kernels do not use are left out.
 */
#ifndef MULTIBOOT_FORMAT_H
#define MULTIBOOT_FORMAT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Both.
 */

/* Where the file goes in memory, as a kernel's header says: 1, section 3.1.3; 2, section 3.1.5. */
struct multiboot_addresses {
	uint32_t header, load, load_end, bss_end;
};

/* Types of memory: 1, section 3.3; 2, section 3.6.8. Other types are the firmware's own. */
#define MULTIBOOT_MEMORY_AVAILABLE 1

/* Types of framebuffer: 1, section 3.3; 2, section 3.6.12. */
enum multiboot_framebuffer {
	MULTIBOOT_FRAMEBUFFER_RGB = 1,
	MULTIBOOT_FRAMEBUFFER_TEXT = 2, /* EGA text: width and height are in characters */
};

/* The bits of a pixel, for MULTIBOOT_FRAMEBUFFER_RGB: the same sections. */
struct multiboot_colours {
	uint8_t red_position, red_size, green_position, green_size, blue_position, blue_size;
};

/*
 * Multiboot 1.
 */

/* A kernel's header, section 3.1. It lies whole within the file's first bytes. */
#define MULTIBOOT1_HEADER_MAGIC	 0x1badb002u
#define MULTIBOOT1_HEADER_SEARCH 8192u
#define MULTIBOOT1_HEADER_ALIGN	 4u

struct multiboot1_header {
	uint32_t magic, flags, checksum;      /* their sum is 0 */
	struct multiboot_addresses addresses; /* if MULTIBOOT1_HEADER_ADDRESSES */
	uint32_t entry;
};

/* Section 3.1.2. */
enum multiboot1_header_flag {
	MULTIBOOT1_HEADER_PAGE_ALIGN = 1 << 0,
	MULTIBOOT1_HEADER_MEMORY = 1 << 1,
	MULTIBOOT1_HEADER_VIDEO = 1 << 2,
	MULTIBOOT1_HEADER_ADDRESSES = 1 << 16,
};

/* Flags that a loader must know, or refuse the kernel. */
#define MULTIBOOT1_HEADER_REQUIRED 0xffffu

/* The value of EAX when a kernel starts, section 3.2. */
#define MULTIBOOT1_LOADER_MAGIC 0x2badb002u

/* Boot information, section 3.3: which fields are there. */
enum multiboot1_info_flag {
	MULTIBOOT1_INFO_MEMORY = 1 << 0,
	MULTIBOOT1_INFO_COMMAND_LINE = 1 << 2,
	MULTIBOOT1_INFO_MODULES = 1 << 3,
	MULTIBOOT1_INFO_MAP = 1 << 6,
	MULTIBOOT1_INFO_LOADER_NAME = 1 << 9,
	MULTIBOOT1_INFO_FRAMEBUFFER = 1 << 12,
};

struct multiboot1_info {
	uint32_t flags;
	uint32_t mem_lower, mem_upper; /* KiB */
	uint32_t boot_device;
	uint32_t command_line;
	uint32_t module_count, modules;
	uint32_t symbols[4];
	uint32_t map_length, map;
	uint32_t drives_length, drives;
	uint32_t config_table;
	uint32_t loader_name;
	uint32_t apm_table;
	uint32_t vbe_control_info, vbe_mode_info;
	uint16_t vbe_mode, vbe_interface_segment, vbe_interface_offset, vbe_interface_length;
	uint64_t framebuffer_address;
	uint32_t framebuffer_pitch, framebuffer_width, framebuffer_height;
	uint8_t framebuffer_bpp, framebuffer_type;
	struct multiboot_colours colours;
} __attribute__((packed));

struct multiboot1_module {
	uint32_t start, end, string, reserved;
};

struct multiboot1_map_entry {
	uint32_t size; /* of what follows */
	uint64_t base, length;
	uint32_t type;
} __attribute__((packed));

_Static_assert(sizeof(struct multiboot1_header) == 32, "Multiboot 1, section 3.1");
_Static_assert(offsetof(struct multiboot1_info, framebuffer_address) == 88,
	       "Multiboot 1, section 3.3");
_Static_assert(sizeof(struct multiboot1_info) == 116, "Multiboot 1, section 3.3");
_Static_assert(sizeof(struct multiboot1_map_entry) == 24, "Multiboot 1, section 3.3");

/*
 * Multiboot2.
 */

/* Tags begin at multiples of 8, both in headers (3.1.3) and in boot information (3.6). */
#define MULTIBOOT2_TAG_ALIGN 8u

/* A kernel's header, section 3.1. It lies whole within the file's first bytes. */
#define MULTIBOOT2_HEADER_MAGIC	 0xe85250d6u
#define MULTIBOOT2_HEADER_SEARCH 32768u
#define MULTIBOOT2_HEADER_ALIGN	 8u
#define MULTIBOOT2_ARCH_I386	 0u /* protected mode of the i386 */

struct multiboot2_header {
	uint32_t magic, architecture, length, checksum; /* their sum is 0 */
};

/* Sections 3.1.3 to 3.1.13. */
enum multiboot2_header_type {
	MULTIBOOT2_HEADER_END = 0,
	MULTIBOOT2_HEADER_INFORMATION_REQUEST = 1,
	MULTIBOOT2_HEADER_ADDRESS = 2, /* struct multiboot_addresses */
	MULTIBOOT2_HEADER_ENTRY = 3,
	MULTIBOOT2_HEADER_CONSOLE_FLAGS = 4,
	MULTIBOOT2_HEADER_FRAMEBUFFER = 5,
	MULTIBOOT2_HEADER_MODULE_ALIGN = 6,
	MULTIBOOT2_HEADER_EFI_BOOT_SERVICES = 7,
	MULTIBOOT2_HEADER_ENTRY_EFI_I386 = 8,
	MULTIBOOT2_HEADER_ENTRY_EFI_AMD64 = 9,
	MULTIBOOT2_HEADER_RELOCATABLE = 10, /* struct multiboot2_relocation */
};

struct multiboot2_header_tag {
	uint16_t type, flags;
	uint32_t size; /* with this, without padding */
};

/* A bit in a header tag's flags: a loader may ignore the tag. */
#define MULTIBOOT2_HEADER_OPTIONAL 1u

/* A load address in the address tag that means the file's beginning, section 3.1.5. */
#define MULTIBOOT2_LOAD_FILE UINT32_MAX

/* Section 3.1.13. */
struct multiboot2_relocation {
	uint32_t min, max; /* lowest address of the image's start, highest of its last byte */
	uint32_t align;	   /* a power of two */
	uint32_t preference;
};

#define MULTIBOOT2_PREFER_NONE 0
#define MULTIBOOT2_PREFER_HIGH 2

/* The value of EAX when a kernel starts, section 3.3. */
#define MULTIBOOT2_LOADER_MAGIC 0x36d76289u

/* Boot information, section 3.6. It begins with this, and tags follow. */
struct multiboot2_info {
	uint32_t size, reserved; /* size: bytes of all, with this */
};

/* Sections 3.6.2 to 3.6.23. */
enum multiboot2_info_type {
	MULTIBOOT2_INFO_END = 0,
	MULTIBOOT2_INFO_COMMAND_LINE = 1,
	MULTIBOOT2_INFO_LOADER_NAME = 2,
	MULTIBOOT2_INFO_MODULE = 3,
	MULTIBOOT2_INFO_MEMORY = 4,
	MULTIBOOT2_INFO_MAP = 6,
	MULTIBOOT2_INFO_FRAMEBUFFER = 8,
	MULTIBOOT2_INFO_EFI64 = 12,
	MULTIBOOT2_INFO_ACPI_OLD = 14, /* struct multiboot2_tag, then a copy of ACPI 1.0's RSDP, */
	MULTIBOOT2_INFO_ACPI_NEW = 15, /* or of ACPI 2.0 or later */
	MULTIBOOT2_INFO_LOAD_BASE = 21,
};

struct multiboot2_tag {
	uint32_t type, size; /* size: with this, without padding */
};

/* The command line or the loader's name, NUL-terminated: sections 3.6.5 and 3.6.9. */
struct multiboot2_string_tag {
	struct multiboot2_tag tag;
	char string[];
};

/* Section 3.6.6. */
struct multiboot2_module_tag {
	struct multiboot2_tag tag;
	uint32_t start, end;
	char string[]; /* NUL-terminated */
};

/* Section 3.6.3. */
struct multiboot2_memory_tag {
	struct multiboot2_tag tag;
	uint32_t lower, upper; /* KiB */
};

/* Section 3.6.8. Entries follow, each of entry_size bytes, which may be more than is known here. */
struct multiboot2_map_tag {
	struct multiboot2_tag tag;
	uint32_t entry_size, entry_version;
};

#define MULTIBOOT2_MAP_VERSION 0u

struct multiboot2_map_entry {
	uint64_t base, length;
	uint32_t type, reserved;
};

/*
 * Section 3.6.12. The section's text has one reserved byte; its multiboot2.h and GRUB have two. For
 * MULTIBOOT_FRAMEBUFFER_RGB one struct multiboot_colours follows.
 */
struct multiboot2_framebuffer_tag {
	struct multiboot2_tag tag;
	uint64_t address;
	uint32_t pitch, width, height;
	uint8_t bpp, type;
	uint16_t reserved;
	struct multiboot_colours colours[];
};

/* Section 3.6.14: of 64-bit UEFI. */
struct multiboot2_efi_tag {
	struct multiboot2_tag tag;
	uint64_t system_table;
};

/* Section 3.6.23: where a relocatable kernel was put. */
struct multiboot2_load_base_tag {
	struct multiboot2_tag tag;
	uint32_t address;
};

_Static_assert(sizeof(struct multiboot_addresses) == 16, "Multiboot2, section 3.1.5");
_Static_assert(sizeof(struct multiboot2_relocation) == 16, "Multiboot2, section 3.1.13");
_Static_assert(sizeof(struct multiboot2_module_tag) == 16, "Multiboot2, section 3.6.6");
_Static_assert(sizeof(struct multiboot2_map_entry) == 24, "Multiboot2, section 3.6.8");
_Static_assert(sizeof(struct multiboot2_framebuffer_tag) == 32, "Multiboot2, section 3.6.12");
_Static_assert(sizeof(struct multiboot_colours) == 6, "Multiboot2, section 3.6.12");
_Static_assert(sizeof(struct multiboot2_load_base_tag) == 12, "Multiboot2, section 3.6.23");

#endif
