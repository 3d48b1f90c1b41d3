// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * boot.c - reads what the boot loader tells: the command line's options, and if there is a text
 * screen.
 */
#include "boot_tags.h"
#include "command_line.h"
#include "tick.h"

static void read_options(struct tick *tick, const char *line)
{
	struct options *options = &tick->options;

	for (;;) {
		while (*line == ' ')
			line++;
		if (!*line)
			return;
		if (command_line_take(&line, "every="))
			options->every = command_line_take_number(&line);
		else if (command_line_take(&line, "to="))
			options->to = command_line_take_number(&line);
		else if (command_line_take(&line, "count="))
			options->count = command_line_take_number(&line);
		else if (command_line_take(&line, "cpus="))
			options->cpus = command_line_take_number(&line);
		else if (command_line_take(&line, "quick"))
			options->quick = true;
		if (*line && *line != ' ') {
			say(tick,
			    "command line: can't make out \"%s\"; options are every=TICKS "
			    "to=SLOT count=SWITCHES cpus=2 quick",
			    line);
			return;
		}
	}
}

void boot_read(struct tick *tick, uint32_t magic, const struct multiboot2_info *information)
{
	if (magic != MULTIBOOT2_LOADER_MAGIC) {
		say(tick, "not started by a Multiboot2 loader: EAX was 0x%x", magic);
		return;
	}
	screen_init(&tick->screen, boot_tags_text_screen(magic, information));
	read_options(tick, boot_tags_command_line(information));
}
