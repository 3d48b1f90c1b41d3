// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/terminal/lineedit.h"
#include "arch/x86/keyboard/keyboard.h"
#include "lib/string.h"

/* The code of Control and a letter (ASCII). */
#define CONTROL(letter) (0x1f & (letter))
#define KEY_BACKSPACE	CONTROL('H')
#define KEY_RUBOUT	0x7f

void lineedit_start(struct lineedit *edit)
{
	edit->line[0] = '\0';
	edit->draft[0] = '\0';
	edit->length = 0;
	edit->cursor = 0;
	edit->history_place = edit->history_count;
}

static void insert(struct lineedit *edit, char c)
{
	if (edit->length + 1 >= LINE_SIZE)
		return;
	memmove(edit->line + edit->cursor + 1, edit->line + edit->cursor,
		edit->length - edit->cursor + 1);
	edit->line[edit->cursor++] = c;
	edit->length++;
}

/* Removes [from, to); the cursor goes to from. */
static void remove_range(struct lineedit *edit, uint32_t from, uint32_t to)
{
	memmove(edit->line + from, edit->line + to, edit->length - to + 1);
	edit->length -= to - from;
	edit->cursor = from;
}

static void remove_word(struct lineedit *edit)
{
	uint32_t from = edit->cursor;

	while (from > 0 && edit->line[from - 1] == ' ')
		from--;
	while (from > 0 && edit->line[from - 1] != ' ')
		from--;
	remove_range(edit, from, edit->cursor);
}

static void set_line(struct lineedit *edit, const char *text)
{
	edit->length = (uint32_t)strlen(text);
	memcpy(edit->line, text, edit->length + 1);
	edit->cursor = edit->length;
}

/* history_place == history_count means the line that is being typed. */
static void go_to_history(struct lineedit *edit, uint32_t place)
{
	if (edit->history_place == edit->history_count)
		memcpy(edit->draft, edit->line, edit->length + 1);
	edit->history_place = place;
	set_line(edit, place == edit->history_count ? edit->draft : edit->history[place]);
}

static bool is_blank_line(const char *line)
{
	while (*line == ' ')
		line++;
	return *line == '\0';
}

static void add_to_history(struct lineedit *edit)
{
	if (is_blank_line(edit->line))
		return;
	if (edit->history_count > 0 &&
	    strcmp(edit->history[edit->history_count - 1], edit->line) == 0)
		return;
	if (edit->history_count == HISTORY_LINES) {
		memmove(edit->history, edit->history + 1, (HISTORY_LINES - 1) * LINE_SIZE);
		edit->history_count--;
	}
	memcpy(edit->history[edit->history_count++], edit->line, edit->length + 1);
}

static void move_key(struct lineedit *edit, int key)
{
	switch (key) {
	case CONTROL('A'):
	case KEY_HOME:
		edit->cursor = 0;
		break;
	case CONTROL('E'):
	case KEY_END:
		edit->cursor = edit->length;
		break;
	case CONTROL('B'):
	case KEY_LEFT:
		edit->cursor -= edit->cursor > 0;
		break;
	case CONTROL('F'):
	case KEY_RIGHT:
		edit->cursor += edit->cursor < edit->length;
		break;
	case CONTROL('P'):
	case KEY_UP:
		if (edit->history_place > 0)
			go_to_history(edit, edit->history_place - 1);
		break;
	case CONTROL('N'):
	case KEY_DOWN:
		if (edit->history_place < edit->history_count)
			go_to_history(edit, edit->history_place + 1);
		break;
	}
}

static void remove_key(struct lineedit *edit, int key)
{
	switch (key) {
	case CONTROL('D'):
	case KEY_DELETE:
		if (edit->cursor < edit->length)
			remove_range(edit, edit->cursor, edit->cursor + 1);
		break;
	case KEY_BACKSPACE:
	case KEY_RUBOUT:
		if (edit->cursor > 0)
			remove_range(edit, edit->cursor - 1, edit->cursor);
		break;
	case CONTROL('K'):
		remove_range(edit, edit->cursor, edit->length);
		break;
	case CONTROL('U'):
		remove_range(edit, 0, edit->cursor);
		break;
	case CONTROL('W'):
		remove_word(edit);
		break;
	}
}

enum lineedit_result lineedit_key(struct lineedit *edit, int key)
{
	if (key == '\r' || key == '\n') {
		add_to_history(edit);
		return LINE_DONE;
	}
	if (key == CONTROL('C')) {
		lineedit_start(edit);
		return LINE_CANCELLED;
	}
	if (key >= ' ' && key < KEY_RUBOUT) {
		insert(edit, (char)key);
	} else {
		move_key(edit, key);
		remove_key(edit, key);
	}
	return LINE_MORE;
}
