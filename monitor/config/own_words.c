// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/config/own_words.h"
#include "lib/print.h"
#include "lib/string.h"

static bool ends_word(char c)
{
	return c == ' ' || c == '\0';
}

/* Characters of the name, with the '='. */
static uint64_t name_length(const char *word)
{
	uint64_t length = 0;

	while (!ends_word(word[length]))
		if (word[length++] == '=')
			break;
	return length;
}

/*
 * The first word of the line that begins with those characters. whole: and ends there. NULL: there
 * is none.
 */
static const char *find_word(const char *line, const char *word, uint64_t length, bool whole)
{
	for (bool begins = true; *line; begins = *line++ == ' ')
		if (begins && !strncmp(line, word, length) && (!whole || ends_word(line[length])))
			return line;
	return NULL;
}

bool own_words_given(const char *line, const char *word)
{
	uint64_t length = name_length(word);

	return find_word(line, word, length, !length || word[length - 1] != '=');
}

bool own_words_exact(const char *line, const char *word)
{
	const char *found = find_word(line, word, strlen(word), true);
	const char *end = find_word(line, "--", 2, true);

	return found && (!end || found < end);
}

void own_words_add(char *words, const char *line, const char *word)
{
	uint64_t used = strlen(words);

	if (!own_words_given(line, word))
		format_text(words + used, OWN_WORDS_SIZE - used, " %s", word);
}
