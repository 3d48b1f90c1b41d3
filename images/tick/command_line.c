// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "command_line.h"

bool command_line_take(const char **at, const char *word)
{
	const char *text = *at;

	while (*word)
		if (*text++ != *word++)
			return false;
	*at = text;
	return true;
}

uint32_t command_line_take_number(const char **at)
{
	uint32_t number = 0;

	while (**at >= '0' && **at <= '9')
		number = number * 10 + (uint32_t)(*(*at)++ - '0');
	return number;
}
