// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/terminal/table.h"
#include "lib/print.h"
#include "lib/string.h"

#define COLUMN_GAP 2

static uint32_t count_columns(const struct table *table)
{
	uint32_t columns = 0;

	while (columns < TABLE_MAX_COLUMNS && table->columns[columns])
		columns++;
	return columns;
}

static void get_row(const struct table *table, uint32_t columns, uint32_t row,
		    struct table_row *cells)
{
	for (uint32_t i = 0; i < columns; i++)
		cells->cell[i][0] = '\0';
	table->fill(table->context, row, cells);
	for (uint32_t i = 0; i < columns; i++)
		if (cells->cell[i][0] == '\0')
			format_text(cells->cell[i], TABLE_CELL_SIZE, "-");
}

static void measure(const char *text, uint32_t *width)
{
	uint32_t length = (uint32_t)strlen(text);

	if (length > *width)
		*width = length;
}

/* The last column is not padded, so that no line ends with blanks. */
static void print_cell(struct console *console, const char *text, uint32_t width, bool last)
{
	if (last)
		console_printf(console, "%s\n", text);
	else
		console_printf(console, "%-*s", (int)(width + COLUMN_GAP), text);
}

void table_print(struct console *console, const struct table *table)
{
	uint32_t columns = count_columns(table);
	uint32_t width[TABLE_MAX_COLUMNS] = {0};
	struct table_row cells;

	for (uint32_t i = 0; i < columns; i++)
		measure(table->columns[i], &width[i]);
	for (uint32_t row = 0; row < table->rows; row++) {
		get_row(table, columns, row, &cells);
		for (uint32_t i = 0; i < columns; i++)
			measure(cells.cell[i], &width[i]);
	}

	for (uint32_t i = 0; i < columns; i++)
		print_cell(console, table->columns[i], width[i], i + 1 == columns);
	for (uint32_t row = 0; row < table->rows; row++) {
		get_row(table, columns, row, &cells);
		for (uint32_t i = 0; i < columns; i++)
			print_cell(console, cells.cell[i], width[i], i + 1 == columns);
	}
}
