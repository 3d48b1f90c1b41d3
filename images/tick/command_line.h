/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * command_line.h - reading a command line, piece by piece.
 */
#ifndef TICK_COMMAND_LINE_H
#define TICK_COMMAND_LINE_H

#include <stdbool.h>
#include <stdint.h>

/* If the text at *at begins with word, moves *at behind it. */
bool command_line_take(const char **at, const char *word);

/* The decimal number at *at, which moves behind it; 0 if there is none. */
uint32_t command_line_take_number(const char **at);

#endif
