// SPDX-License-Identifier: GPL-2.0-only
/*
 * command_pci.c - the console's `pci`. It shows what is on the PCI buses, and how it is set up now.
 */
#include "monitor/console/command_pci.h"
#include "arch/x86/pci/pci.h"
#include "arch/x86/pci/pci_msi.h"
#include "lib/print.h"
#include "monitor/owner/owner.h"
#include "monitor/terminal/table.h"

#define CLASS_ANY_SUB 0x100 /* in a row of the table: any subclass */

/* The common classes of the PCI code and ID assignment specification 1.11, chapter 1. */
static const struct {
	uint16_t base, sub;
	const char *name;
} classes[] = {
	{0x00, CLASS_ANY_SUB, "unclassified"},
	{0x01, 0x01, "IDE controller"},
	{0x01, 0x06, "SATA controller"},
	{0x01, 0x08, "NVMe controller"},
	{0x01, CLASS_ANY_SUB, "storage"},
	{0x02, 0x00, "Ethernet"},
	{0x02, CLASS_ANY_SUB, "network"},
	{0x03, 0x00, "VGA"},
	{0x03, CLASS_ANY_SUB, "display"},
	{0x04, CLASS_ANY_SUB, "multimedia"},
	{0x05, CLASS_ANY_SUB, "memory"},
	{0x06, 0x00, "host bridge"},
	{0x06, 0x01, "ISA bridge"},
	{0x06, 0x04, "PCI bridge"},
	{0x06, CLASS_ANY_SUB, "bridge"},
	{0x07, CLASS_ANY_SUB, "communication"},
	{0x08, CLASS_ANY_SUB, "system device"},
	{0x09, CLASS_ANY_SUB, "input"},
	{0x0c, 0x03, "USB controller"},
	{0x0c, 0x05, "SMBus"},
	{0x0c, CLASS_ANY_SUB, "serial bus"},
	{0x0d, CLASS_ANY_SUB, "wireless"},
	{0xff, CLASS_ANY_SUB, "unassigned"},
};

static void fill_class(uint32_t class, char *cell)
{
	for (uint32_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (classes[i].base == PCI_CLASS_BASE(class) &&
		    (classes[i].sub == CLASS_ANY_SUB || classes[i].sub == PCI_CLASS_SUB(class))) {
			format_text(cell, TABLE_CELL_SIZE, "%s", classes[i].name);
			return;
		}
	}
	format_text(cell, TABLE_CELL_SIZE, "class %02x%02x", PCI_CLASS_BASE(class),
		    PCI_CLASS_SUB(class));
}

/*
 * Shows which way the function's interrupts take now. A function without interrupt pin has no line.
 */
static void fill_interrupt(const struct pci_function *function, char *cell)
{
	if (pci_msix_enabled(function))
		format_text(cell, TABLE_CELL_SIZE, "MSI-X, %u entries", function->msix_entries);
	else if (pci_msi_enabled(function))
		format_text(cell, TABLE_CELL_SIZE, "MSI");
	else if (pci_read8(function->address, PCI_INTERRUPT_PIN))
		format_text(cell, TABLE_CELL_SIZE, "IRQ %u",
			    pci_read8(function->address, PCI_INTERRUPT_LINE));
}

static void fill_enabled(const struct pci_function *function, char *cell)
{
	static const struct {
		uint16_t bit;
		const char *name;
	} names[] = {
		{PCI_COMMAND_IO, "io"},
		{PCI_COMMAND_MEMORY, "memory"},
		{PCI_COMMAND_MASTER, "master"},
	};
	uint16_t command = pci_read16(function->address, PCI_COMMAND);
	uint32_t length = 0;

	for (uint32_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (command & names[i].bit)
			length += (uint32_t)format_text(cell + length, TABLE_CELL_SIZE - length,
							"%s%s", length ? " " : "", names[i].name);
}

/*
 * Shows the base addresses that are set. Their sizes are not shown, because reading them would
 * disturb the device.
 */
static void fill_bars(const struct pci_function *function, char *cell)
{
	uint32_t bars = function->header == PCI_HEADER_BRIDGE ? PCI_BRIDGE_BARS : PCI_BARS;
	uint32_t length = 0;

	for (uint32_t i = 0; i < bars && function->header <= PCI_HEADER_BRIDGE; i++) {
		uint32_t at = PCI_BAR0 + i * sizeof(uint32_t);
		uint32_t bar = pci_read32(function->address, at);
		bool io = bar & PCI_BAR_IO;
		uint64_t address = bar & (io ? PCI_BAR_IO_MASK : PCI_BAR_MEMORY_MASK);

		if (!io && (bar & PCI_BAR_TYPE) == PCI_BAR_64 && ++i < bars)
			address |= (uint64_t)pci_read32(function->address, at + sizeof(bar)) << 32;
		if (address)
			length += (uint32_t)format_text(cell + length, TABLE_CELL_SIZE - length,
							"%s%s 0x%lx", length ? ", " : "",
							io ? "io" : "memory", address);
	}
}

static void fill_owner(const struct slot_table *slots, uint32_t number, char *cell)
{
	const struct slot *owner = owner_of(slots, number);

	if (owner)
		format_text(cell, TABLE_CELL_SIZE,
			    pci_functions()->function[number].works_for ? "%s, works" : "%s",
			    owner->name);
}

static void fill_function(const void *context, uint32_t row, struct table_row *cells)
{
	const struct pci_function *function = &pci_functions()->function[row];

	format_text(cells->cell[0], TABLE_CELL_SIZE, "%02x:%02x.%u", PCI_BUS(function->address),
		    PCI_DEVICE(function->address), PCI_FUNCTION(function->address));
	format_text(cells->cell[1], TABLE_CELL_SIZE, "%04x:%04x", PCI_ID_VENDOR(function->id),
		    PCI_ID_DEVICE(function->id));
	fill_class(function->class, cells->cell[2]);
	fill_owner(context, row, cells->cell[3]);
	if (pci_read32(function->address, PCI_ID) != function->id) {
		format_text(cells->cell[4], TABLE_CELL_SIZE, "gone");
		return;
	}
	fill_enabled(function, cells->cell[4]);
	fill_interrupt(function, cells->cell[5]);
	fill_bars(function, cells->cell[6]);
}

void command_pci(struct ui *ui, int argc, char **argv)
{
	const struct pci_functions *functions = pci_functions();
	const struct table table = {
		.columns = {"ADDRESS", "ID", "CLASS", "SLOT", "ENABLED", "INTERRUPT", "BARS"},
		.rows = functions->count,
		.fill = fill_function,
		.context = &ui->monitor->slots,
	};

	(void)argc;
	(void)argv;
	if (functions->count == 0) {
		console_error(&ui->console, "this machine has no PCI bus");
		return;
	}
	table_print(&ui->console, &table);
}
