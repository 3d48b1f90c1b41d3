/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lineedit.h - a line editor with history. It takes keys and changes its state, and draws nothing,
 * so that it can be tested without a terminal. Keys as in Emacs: ^A ^E ^B ^F ^D ^H ^K ^U ^W ^P ^N
 * ^C, arrows, Home, End, Delete. Other keys without a character are ignored. The caller, who draws
 * the line, handles ^L.
 */
#ifndef MONITOR_TERMINAL_LINEEDIT_H
#define MONITOR_TERMINAL_LINEEDIT_H

#include <stdbool.h>
#include <stdint.h>

#define LINE_SIZE     160
#define HISTORY_LINES 16

/* All zero means no line and no history. */
struct lineedit {
	char line[LINE_SIZE]; /* NUL-terminated */
	uint32_t length, cursor;
	char history[HISTORY_LINES][LINE_SIZE]; /* the oldest first */
	uint32_t history_count, history_place;	/* place: of the line shown; count: none of them */
	char draft[LINE_SIZE]; /* the line being typed while history is looked at */
};

enum lineedit_result { LINE_MORE, LINE_DONE, LINE_CANCELLED };

/* Starts an empty line; history stays. */
void lineedit_start(struct lineedit *edit);

/*
 * Takes one key (keyboard.h's codes). On LINE_DONE, line holds the text and has entered the
 * history.
 */
enum lineedit_result lineedit_key(struct lineedit *edit, int key);

#endif
