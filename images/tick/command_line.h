/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * command_line.h - reads a command line, piece by piece.
 */
#ifndef TICK_COMMAND_LINE_H
#define TICK_COMMAND_LINE_H

#include <stdbool.h>
#include <stdint.h>

/* True if the text at *at begins with word. Then *at moves behind it. */
bool command_line_take(const char **at, const char *word);

/* The decimal number at *at, or 0 if there is none. *at moves behind it. */
uint32_t command_line_take_number(const char **at);

#endif
