/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * multiboot2.h - what a Multiboot2 boot loader tells. Specification 2.0, section 3.6.
 */
#ifndef TICK_MULTIBOOT2_H
#define TICK_MULTIBOOT2_H

#include <stdbool.h>
#include <stdint.h>

#define MULTIBOOT2_BOOT_MAGIC 0x36d76289 /* in EAX */

struct multiboot2_info {
	uint32_t size; /* of all, in bytes */
	uint32_t reserved;
	/* tags follow */
};

/* Is there a text screen? magic: what the loader left in EAX; another than its own means no. */
bool multiboot2_text_screen(uint32_t magic, const struct multiboot2_info *information);

/* "" if there is none. */
const char *multiboot2_command_line(const struct multiboot2_info *information);

/* ACPI's RSDP (a copy), of version 2 if there is one; NULL if the loader knows none. */
const void *multiboot2_rsdp(const struct multiboot2_info *information);

/* To read a command line. If the text at *at begins with word, moves *at behind it. */
bool multiboot2_take(const char **at, const char *word);
uint32_t multiboot2_take_number(const char **at);

#endif
