// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "../tick/boot_tags.h"
#include "../tick/command_line.h"
#include "item.h"

#define DEFAULT_COUNT 1000

bool torture_read_options(struct torture *torture, const struct multiboot2_info *information)
{
	struct torture_options *options = &torture->options;
	const char *line = boot_tags_command_line(information);

	options->count = DEFAULT_COUNT;
	items_acpi_set_rsdp(boot_tags_rsdp(information));
	for (;;) {
		while (*line == ' ')
			line++;
		if (!*line)
			return true;
		if (command_line_take(&line, "to="))
			options->to = command_line_take_number(&line);
		else if (command_line_take(&line, "count="))
			options->count = command_line_take_number(&line);
		else if (command_line_take(&line, "la57"))
			options->la57 = true;
		else if (command_line_take(&line, "quick"))
			options->quick = true;
		else if (command_line_take(&line, "keep"))
			options->keep = true;
		if (*line && *line != ' ') {
			say(torture->tick,
			    "command line: can't make out \"%s\"; options are to=SLOT "
			    "count=SWITCHES la57 quick keep",
			    line);
			return false;
		}
	}
}
