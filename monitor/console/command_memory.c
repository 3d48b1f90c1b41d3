// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/console/command_memory.h"
#include "monitor/console/command_regs.h"
#include "monitor/console/command_slots.h"
#include "arch/x86/acpi/machine.h"
#include "lib/print.h"
#include "lib/units.h"
#include "monitor/plan/pool.h"
#include "monitor/snapshot/free_pages.h"
#include "monitor/switch/kept_state.h"
#include "monitor/terminal/table.h"
#include "monitor/config/words.h"

#define MD_LINE_BYTES	  16
#define MD_DEFAULT_LENGTH 128
#define MD_MAX_LENGTH	  65536
#define MD_LINE_SIZE	  96 /* address, 16 times " xx", and the characters */

static const char *type_name(char *buffer, uint32_t size, uint32_t type)
{
	switch (type) {
	case REGION_RAM:
		return "RAM";
	case REGION_RESERVED:
		return "reserved";
	case REGION_ACPI:
		return "ACPI data";
	case REGION_NVS:
		return "ACPI NVS";
	case REGION_UNUSABLE:
		return "unusable";
	default:
		format_text(buffer, size, "type %u", type);
		return buffer;
	}
}

static const char *describe_owner(const struct monitor *monitor, const struct plan_region *region)
{
	switch (region->owner) {
	case OWNER_FIRMWARE:
		return "firmware";
	case OWNER_MONITOR:
		return "monitor";
	case OWNER_KEPT:
		return "kept";
	case OWNER_STORE:
		return "store";
	case OWNER_SLOT:
		return monitor->slots.slot[region->slot].name;
	case OWNER_PICTURES:
		return "pictures";
	case OWNER_FREE:
		break;
	}
	return "free";
}

static void fill_region(const void *context, uint32_t row, struct table_row *cells)
{
	const struct monitor *monitor = context;
	const struct plan_region *region = &monitor->plan.region[row];
	char type[TABLE_CELL_SIZE];

	format_text(cells->cell[0], TABLE_CELL_SIZE, "0x%016lx", region->base);
	format_text(cells->cell[1], TABLE_CELL_SIZE, "0x%016lx", region->base + region->size - 1);
	format_size(cells->cell[2], region->size);
	format_text(cells->cell[3], TABLE_CELL_SIZE, "%s",
		    type_name(type, sizeof(type), region->type));
	format_text(cells->cell[4], TABLE_CELL_SIZE, "%s", describe_owner(monitor, region));
}

/* The rows of the second table. Each adds up the RAM of one owner. */
static const struct total {
	const char *name;
	enum plan_owner owner;
} totals[] = {
	{"slots", OWNER_SLOT}, {"store", OWNER_STORE},	     {"monitor", OWNER_MONITOR},
	{"kept", OWNER_KEPT},  {"pictures", OWNER_PICTURES}, {"firmware", OWNER_FIRMWARE},
	{"free", OWNER_FREE},
};
#define TOTALS (sizeof(totals) / sizeof(totals[0]))

/* The row behind those adds up all of them. */
static void fill_total(const void *context, uint32_t row, struct table_row *cells)
{
	const struct plan *plan = context;
	uint64_t size = 0;

	for (uint32_t i = 0; i < plan->count; i++) {
		const struct plan_region *region = &plan->region[i];

		if (region->type == REGION_RAM &&
		    (row == TOTALS || region->owner == totals[row].owner))
			size += region->size;
	}
	format_text(cells->cell[0], TABLE_CELL_SIZE, "%s",
		    row == TOTALS ? "all RAM" : totals[row].name);
	format_size(cells->cell[1], size);
}

/*
 * Rows of the third table: what the monitor takes for itself, and for each slot, at the end of
 * whose own range its block lies; and the piece below 4 GiB that a slot above has of its own.
 */
