/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bzimage.h - a bzImage's header, read and checked: Documentation/x86/boot.rst of Linux.
 */
#ifndef MONITOR_LOAD_BZIMAGE_H
#define MONITOR_LOAD_BZIMAGE_H

#include <asm/bootparam.h>
#include <stdbool.h>
#include <stdint.h>
#include "lib/error.h"
#include "monitor/slot/slot.h"

struct bzimage {
	struct setup_header hdr; /* as in the file */
	uint32_t header_end;	 /* file offset where setup_header ends */
	uint64_t payload_offset; /* file offset of the protected-mode part, */
	uint64_t payload_size;	 /* and the bytes that the file has of it */
	bool entry_64;		 /* has a 64-bit entry: XLF_KERNEL_64 */
	bool above_4g;		 /* it, its initrd and boot_params can be above 4 GiB */
	bool takes_efi;		 /* it takes EFI's runtime services from boot_params' efi_info */
	bool relocatable;
	uint64_t align;	      /* of a relocatable kernel's address, a power of two */
	uint64_t align_slack; /* bytes that this may cost in a range aligned to SLOT_ALIGN */
	uint64_t first;	      /* lowest address that it can be put at; if not relocatable, the
				 lowest that it uses */
	uint64_t load;	      /* if not relocatable: where the protected-mode part goes */
	uint64_t memory_size; /* bytes from its address (or from first) that it uses to unpack
				 itself */
};

/* True if the file has the header's magic "HdrS". */
bool linux_probe(const struct image *file);

/* Fails if a field is out of bounds, or the file shorter than its header says. */
bool bzimage_read(const struct image *file, struct bzimage *bzimage, struct error *error);

#endif
