/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * words.h - splits command lines into words. Module lines and the monitor's options use it.
 *
 * A word ends at a blank. There is no quoting. Quotes that a boot loader added stay in the words.
 */
#ifndef MONITOR_CONFIG_WORDS_H
#define MONITOR_CONFIG_WORDS_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/error.h"
#include "guest/linux/switchyard.h"

/* length characters at text. They are part of the line, so no NUL follows them. */
struct word {
	const char *text;
	uint32_t length;
};

/* Takes the next word from *cursor, which moves behind it. False at the end of the line. */
bool word_next(const char **cursor, struct word *word);

bool word_is(const struct word *word, const char *text);
bool word_has(const struct word *word, char c);

/*
 * Splits NAME=VALUE at the first `=`. Without one, value is an empty word, and false is returned.
 */
bool word_split(const struct word *word, struct word *name, struct word *value);

/* The value of a hexadecimal digit, or -1. */
int word_digit(char c);

/* Reads a decimal or 0x number with nothing behind it. False if it is none, or above UINT64_MAX. */
bool word_number(const struct word *word, uint64_t *number);

/*
 * Turns a size like "512M" into bytes. The number is decimal or 0x, and K, M, G or nothing follows
 * it. False if it is no size, or too large.
 */
bool word_size(const struct word *word, uint64_t *bytes);
bool parse_size(const char *text, uint64_t *bytes);

/*
 * A slot's name is [a-z0-9][a-z0-9._-]{0,15}. Copies it to name, which has SWITCHYARD_NAME_SIZE
 * bytes, or says what is wrong with it.
 */
bool word_slot_name(const struct word *word, char *name, struct error *error);

/*
 * Shortens and cleans foreign text for an error line. At most QUOTE_LENGTH characters are kept, and
 * "..." follows if there were more. Characters that can't be printed become ?. Returns buffer,
 * which has QUOTE_TEXT bytes.
 */
#define QUOTE_LENGTH 40
#define QUOTE_TEXT   (QUOTE_LENGTH + sizeof("..."))
const char *quote_word(char *buffer, const struct word *word);
const char *quote_text(char *buffer, const char *text);

#endif
