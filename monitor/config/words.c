/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * words.c - splitting command lines, numbers and sizes.
 */
#include "monitor/config/words.h"
#include "lib/string.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool word_next(const char **cursor, struct word *word)
{
	const char *p = *cursor;

	while (is_blank(*p))
		p++;
	word->text = p;
	while (*p && !is_blank(*p))
		p++;
	word->length = (uint32_t)(p - word->text);
	*cursor = p;
	return word->length != 0;
}

bool word_is(const struct word *word, const char *text)
{
	return strlen(text) == word->length && !memcmp(word->text, text, word->length);
}

bool word_has(const struct word *word, char c)
{
	for (uint32_t i = 0; i < word->length; i++)
		if (word->text[i] == c)
			return true;
	return false;
}

bool word_split(const struct word *word, struct word *name, struct word *value)
{
	uint32_t i = 0;

	while (i < word->length && word->text[i] != '=')
		i++;
	name->text = word->text;
	name->length = i;
	if (i == word->length) {
		value->text = word->text + i;
		value->length = 0;
		return false;
	}
	value->text = word->text + i + 1;
	value->length = word->length - i - 1;
	return true;
}

int word_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool word_number(const struct word *word, uint64_t *number)
{
	uint32_t i = 0;
	unsigned int base = 10;
	uint64_t value = 0;

	if (word->length > 2 && word->text[0] == '0' && word->text[1] == 'x') {
		base = 16;
		i = 2;
	}
	if (i == word->length)
		return false;
	for (; i < word->length; i++) {
		int digit = word_digit(word->text[i]);

		if (digit < 0 || (unsigned int)digit >= base ||
		    __builtin_mul_overflow(value, (uint64_t)base, &value) ||
		    __builtin_add_overflow(value, (uint64_t)digit, &value))
			return false;
	}
	*number = value;
	return true;
}

static unsigned int unit_shift(char c)
{
	switch (c) {
	case 'K':
		return 10;
	case 'M':
		return 20;
	case 'G':
		return 30;
	}
	return 0;
}

bool word_size(const struct word *word, uint64_t *bytes)
{
	struct word digits = *word;
	unsigned int shift = word->length ? unit_shift(word->text[word->length - 1]) : 0;

	if (shift)
		digits.length--;
	return word_number(&digits, bytes) && !__builtin_mul_overflow(*bytes, 1ull << shift, bytes);
}

bool parse_size(const char *text, uint64_t *bytes)
{
	struct word word = {.text = text, .length = (uint32_t)strlen(text)};

	return word_size(&word, bytes);
}

static bool name_character(char c, bool first)
{
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return true;
	return !first && (c == '.' || c == '_' || c == '-');
}

bool word_slot_name(const struct word *word, char *name, struct error *error)
{
	char quote[QUOTE_TEXT];

	if (word->length >= SWITCHYARD_NAME_SIZE)
		return fail(error, "name \"%s\" has %u characters; expected at most %d",
			    quote_word(quote, word), word->length, SWITCHYARD_NAME_SIZE - 1);
	for (uint32_t i = 0; i < word->length || i == 0; i++)
		if (i == word->length || !name_character(word->text[i], i == 0))
			return fail(error,
				    "bad name \"%s\"; expected a-z, 0-9, then also dot, _ and -",
				    quote_word(quote, word));
	memcpy(name, word->text, word->length);
	name[word->length] = '\0';
	return true;
}

const char *quote_word(char *buffer, const struct word *word)
{
	uint32_t length = word->length > QUOTE_LENGTH ? QUOTE_LENGTH : word->length;

	for (uint32_t i = 0; i < length; i++) {
		char c = word->text[i];

		buffer[i] = c >= ' ' && c <= '~' ? c : '?';
	}
	memcpy(buffer + length, length < word->length ? "..." : "", length < word->length ? 4 : 1);
	return buffer;
}

const char *quote_text(char *buffer, const char *text)
{
	struct word all = {.text = text, .length = (uint32_t)strlen(text)};

	return quote_word(buffer, &all);
}
