/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bzimage.c - reading and checking a bzImage's header.
 *
 * Protocol 2.10 (Linux 2.6.31) is the oldest that is accepted. Older headers lack init_size, so
 * nothing says how much memory the kernel unpacks itself to. 64-bit entries exist from 2.12 on
 * (Linux 3.8), and XLF_KERNEL_64 marks them. A kernel without one is entered in 32-bit mode.
 */
#include <stddef.h>
#include "arch/x86/memory/phys.h"
#include "monitor/load/bzimage.h"
#include "monitor/load/load_format.h"
#include "lib/string.h"
#include "lib/units.h"

#define HDR_OFFSET 0x1f1u      /* of setup_header in the file */
#define HDR_MAGIC  0x53726448u /* "HdrS" */
#define BOOT_FLAG  0xaa55u
#define JUMP_TARGET \
	0x202u /* the jump at 0x200 leads to here plus its second byte: the header's end */
#define SECTOR		512u
#define DEFAULT_SECTORS 4u  /* setup_sects, if it says 0 */
#define PARAGRAPH	16u /* syssize counts these */
#define VERSION_OLDEST	0x020au
#define VERSION_64	0x020cu /* xloadflags is valid */

/*
 * The header has to reach as far as protocol 2.10's last field, and to stay within boot_params'
 * room for it.
 */
#define HEADER_END_MIN	   (HDR_OFFSET + offsetof(struct setup_header, handover_offset))
#define HEADER_END_MAX	   (offsetof(struct boot_params, edd_mbr_sig_buffer))

#define FILE_OFFSET(field) (HDR_OFFSET + offsetof(struct setup_header, field))

_Static_assert(offsetof(struct boot_params, hdr) == HDR_OFFSET, "boot.rst: setup header at 0x1f1");
_Static_assert(FILE_OFFSET(header) == 0x202, "boot.rst: magic at 0x202");
_Static_assert(FILE_OFFSET(init_size) == 0x260, "boot.rst: init_size at 0x260");

bool linux_probe(const struct image *file)
{
	uint32_t magic;

	if (!in_file(file, FILE_OFFSET(header), sizeof(magic)))
		return false;
	memcpy(&magic, (const uint8_t *)phys(file->base) + FILE_OFFSET(header), sizeof(magic));
	return magic == HDR_MAGIC;
}

static bool check_magic(const struct image *file, struct bzimage *bzimage, struct error *error)
{
	const struct setup_header *hdr = &bzimage->hdr;

	if (!linux_probe(file))
		return fail(error, "no bzImage: the magic \"HdrS\" is not at %#zx",
			    FILE_OFFSET(header));
	if (!in_file(file, HDR_OFFSET, sizeof(*hdr)))
		return fail(error, "bzImage is truncated: %lu bytes, its header alone has %zu",
			    file->size, HDR_OFFSET + sizeof(*hdr));
	memcpy(&bzimage->hdr, (const uint8_t *)phys(file->base) + HDR_OFFSET, sizeof(*hdr));
	if (hdr->boot_flag != BOOT_FLAG)
		return fail(error, "bzImage has a boot flag of %#x; expected %#x", hdr->boot_flag,
			    BOOT_FLAG);
	if (hdr->version < VERSION_OLDEST)
		return fail(error, "bzImage of boot protocol %u.%02u; expected %u.%02u or later",
			    hdr->version >> 8, hdr->version & 0xff, VERSION_OLDEST >> 8,
			    VERSION_OLDEST & 0xff);
	bzimage->header_end = JUMP_TARGET + (hdr->jump >> 8);
	if (bzimage->header_end < HEADER_END_MIN || bzimage->header_end > HEADER_END_MAX)
		return fail(error, "bzImage header ends at %#x; expected %#zx to %#zx",
			    bzimage->header_end, HEADER_END_MIN, HEADER_END_MAX);
	if (!(hdr->loadflags & LOADED_HIGH))
		return fail(error, "kernel is a zImage, for below 1 MiB; expected a bzImage");
	return true;
}