static void fill_kept(const void *context, uint32_t row, struct table_row *cells)
{
	const struct monitor *monitor = context;
	const struct plan *plan = &monitor->plan;
	const char *name = "monitor";
	uint64_t size, block = 0, piece = 0;

	if (row == 0) {
		size = plan->monitor.size + kept_state_own_size();
	} else {
		const struct slot *slot = slot_nth(&monitor->slots, row - 1);

		name = slot->name;
		size = kept_state_size(monitor, slot_index(&monitor->slots, slot));
		block = slot->block.size;
		piece = slot->dma.size;
	}
	format_text(cells->cell[0], TABLE_CELL_SIZE, "%s", name);
	format_size(cells->cell[1], align_up(size, KIB));
	format_text(cells->cell[2], TABLE_CELL_SIZE, "-");
	if (block)
		format_size(cells->cell[2], block);
	format_text(cells->cell[3], TABLE_CELL_SIZE, "-");
	if (piece)
		format_size(cells->cell[3], piece);
}

/* Bytes of it that are free. */
static uint64_t free_in(struct free_pages *pages, const struct region *ram)
{
	uint64_t end = ram->base + ram->size, size, free = 0;

	for (uint64_t at = ram->base; at < end; at += size) {
		bool is_free;

		size = free_pages_run(pages, at, end, &is_free);
		free += is_free ? size : 0;
	}
	return free;
}

/* How much of a slot's RAM is in use, by the word of its kernel. */
static void show_in_use(struct ui *ui, const struct slot *slot)
{
	uint64_t all = slot->ram.size + slot->dma.size, free;
	char all_text[SIZE_TEXT], used_text[SIZE_TEXT], free_text[SIZE_TEXT];
	static struct free_pages pages;
	struct slot_memory memory;
	struct error error;

	if (!command_slot_memory(ui, slot, &memory))
		return;
	if (!free_pages_open(&pages, &memory, &error)) {
		console_error(&ui->console,
			      "slot %s: which pages its kernel uses can't be told: %s", slot->name,
			      error.text);
		return;
	}
	free = free_in(&pages, &slot->ram) + free_in(&pages, &slot->dma);
	console_printf(&ui->console, "%s: %s, in use %s, free %s (by its own page descriptors)\n",
		       slot->name, format_size(all_text, all), format_size(used_text, all - free),
		       format_size(free_text, free));
}

/* RAM that is in no map, and so nobody's: kernels learn of it by ACPI. */
static void show_hidden(struct ui *ui)
{
	const struct hidden_ram *ram = &machine()->hidden_ram;
	char size[SIZE_TEXT];

	for (uint32_t i = 0; i < ram->count; i++)
		console_printf(&ui->console, "0x%016lx  0x%016lx  %s: %s, which no slot gets\n",
			       ram->range[i].base, ram->range[i].base + ram->range[i].size - 1,
			       format_size(size, ram->range[i].size),
			       ram->range[i].persistent ? "NVDIMM" : "place for memory devices");
	if (ram->devices)
		console_printf(&ui->console,
			       "ACPI has memory devices; Linux slots get acpi_no_memhotplug\n");
}

static void show_plan(struct ui *ui)
{
	const struct table regions = {
		.columns = {"START", "END", "SIZE", "TYPE", "OWNER"},
		.rows = ui->monitor->plan.count,
		.fill = fill_region,
		.context = ui->monitor,
	};
	const struct table sums = {
		.columns = {"RAM OF", "TOTAL"},
		.rows = TOTALS + 1,
		.fill = fill_total,
		.context = &ui->monitor->plan,
	};

	const struct table kept = {
		.columns = {"KEPT FOR", "SIZE", "BLOCK", "BELOW 4G"},
		.rows = 1 + slot_used(&ui->monitor->slots),
		.fill = fill_kept,
		.context = ui->monitor,
	};
	char largest[SIZE_TEXT];

	table_print(&ui->console, &regions);
	console_write(&ui->console, "\n");
	table_print(&ui->console, &sums);
	console_write(&ui->console, "\n");
	table_print(&ui->console, &kept);
	console_printf(&ui->console, "\nlargest free piece: %s\n",
		       format_size(largest, pool_largest(&ui->monitor->plan)));
	show_hidden(ui);
}

