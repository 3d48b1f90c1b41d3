/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * multiboot.h - what Multiboot 1 and 2 share. It finds the image by address fields or ELF headers,
 * and places it, its boot information and its modules.
 *
 * The boot information goes to the top of the slot's slice below 1 MiB if it fits there. GRUB's
 * place for it is like that, and some kernels depend on it. They map little of their memory, or use
 * the memory behind their own end as a heap. Otherwise it lies behind the kernel. The modules lie
 * behind that, each at the beginning of a page.
 */
#ifndef MONITOR_LOAD_MULTIBOOT_H
#define MONITOR_LOAD_MULTIBOOT_H

#include "monitor/load/elf_kernel.h"
#include "monitor/load/load_format.h"
#include "multiboot_format.h"

/* Text mode, as both formats describe it. */
#define MULTIBOOT_TEXT_ADDRESS 0xb8000
#define MULTIBOOT_TEXT_COLUMNS 80
#define MULTIBOOT_TEXT_ROWS    25
#define MULTIBOOT_TEXT_PITCH   160 /* bytes a row: a character and its colour each */
#define MULTIBOOT_TEXT_BPP     16

/* A kernel's image: where its bytes come from, and where they go. */
struct multiboot_image {
	bool flat;	      /* has address fields; otherwise elf is valid */
	uint64_t file_offset; /* flat only: load_size bytes from there go to start */
	uint64_t load_size;
	struct elf_kernel elf;
	uint64_t start, end; /* physical, bss included */
	uint64_t entry;
};

/* Where the kernel and its data lie in its slot. */
struct multiboot_layout {
	uint64_t shift; /* of the kernel, from where it is linked; modulo 2^64 */
	uint64_t info;	/* boot information: info_size bytes */
	uint64_t info_size;
	uint64_t module[SLOT_MAX_MODULES];
};

/* The boot information as it is written. */
struct multiboot_info {
	uint64_t base, size, used;
	bool full;
};

/*
 * Finds the image by the header's address fields. header_offset is the header's place in the file.
 * Fails if the sizes that the fields name do not fit the file.
 */
bool multiboot_flat(const struct image *file, uint64_t header_offset,
		    const struct multiboot_addresses *addresses, struct multiboot_image *image,
		    struct error *error);
bool multiboot_elf(const struct image *file, struct multiboot_image *image, struct error *error);

/* Sets an entry point that a header names. It must be in the image. */
bool multiboot_set_entry(struct multiboot_image *image, uint64_t entry, struct error *error);

/* Refuses an initrd, which a Multiboot kernel can't have. */
bool multiboot_check_slot(const struct slot *slot, struct error *error);

/* Bytes for the kernel, from its start to its end, boot information and modules. */
uint64_t multiboot_size(const struct slot *slot, const struct multiboot_image *image);

/* What the slot needs if the kernel can't be relocated. */
void multiboot_fixed_needs(struct slot *slot, const struct multiboot_image *image);

/* Decides on the layout, with the kernel's start at load_address. */
void multiboot_lay_out(const struct slot *slot, const struct multiboot_image *image,
		       uint64_t load_address, struct multiboot_layout *layout);

/* Copies kernel and modules there. */
void multiboot_place(const struct slot *slot, const struct multiboot_image *image,
		     const struct multiboot_layout *layout);

/* Zeroes the boot information. */
void multiboot_info_start(struct multiboot_info *info, const struct multiboot_layout *layout);

/*
 * Adds size bytes, aligned. Returns their address. If there is no room, marks info as full and
 * returns 0.
 */
uint64_t multiboot_info_add(struct multiboot_info *info, const void *bytes, uint64_t size,
			    uint64_t align);

/* KiB of RAM from 1 MiB up, for mem_upper of both formats. 0 if the slot has none there. */
uint32_t multiboot_mem_upper(const struct load_context *context);

struct multiboot_colours multiboot_colours(const struct boot_framebuffer *mode);

/* Sets the entry point, and the registers that both formats and plain ELF have in common. */
void multiboot_set_registers(struct guest_entry *entry, const struct load_context *context,
			     const struct multiboot_image *image,
			     const struct multiboot_layout *layout);

#endif
