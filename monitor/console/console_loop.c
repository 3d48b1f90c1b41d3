// SPDX-License-Identifier: GPL-2.0-only
/*
 * console_loop.c - reads command lines, with the line editor's state drawn on the terminal, and
 * runs them.
 *
 * Only what changed is drawn, with characters, \b and "clear to the end of the line". These work on
 * any terminal, and a typed line looks the same in a transcript and on the screen.
 */
#include "monitor/console/console_loop.h"
#include "monitor/console/command.h"
#include "lib/string.h"

#define PROMPT "switchyard> "
#define REDRAW ('L' & 0x1f) /* ^L */

/*
 * Columns for the line behind the prompt. A longer line is shown in part. The terminal's last
 * column stays free, because terminals differ in where the cursor is after a character there.
 */
#define SHOWN_COLUMNS  (VGA_COLUMNS - (sizeof(PROMPT) - 1) - 1)
#define SCROLL_COLUMNS (SHOWN_COLUMNS / 2)

/* What the terminal shows behind the prompt. */
struct shown {
	char text[LINE_SIZE];
	uint32_t length, cursor;
	uint32_t first; /* column of the line that is shown first */
};

static void draw_prompt(struct console *console, struct shown *shown)
{
	console_write(console, PROMPT);
	*shown = (struct shown){.length = 0};
}

/*
 * Chooses the part of the line that is shown. It moves in steps, so that typing at its end does not
 * redraw everything.
 */
static void choose_part(const struct lineedit *edit, struct shown *part)
{
	while (edit->cursor < part->first)
		part->first -= SCROLL_COLUMNS;
	while (edit->cursor > part->first + SHOWN_COLUMNS)
		part->first += SCROLL_COLUMNS;

	part->length = edit->length - part->first;
	if (part->length > SHOWN_COLUMNS)
		part->length = SHOWN_COLUMNS;
	memcpy(part->text, edit->line + part->first, part->length);
	part->cursor = edit->cursor - part->first;
}

static void put_range(struct console *console, const char *text, uint32_t from, uint32_t to)
{
	char part[LINE_SIZE];

	memcpy(part, text + from, to - from);
	part[to - from] = '\0';
	console_write(console, part);
}

static void go_back(struct console *console, uint32_t columns)
{
	while (columns-- > 0)
		console_write(console, "\b");
}

/* Makes the terminal show what the editor holds. */
static void draw_line(struct console *console, const struct lineedit *edit, struct shown *shown)
{
	struct shown next = {.first = shown->first};
	uint32_t same = 0, at = shown->cursor;

	choose_part(edit, &next);
	while (same < next.length && same < shown->length && next.text[same] == shown->text[same])
		same++;

	if (same < next.length || same < shown->length) {
		if (at > same)
			go_back(console, at - same);
		else
			put_range(console, next.text, at, same);
		put_range(console, next.text, same, next.length);
		at = next.length;
		if (next.length < shown->length)
			console_clear_to_end(console);
	}
	if (at > next.cursor)
		go_back(console, at - next.cursor);
	else
		put_range(console, next.text, at, next.cursor);
	*shown = next;
}

/* Reads a line into the editor. Returns false if the person cancelled it. */
static bool read_line(struct console *console)
{
	struct lineedit *edit = &console->edit;
	enum lineedit_result result = LINE_MORE;
	struct shown shown;

	lineedit_start(edit);
	draw_prompt(console, &shown);
	while (result == LINE_MORE) {
		int key = console_wait_key(console, WAIT_FOR_EVER);

		if (key == REDRAW) {
			console_clear(console);
			draw_prompt(console, &shown);
		}
		result = lineedit_key(edit, key);
		if (result == LINE_MORE)
			draw_line(console, edit, &shown);
	}
	console_write(console, result == LINE_CANCELLED ? "^C\n" : "\n");
	return result == LINE_DONE;
}

void console_loop(struct ui *ui)
{
	char line[LINE_SIZE];

	for (;;) {
		if (!read_line(&ui->console))
			continue;
		/*
		 * Commands change the line, and the editor's history must not change, so they get a
		 * copy.
		 */
		memcpy(line, ui->console.edit.line, LINE_SIZE);
		command_run(ui, line);
	}
}