void command_mem(struct ui *ui, int argc, char **argv)
{
	const struct slot *slot;

	if (argc == 1) {
		show_plan(ui);
		return;
	}
	slot = command_named_slot(ui, argv[1]);
	if (slot)
		show_in_use(ui, slot);
}

/* "0000100000  7f 45 4c 46 ...  |.ELF|" */
static void print_bytes(struct console *console, uint64_t address, const uint8_t *bytes,
			uint32_t count)
{
	char line[MD_LINE_SIZE], characters[MD_LINE_BYTES + 1];
	uint32_t length = (uint32_t)format_text(line, sizeof(line), "%010lx ", address);

	for (uint32_t i = 0; i < MD_LINE_BYTES; i++) {
		const char *format = i < count ? " %02x" : "   ";

		length += (uint32_t)format_text(line + length, sizeof(line) - length, format,
						bytes[i]);
	}
	for (uint32_t i = 0; i < count; i++)
		characters[i] = bytes[i] >= ' ' && bytes[i] <= '~' ? (char)bytes[i] : '.';
	characters[count] = '\0';
	console_printf(console, "%s  |%s|\n", line, characters);
}

/* Reads bytes at an address, by whatever that means. Of what can't be read, *bad is the address. */
typedef bool (*read_fn)(const void *context, uint64_t address, uint8_t *to, uint32_t count,
			uint64_t *bad);

static bool read_physical(const void *context, uint64_t address, uint8_t *to, uint32_t count,
			  uint64_t *bad)
{
	(void)context;
	return machine_read(address, to, count, bad);
}

static bool read_virtual(const void *context, uint64_t address, uint8_t *to, uint32_t count,
			 uint64_t *bad)
{
	return slot_memory_read(context, address, to, count, bad);
}

static void dump(struct console *console, read_fn read, const void *context, uint64_t address,
		 uint64_t length)
{
	while (length > 0) {
		uint32_t count = length < MD_LINE_BYTES ? (uint32_t)length : MD_LINE_BYTES;
		uint8_t bytes[MD_LINE_BYTES];
		uint64_t bad;

		if (!read(context, address, bytes, count, &bad)) {
			console_error(console, "address 0x%lx can't be read", bad);
			return;
		}
		print_bytes(console, address, bytes, count);
		address += count;
		length -= count;
	}
}

static bool number_argument(struct console *console, const char *text, uint64_t *number)
{
	char quote[QUOTE_TEXT];

	if (parse_size(text, number))
		return true;
	console_error(console, "\"%s\" is no number; expected one like 4096, 0x1000 or 4K",
		      quote_text(quote, text));
	return false;
}

/* NULL: there is none. */
static char *find_colon(char *text)
{
	while (*text && *text != ':')
		text++;
	return *text ? text : NULL;
}

/* "SLOT:ADDRESS": cuts the slot's name off, and opens its memory. False, after an error line. */
static bool open_slot(struct ui *ui, char **word, char *colon, struct slot_memory *memory)
{
	const struct slot *slot;

	*colon = '\0';
	slot = command_named_slot(ui, *word);
	*word = colon + 1;
	return slot && command_slot_memory(ui, slot, memory);
}

void command_md(struct ui *ui, int argc, char **argv)
{
	struct console *console = &ui->console;
	uint64_t address, length = MD_DEFAULT_LENGTH;
	struct slot_memory memory;
	char *colon = find_colon(argv[1]);

	if (colon && !open_slot(ui, &argv[1], colon, &memory))
		return;
	if (!number_argument(console, argv[1], &address) ||
	    (argc > 2 && !number_argument(console, argv[2], &length)))
		return;
	if (length == 0 || length > MD_MAX_LENGTH)
		console_error(console, "length %lu; expected 1 to %u bytes", length, MD_MAX_LENGTH);
	else if (address + length - 1 < address)
		console_error(console, "0x%lx and %lu bytes go beyond the last address", address,
			      length);
	else
		dump(console, colon ? read_virtual : read_physical, &memory, address, length);
}
