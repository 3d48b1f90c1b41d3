// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * words.c - reads the words behind a command that has options of its own.
 */
#include <string.h>
#include "syctl.h"

bool read_words(const struct words *words, int count, char **word)
{
	for (int i = 0; i < count; i++) {
		if (strcmp(word[i], "--json") == 0) {
			*words->json = true;
		} else if (words->flag && words->flag(words->context, word[i])) {
			continue;
		} else if (word[i][0] != '-') {
			if (*words->named)
				return false;
			*words->named = word[i];
		} else {
			if (i + 1 == count || !words->option(words->context, word[i], word[i + 1]))
				return false;
			i++;
		}
	}
	return true;
}
