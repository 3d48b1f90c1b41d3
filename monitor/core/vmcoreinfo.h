/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmcoreinfo.h - what a Linux kernel tells readers of its memory about itself: an ELF note, whose
 * text has lines like "SYMBOL(prb)=ffffffff82a5b3f0". Linux's kernel/crash_core.c (6.12:
 * kernel/vmcore_info.c) writes it early and never moves it. See
 * Documentation/admin-guide/kdump/vmcoreinfo.rst there.
 *
 * The kernel's memory holds it, so nothing in it is trusted.
 */
#ifndef MONITOR_CORE_VMCOREINFO_H
#define MONITOR_CORE_VMCOREINFO_H

#include <stdbool.h>
#include <stdint.h>
#include "boot_info.h"

#define VMCOREINFO_SIZE	  4096 /* of the text, at most (VMCOREINFO_BYTES in Linux) */
#define VMCOREINFO_HEADER 24   /* bytes of the note before its text */

struct vmcoreinfo {
	uint32_t size;
	char text[VMCOREINFO_SIZE];
};

/*
 * Looks for a note from *address on, which it changes to where the note is, or to where the search
 * stopped. The note begins a page. At most `pages` pages are looked at. A kernel that ran in this
 * RAM before may have left one, too.
 */
bool vmcoreinfo_search(const struct region *ram, uint64_t *address, uint64_t pages,
		       struct vmcoreinfo *info);

/*
 * The value of a line "KEY=VALUE". Values of SYMBOL() are hexadecimal, others are
 * decimal and may be negative. False: there is no such line, or it has no number.
 */
bool vmcoreinfo_number(const struct vmcoreinfo *info, const char *key, uint64_t *value);

/* True if there is a line "KEY=y", as there is for some options of the kernel's build. */
bool vmcoreinfo_is_on(const struct vmcoreinfo *info, const char *key);

#endif
