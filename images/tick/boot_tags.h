/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * boot_tags.h - what a Multiboot2 boot loader tells, tag by tag. Specification 2.0, section 3.6.
 */
#ifndef TICK_BOOT_TAGS_H
#define TICK_BOOT_TAGS_H

#include <stdbool.h>
#include <stdint.h>
#include "multiboot_format.h"

/* The first tag of that type (enum multiboot2_info_type). NULL if there is none. */
const struct multiboot2_tag *boot_tag(const struct multiboot2_info *information, uint32_t type);

/* Is there a text screen? magic: what the loader left in EAX; another than its own means no. */
bool boot_tags_text_screen(uint32_t magic, const struct multiboot2_info *information);

/* "" if there is none. */
const char *boot_tags_command_line(const struct multiboot2_info *information);

/* ACPI's RSDP (a copy), of version 2 if there is one; NULL if the loader knows none. */
const void *boot_tags_rsdp(const struct multiboot2_info *information);

#endif
