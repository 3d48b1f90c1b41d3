// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * boot.c - reads the Multiboot2 information. Specification 2.0, section 3.6.
 */
#include "tick.h"

#define MULTIBOOT2_BOOT_MAGIC 0x36d76289

struct multiboot2_info {
	uint32_t size; /* of all, in bytes */
	uint32_t reserved;
};

enum {
	TAG_END = 0,
	TAG_COMMAND_LINE = 1,
	TAG_FRAMEBUFFER = 8,
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

static const struct tag *find_tag(const struct multiboot2_info *information, uint32_t type)
{
	const uint8_t *at = (const uint8_t *)(information + 1);
	const struct tag *tag = (const struct tag *)at;

	while (tag->type != type && tag->type != TAG_END) {
		at += (tag->size + 7) & ~7u;
		tag = (const struct tag *)at;
	}
	return tag->type == type ? tag : (const struct tag *)0;
}

/* If the text at *at begins with word, moves *at behind it. */
static bool take(const char **at, const char *word)
{
	const char *text = *at;

	while (*word)
		if (*text++ != *word++)
			return false;
	*at = text;
	return true;
}

static uint32_t take_number(const char **at)
{
	uint32_t number = 0;

	while (**at >= '0' && **at <= '9')
		number = number * 10 + (uint32_t)(*(*at)++ - '0');
	return number;
}

static void read_options(struct tick *tick, const char *line)
{
	struct options *options = &tick->options;

	for (;;) {
		while (*line == ' ')
			line++;
		if (!*line)
			return;
		if (take(&line, "every="))
			options->every = take_number(&line);
		else if (take(&line, "to="))
			options->to = take_number(&line);
		else if (take(&line, "count="))
			options->count = take_number(&line);
		else if (take(&line, "check"))
			options->check = true;
		if (*line && *line != ' ') {
			say(tick,
			    "command line: can't make out \"%s\"; options are every=TICKS "
			    "to=SLOT count=SWITCHES check",
			    line);
			return;
		}
	}
}

void boot_read(struct tick *tick, uint32_t magic, const struct multiboot2_info *information)
{
	const struct tag_framebuffer *framebuffer;
	const struct tag_command_line *line;

	if (magic != MULTIBOOT2_BOOT_MAGIC) {
		say(tick, "not started by a Multiboot2 loader: EAX was 0x%x", magic);
		return;
	}
	framebuffer = (const struct tag_framebuffer *)find_tag(information, TAG_FRAMEBUFFER);
	screen_init(&tick->screen, framebuffer && framebuffer->type == FRAMEBUFFER_TEXT);
	line = (const struct tag_command_line *)find_tag(information, TAG_COMMAND_LINE);
	if (line)
		read_options(tick, line->text);
}
