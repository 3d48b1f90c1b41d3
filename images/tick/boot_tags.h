/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * boot_tags.h - reads the tags of a Multiboot2 boot loader. Specification 2.0, section 3.6.
 */
#ifndef TICK_BOOT_TAGS_H
#define TICK_BOOT_TAGS_H

#include <stdbool.h>
#include <stdint.h>
#include "multiboot_format.h"

/* The first tag of that type (enum multiboot2_info_type). NULL if there is none. */
const struct multiboot2_tag *boot_tag(const struct multiboot2_info *information, uint32_t type);

/*
 * True if there is a text screen. magic is the value that the loader left in EAX. False if that is
 * not Multiboot2's.
 */
bool boot_tags_text_screen(uint32_t magic, const struct multiboot2_info *information);

/* The command line, or "" if there is none. */
const char *boot_tags_command_line(const struct multiboot2_info *information);

/* A copy of ACPI's RSDP, of version 2 if there is one. NULL if the loader gives none. */
const void *boot_tags_rsdp(const struct multiboot2_info *information);

#endif
