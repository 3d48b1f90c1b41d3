/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * boot_info.h - what the firmware and the boot loader told us.
 *
 * Each way into the monitor (boot/) fills one struct boot_info and calls monitor_main(). The rest of
 * the monitor does not know which loader it was. The struct owns its strings. Module contents lie
 * where the loader put them, until monitor/plan/store.c moves them into the store of pristine
 * images.
 */
#ifndef SWITCHYARD_BOOT_INFO_H
#define SWITCHYARD_BOOT_INFO_H

#include <stdbool.h>
#include <stdint.h>

#define BOOT_MAX_REGIONS 128
#define BOOT_MAX_MODULES 40
#define BOOT_LINE_SIZE	 4096 /* a module line or command line, with its NUL */
#define BOOT_REPORT_SIZE 4096

/* Types of address ranges. The numbers are those of E820 (ACPI 6.4, table 15.374). */
enum region_type {
	REGION_RAM = 1,
	REGION_RESERVED = 2,
	REGION_ACPI = 3,
	REGION_NVS = 4,
	REGION_UNUSABLE = 5,
};

/* One range of physical addresses: [base, base + size), in bytes. */
struct region {
	uint64_t base;
	uint64_t size;
	uint32_t type; /* enum region_type, or the firmware's own number */
};

/* True if all of [address, address + size) lies in the region. Both may be any numbers. */
static inline bool region_has(const struct region *region, uint64_t address, uint64_t size)
{
	return address >= region->base && address - region->base <= region->size &&
	       size <= region->size - (address - region->base);
}

/* One file that the boot loader read: contents at [base, base + size). */
struct boot_module {
	uint64_t base;
	uint64_t size;
	bool truncated; /* its line was longer than BOOT_LINE_SIZE - 1 */
	bool absent;	/* its file could not be read; boot_info.report says why */
	char line[BOOT_LINE_SIZE];
};

/* What the screen is when the monitor starts. */
enum boot_screen { SCREEN_NONE, SCREEN_TEXT, SCREEN_FRAMEBUFFER };

/* A linear framebuffer with pixels of direct colour: UEFI's GOP, or what GRUB set up. */
struct boot_framebuffer {
	uint64_t base;		/* physical address of the top left pixel */
	uint32_t pitch;		/* bytes from one row to the next */
	uint32_t width, height; /* in pixels */
	uint8_t bits;		/* a pixel: 16, 24 or 32 */
	struct {
		uint8_t position, size; /* in bits, from the pixel's lowest bit */
	} red, green, blue;
};

struct boot_info {
	char loader[64];			/* "GRUB 2.06-13+deb12u2" */
	bool options_truncated;			/* options was longer than it holds */
	char options[BOOT_LINE_SIZE];		/* the monitor's own command line */
	uint32_t region_count;			/* entries used of region[] */
	bool regions_truncated;			/* the firmware's map had more of them */
	struct region region[BOOT_MAX_REGIONS]; /* as firmware gave it: unsorted, may overlap */
	uint32_t module_count;
	uint32_t modules_refused;  /* modules beyond BOOT_MAX_MODULES */
	uint32_t rsdp_size;	   /* bytes used of rsdp[]: 20 (ACPI 1.0), 36, or 0: no ACPI */
	uint8_t rsdp[36];	   /* a copy of the ACPI root pointer */
	uint64_t efi_system_table; /* physical address; 0: none */
	bool uefi;		   /* firmware is UEFI: no BIOS data lies below 1 MiB */
	enum boot_screen screen;
	struct boot_framebuffer framebuffer; /* if screen is SCREEN_FRAMEBUFFER */
	struct region image;		     /* where the monitor itself lies */
	/* What went wrong before the monitor had a log. Each line ends with a newline. */
	char report[BOOT_REPORT_SIZE];
	bool report_truncated;
	/* Comes last, because unused entries do not move with the image. */
	struct boot_module module[BOOT_MAX_MODULES];
};

#endif
