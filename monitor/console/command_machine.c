// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/console/command_machine.h"
#include "arch/x86/interrupt/ioapic.h"
#include "arch/x86/acpi/machine.h"
#include "arch/x86/acpi/power.h"
#include "lib/print.h"
#include "monitor/terminal/table.h"

#define MAX_CPUS_SHOWN 256
#define CPU_MASK_BITS  64 /* of slot.cpus */

/* Fields of a redirection table entry (82093AA data sheet, 3.2.4; also ICH9 data sheet, 13.5.7). */
#define RTE_VECTOR(rte)	  ((uint32_t)(0xff & (rte)))
#define RTE_DELIVERY(rte) ((uint32_t)((rte) >> 8 & 0x7))
#define RTE_DEST(rte)	  ((uint32_t)((rte) >> 56))
#define RTE_LOGICAL	  (1ull << 11)
#define RTE_ACTIVE_LOW	  (1ull << 13)

/* What the table of CPUs shows. */
struct cpu_rows {
	const struct slot_table *slots;
	struct machine_cpu cpu[MAX_CPUS_SHOWN];
};

/* A slot without cpus= sees all CPUs. */
static bool slot_sees(const struct slot *slot, uint32_t cpu)
{
	return slot->cpus == 0 || (cpu < CPU_MASK_BITS && slot->cpus >> cpu & 1);
}

static void list_slots(const struct slot_table *slots, uint32_t cpu, char *cell)
{
	uint32_t length = 0;

	for (uint32_t i = 0; i < slots->count; i++)
		if (slot_is_used(&slots->slot[i]) && slot_sees(&slots->slot[i], cpu))
			length += (uint32_t)format_text(cell + length, TABLE_CELL_SIZE - length,
							"%s%s", length > 0 ? "," : "",
							slots->slot[i].name);
}

static void fill_cpu(const void *context, uint32_t row, struct table_row *cells)
{
	const struct cpu_rows *rows = context;
	const struct machine_cpu *cpu = &rows->cpu[row];

	if (cpu->enabled) {
		format_text(cells->cell[0], TABLE_CELL_SIZE, "%u", cpu->number);
		list_slots(rows->slots, cpu->number, cells->cell[4]);
	}
	format_text(cells->cell[1], TABLE_CELL_SIZE, "%u", cpu->apic_id);
	format_text(cells->cell[2], TABLE_CELL_SIZE, "%u", cpu->processor_uid);
	format_text(cells->cell[3], TABLE_CELL_SIZE, "%s",
		    cpu->boot	   ? "boot"
		    : cpu->enabled ? "enabled"
				   : "disabled");
}

void command_cpus(struct ui *ui, int argc, char **argv)
{
	struct cpu_rows rows = {.slots = &ui->monitor->slots};
	uint32_t count = machine_cpus(rows.cpu, MAX_CPUS_SHOWN);
	const struct table table = {
		.columns = {"CPU", "APIC ID", "UID", "STATE", "SLOTS"},
		.rows = count < MAX_CPUS_SHOWN ? count : MAX_CPUS_SHOWN,
		.fill = fill_cpu,
		.context = &rows,
	};

	(void)argc;
	(void)argv;
	if (count == 0) {
		console_error(&ui->console, "the ACPI tables (MADT) list no processor");
		return;
	}
	table_print(&ui->console, &table);
	if (count > MAX_CPUS_SHOWN)
		console_printf(&ui->console, "... and %u more\n", count - MAX_CPUS_SHOWN);
	console_printf(&ui->console, "\n%s\n", machine_cpu_name());
}

static const char *delivery_name(uint64_t rte)
{
	static const char *const names[] = {"fixed", "lowest", "SMI",	   "reserved",
					    "NMI",   "INIT",   "reserved", "ExtINT"};

	return names[RTE_DELIVERY(rte)];
}

static void fill_entry(const struct ioapic *ioapic, uint32_t pin, struct table_row *cells)
{
	uint64_t rte = ioapic_read_rte(ioapic, pin);

	format_text(cells->cell[0], TABLE_CELL_SIZE, "%u", pin);
	format_text(cells->cell[1], TABLE_CELL_SIZE, "%u", ioapic->gsi_base + pin);
	format_text(cells->cell[2], TABLE_CELL_SIZE, "0x%02x", RTE_VECTOR(rte));
	format_text(cells->cell[3], TABLE_CELL_SIZE, "%s", delivery_name(rte));
	format_text(cells->cell[4], TABLE_CELL_SIZE,
		    rte & RTE_LOGICAL ? "logical 0x%02x" : "physical %u", RTE_DEST(rte));
	format_text(cells->cell[5], TABLE_CELL_SIZE, "%s", rte & RTE_ACTIVE_LOW ? "low" : "high");
	format_text(cells->cell[6], TABLE_CELL_SIZE, "%s", rte & RTE_LEVEL ? "level" : "edge");
	format_text(cells->cell[7], TABLE_CELL_SIZE, "%s", rte & RTE_MASKED ? "yes" : "no");
}

/* The rows of all IO-APICs follow each other. */
static void fill_pin(const void *context, uint32_t row, struct table_row *cells)
{
	const struct ioapics *ioapics = context;

	for (uint32_t i = 0; i < ioapics->count; i++) {
		if (row < ioapics->ioapic[i].pins) {
			fill_entry(&ioapics->ioapic[i], row, cells);
			return;
		}
		row -= ioapics->ioapic[i].pins;
	}
}

void command_ioapic(struct ui *ui, int argc, char **argv)
{
	const struct ioapics *ioapics = &machine()->ioapics;
	struct table table = {
		.columns = {"PIN", "GSI", "VECTOR", "DELIVERY", "DEST", "POLARITY", "TRIGGER",
			    "MASKED"},
		.fill = fill_pin,
		.context = ioapics,
	};

	(void)argc;
	(void)argv;
	if (ioapics->count == 0) {
		console_error(&ui->console, "the ACPI tables (MADT) list no IO-APIC");
		return;
	}
	for (uint32_t i = 0; i < ioapics->count; i++)
		table.rows += ioapics->ioapic[i].pins;
	table_print(&ui->console, &table);
	console_write(&ui->console, "\n");
	for (uint32_t i = 0; i < ioapics->count; i++) {
		const struct ioapic *ioapic = &ioapics->ioapic[i];

		console_printf(&ui->console, "IO-APIC %u at 0x%lx, version 0x%02x: GSI %u to %u\n",
			       ioapic->id, ioapic->address, ioapic->version, ioapic->gsi_base,
			       ioapic->gsi_base + ioapic->pins - 1);
	}
}

void command_reboot(struct ui *ui, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	uart_drain(&ui->console.uart);
	machine_reboot();
}

void command_poweroff(struct ui *ui, int argc, char **argv)
{
	const char *reason;

	(void)argc;
	(void)argv;
	uart_drain(&ui->console.uart);
	reason = machine_poweroff();
	console_error(&ui->console, "poweroff: %s", reason);
}
