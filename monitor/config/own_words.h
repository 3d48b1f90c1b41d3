/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * own_words.h - words that the monitor appends to the command line of a slot's kernel. A word that
 * the person gave wins: then the monitor's own is left out.
 */
#ifndef MONITOR_CONFIG_OWN_WORDS_H
#define MONITOR_CONFIG_OWN_WORDS_H

#include <stdbool.h>

#define OWN_WORDS_SIZE 96 /* bytes, for all of them */
#define OWN_WORD_SIZE  40 /* for one, with its NUL */

/*
 * True if the line has a word of the same name as this one. The name goes up to the first '=',
 * which belongs to it. A word without '=' is a name.
 */
bool own_words_given(const char *line, const char *word);

/* True if the line has exactly this word, with its value. What follows "--" is not the kernel's. */
bool own_words_exact(const char *line, const char *word);

/* Appends " word" to words, which have OWN_WORDS_SIZE bytes, unless the person's line gives it. */
void own_words_add(char *words, const char *line, const char *word);

#endif