/*
 * The file holds the real-mode part (the boot sector and setup_sects more sectors), and then the
 * protected-mode part (syssize).
 */
static bool check_sizes(const struct image *file, struct bzimage *bzimage, struct error *error)
{
	uint32_t sectors = bzimage->hdr.setup_sects ? bzimage->hdr.setup_sects : DEFAULT_SECTORS;
	uint64_t size = (uint64_t)bzimage->hdr.syssize * PARAGRAPH;

	bzimage->payload_offset = (uint64_t)(sectors + 1) * SECTOR;
	bzimage->payload_size = size;
	if (bzimage->payload_offset >= file->size || !size)
		return fail(error,
			    "bzImage is truncated: %lu bytes, its setup part alone should have %lu",
			    file->size, bzimage->payload_offset);
	if (in_file(file, bzimage->payload_offset, size))
		return true;
	/* syssize is rounded up, so the file may end up to 15 bytes before it. */
	bzimage->payload_size = file->size - bzimage->payload_offset;
	if (size - bzimage->payload_size < PARAGRAPH)
		return true;
	return fail(error, "bzImage is truncated: %lu bytes, its header says %lu", file->size,
		    bzimage->payload_offset + size);
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* A kernel that can't be moved starts at code32_start, and moves itself to pref_address. */
static void place_fixed(struct bzimage *bzimage)
{
	uint64_t load = bzimage->hdr.code32_start, run = bzimage->hdr.pref_address;
	uint64_t end = larger(load + bzimage->payload_size, run + bzimage->hdr.init_size);

	bzimage->load = load;
	bzimage->first = load < run ? load : run;
	bzimage->memory_size = end - bzimage->first;
}

/*
 * A kernel that can be moved runs where it is loaded. It is not loaded below pref_address, because
 * it would move itself there.
 */
static void place_relocatable(struct bzimage *bzimage)
{
	const struct setup_header *hdr = &bzimage->hdr;

	bzimage->align = larger(hdr->kernel_alignment, PAGE_SIZE);
	bzimage->align_slack = bzimage->align > SLOT_ALIGN ? bzimage->align - SLOT_ALIGN : 0;
	bzimage->first = align_up(hdr->pref_address, bzimage->align);
	bzimage->memory_size = larger(hdr->init_size, bzimage->payload_size);
}

bool bzimage_read(const struct image *file, struct bzimage *bzimage, struct error *error)
{
	const struct setup_header *hdr = &bzimage->hdr;
	uint64_t preferred;
	uint16_t flags;

	*bzimage = (struct bzimage){0};
	if (!check_magic(file, bzimage, error) || !check_sizes(file, bzimage, error))
		return false;
	preferred = hdr->pref_address;
	if (preferred >= MAX_PHYSICAL)
		return fail(error, "bzImage has a preferred address of %#lx; expected below %#lx",
			    preferred, MAX_PHYSICAL);
	if (hdr->relocatable_kernel &&
	    (!hdr->kernel_alignment || hdr->kernel_alignment & (hdr->kernel_alignment - 1)))
		return fail(error, "bzImage has an alignment of %#x; expected a power of two",
			    hdr->kernel_alignment);
	flags = hdr->version >= VERSION_64 ? hdr->xloadflags : 0;
	bzimage->entry_64 = flags & XLF_KERNEL_64;
	bzimage->above_4g = bzimage->entry_64 && flags & XLF_CAN_BE_LOADED_ABOVE_4G;
	bzimage->takes_efi = bzimage->entry_64 && flags & XLF_EFI_KEXEC;
	bzimage->relocatable = hdr->relocatable_kernel;
	if (bzimage->relocatable)
		place_relocatable(bzimage);
	else
		place_fixed(bzimage);
	return true;
}
