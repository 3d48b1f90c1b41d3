// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/report.h"
#include "arch/x86/acpi/machine.h"
#include "arch/x86/cpu/mtrr.h"
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/iommu/iommu.h"
#include "arch/x86/memory/paging.h"
#include "arch/x86/pci/pci.h"
#include "guest/linux/version.h"
#include "lib/print.h"
#include "lib/units.h"
#include "monitor/plan/plan_piece.h"

static void report_loader(struct log *log, const struct boot_info *boot)
{
	const char *line = boot->report;

	while (*line) {
		int length = 0;

		while (line[length] && line[length] != '\n')
			length++;
		log_line(log, LOG_ERROR, "%.*s", length, line);
		line += line[length] ? length + 1 : length;
	}
	if (boot->report_truncated)
		log_line(log, LOG_ERROR, "the loader found more faults than are kept");
}

void report_boot(struct log *log, const struct boot_info *boot)
{
	log_line(log, LOG_INFO, "Switchyard " SWITCHYARD_VERSION ", loaded by %s",
		 boot->loader[0] ? boot->loader : "an unnamed loader");
	report_loader(log, boot);
	if (boot->options_truncated)
		log_line(log, LOG_ERROR, "the monitor's options are cut: longer than %u characters",
			 BOOT_LINE_SIZE - 1);
	if (boot->regions_truncated)
		log_line(
			log, LOG_WARN,
			"the firmware's memory map has more than %u entries; RAM behind them is not used",
			BOOT_MAX_REGIONS);
	if (boot->modules_refused)
		log_line(log, LOG_ERROR, "%u modules left out: at most %u are taken",
			 boot->modules_refused, BOOT_MAX_MODULES);
}

void report_unmapped(struct log *log, uint64_t bytes)
{
	char size[SIZE_TEXT], limit[SIZE_TEXT];

	if (bytes)
		log_line(log, LOG_WARN, "%s of RAM left out: above %s, which is all that is mapped",
			 format_size(size, bytes), format_size(limit, paging_limit()));
}

void report_keyboard(const struct ui *ui)
{
	if (!ui->console.keyboard.present)
		log_line(&ui->monitor->log, LOG_WARN,
			 ui->monitor->options.serial
				 ? "no PS/2 keyboard: keys come from the serial port only"
				 : "no PS/2 keyboard, and serial=none: no key can be read");
}

static void report_cpu_left_out(struct log *log)
{
	if (cpu_state_left_out())
		log_line(
			log, LOG_WARN,
			"%u of the CPU's MSRs left out: there is no room for them, so slots share them",
			cpu_state_left_out());
	if (mtrr_left_out())
		log_line(log, LOG_WARN, "%u variable MTRRs left out: at most %u are kept",
			 mtrr_left_out(), MTRR_VARIABLE_MAX);
}

static void report_pci_left_out(struct log *log)
{
	const struct pci_functions *pci = pci_functions();

	if (pci->left_out)
		log_line(log, LOG_WARN, "%u PCI functions left out: at most %u are kept",
			 pci->left_out, PCI_MAX_FUNCTIONS);
	if (pci->msix_left_out)
		log_line(log, LOG_WARN,
			 "MSI-X tables of %u PCI functions left out: at most %u entries are kept",
			 pci->msix_left_out, PCI_MAX_MSIX_ENTRIES);
	if (pci->msix_unreachable)
		log_line(log, LOG_WARN,
			 "MSI-X tables of %u PCI functions left out: they lie above %lu GiB, or "
			 "there are too few page tables for them",
			 pci->msix_unreachable, paging_limit() / GIB);
}

void report_left_out(struct log *log)
{
	report_cpu_left_out(log);
	if (machine()->ioapics.left_out)
		log_line(log, LOG_WARN,
			 "%u IO-APICs left out: at most %u are kept, with %u pins together",
			 machine()->ioapics.left_out, IOAPIC_MAX, IOAPIC_MAX_RTES);
	report_pci_left_out(log);
}

void report_iommus(struct log *log)
{
	const struct iommu_units *units = iommu_units();

	for (uint32_t i = 0; i < units->count; i++)
		log_line(log, LOG_INFO, "IOMMU at %#lx (%s): firmware left it %s",
			 units->unit[i].address, units->unit[i].kind == IOMMU_VTD ? "VT-d" : "AMD",
			 iommu_firmware_left(i));
	if (units->promised)
		log_line(log, LOG_INFO,
			 "firmware keeps devices from RAM until a kernel starts; each slot that "
			 "boots finds that");
}

void report_slots(struct log *log, const struct slot_table *table)
{
	for (uint32_t i = 0; i < table->count; i++) {
		const struct slot *slot = &table->slot[i];
		char place[SLOT_PLACE_TEXT];
		struct error warning;

		log_line(log, LOG_INFO, "slot %s: %s, %s", slot->name, slot_type_name(slot->type),
			 slot_place(slot, place));
		if (!plan_piece_enough(slot, &warning))
			log_line(log, LOG_WARN, "slot %s: %s", slot->name, warning.text);
	}
}
