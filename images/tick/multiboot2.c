// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "multiboot2.h"
#include <stddef.h>

enum {
	TAG_END = 0,
	TAG_COMMAND_LINE = 1,
	TAG_FRAMEBUFFER = 8,
	TAG_RSDP_1 = 14,
	TAG_RSDP_2 = 15,
};

struct tag {
	uint32_t type;
	uint32_t size; /* of this tag; the next one begins at the next multiple of 8 */
};

struct tag_command_line {
	struct tag tag;
	char text[]; /* NUL-terminated */
};

struct tag_framebuffer {
	struct tag tag;
	uint64_t address;
	uint32_t pitch, width, height;
	uint8_t depth;
	uint8_t type;
};

#define FRAMEBUFFER_TEXT 2

/* NULL if there is no such tag. */
static const struct tag *find_tag(const struct multiboot2_info *information, uint32_t type)
{
	const uint8_t *at = (const uint8_t *)(information + 1);
	const struct tag *tag = (const struct tag *)at;

	while (tag->type != type && tag->type != TAG_END) {
		at += (tag->size + 7) & ~7u;
		tag = (const struct tag *)at;
	}
	return tag->type == type ? tag : NULL;
}

bool multiboot2_text_screen(uint32_t magic, const struct multiboot2_info *information)
{
	const struct tag_framebuffer *framebuffer;

	if (magic != MULTIBOOT2_BOOT_MAGIC)
		return false;
	framebuffer = (const struct tag_framebuffer *)find_tag(information, TAG_FRAMEBUFFER);
	return framebuffer && framebuffer->type == FRAMEBUFFER_TEXT;
}

const char *multiboot2_command_line(const struct multiboot2_info *information)
{
	const struct tag *tag = find_tag(information, TAG_COMMAND_LINE);

	return tag ? ((const struct tag_command_line *)tag)->text : "";
}

const void *multiboot2_rsdp(const struct multiboot2_info *information)
{
	const struct tag *tag = find_tag(information, TAG_RSDP_2);

	if (!tag)
		tag = find_tag(information, TAG_RSDP_1);
	return tag ? tag + 1 : NULL;
}

bool multiboot2_take(const char **at, const char *word)
{
	const char *text = *at;

	while (*word)
		if (*text++ != *word++)
			return false;
	*at = text;
	return true;
}

uint32_t multiboot2_take_number(const char **at)
{
	uint32_t number = 0;

	while (**at >= '0' && **at <= '9')
		number = number * 10 + (uint32_t)(*(*at)++ - '0');
	return number;
}
