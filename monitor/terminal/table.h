/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * table.h - tables on the console. A header line is followed by the rows, one a line. Each column
 * is as wide as its widest cell, and columns are two blanks apart.
 */
#ifndef MONITOR_TERMINAL_TABLE_H
#define MONITOR_TERMINAL_TABLE_H

#include <stdint.h>
#include "monitor/terminal/console.h"

#define TABLE_MAX_COLUMNS 8
#define TABLE_CELL_SIZE	  288 /* holds the names of all slots */

struct table_row {
	char cell[TABLE_MAX_COLUMNS][TABLE_CELL_SIZE];
};

struct table {
	const char *columns[TABLE_MAX_COLUMNS + 1]; /* their names; NULL behind the last */
	uint32_t rows;
	/*
	 * Fills the cells of a row, which are empty before. It is called twice for each row,
	 * because the widths must be known before the first line is printed. Both calls must give
	 * the same text.
	 */
	void (*fill)(const void *context, uint32_t row, struct table_row *cells);
	const void *context;
};

/* Shows an empty cell as "-", so that a row has as many words as the header. */
void table_print(struct console *console, const struct table *table);

#endif
