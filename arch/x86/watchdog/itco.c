// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/watchdog/itco.h"
#include "arch/x86/cpu/io.h"
#include "arch/x86/memory/paging.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/pci/pci.h"

/* The timer's ports, from its base. */
#define TCO_RELOAD	0x00
#define TCO_CONTROL	0x08 /* TCO1_CNT */
#define TCO_TIME	0x12
#define CONTROL_HALT	0x0800
#define CONTROL_NMI_NOW 0x0100 /* cleared by writing 1 */
#define TIME_MASK	0x03ff

/* Where the timer is: in the ACPI ports of the LPC bridge, function 0, */
#define LPC		 PCI_ADDRESS(0, 0x1f, 0)
#define LPC_ACPI_BASE	 0x40
#define LPC_ACPI_MASK	 0xff80
#define LPC_ACPI_CONTROL 0x44
#define LPC_ACPI_ENABLE	 0x80
#define LPC_TCO		 0x60
#define LPC_CHIPSET_BASE 0xf0 /* RCBA */
#define LPC_CHIPSET_MASK 0xffffc000u
#define LPC_CHIPSET_ON	 0x1u
#define CHIPSET_GCS	 0x3410
#define GCS_NO_REBOOT	 0x20u
/* or, since the 100 series, in ports of the SMBus controller, function 4. */
#define SMBUS		  PCI_ADDRESS(0, 0x1f, 4)
#define SMBUS_TCO_BASE	  0x50
#define SMBUS_TCO_MASK	  0xffe0
#define SMBUS_TCO_CONTROL 0x54
#define SMBUS_TCO_ENABLE  0x100u

#define VENDOR_INTEL	  0x8086
#define CLASS_LPC	  0x0601
#define CLASS_SMBUS	  0x0c05
#define CLASS_OF(address) (pci_read32(address, PCI_CLASS) >> 16)

/* The LPC bridges that have it in their ACPI ports: ICH6 to ICH10, series 5 to 9, and their kin. */
static const struct {
	uint16_t first, last;
} bridges[] = {
	{0x2310, 0x2310}, {0x2390, 0x2390}, {0x2640, 0x2642}, {0x2670, 0x2670}, {0x27b0, 0x27bd},
	{0x2810, 0x2815}, {0x2910, 0x2919}, {0x3a14, 0x3a1a}, {0x3b00, 0x3b1f}, {0x1c40, 0x1c5f},
	{0x1d40, 0x1d41}, {0x1e40, 0x1e5f}, {0x8c40, 0x8c5f}, {0x8cc0, 0x8cdf}, {0x8d40, 0x8d5f},
	{0x9c40, 0x9c5f}, {0x9cc0, 0x9cdf},
};

static struct {
	uint16_t base; /* port */
	uint64_t gcs;  /* address of that register; 0: the bit is in the control register */
} tco;

static bool is_known_bridge(uint16_t device)
{
	for (uint32_t i = 0; i < sizeof(bridges) / sizeof(bridges[0]); i++)
		if (device >= bridges[i].first && device <= bridges[i].last)
			return true;
	return false;
}

static bool find_in_lpc(void)
{
	uint32_t chipset = pci_read32(LPC, LPC_CHIPSET_BASE);
	uint16_t base = pci_read16(LPC, LPC_ACPI_BASE) & LPC_ACPI_MASK;

	if (pci_read16(LPC, PCI_ID) != VENDOR_INTEL || CLASS_OF(LPC) != CLASS_LPC ||
	    !is_known_bridge(pci_read16(LPC, PCI_ID + 2)) || !base ||
	    !(pci_read8(LPC, LPC_ACPI_CONTROL) & LPC_ACPI_ENABLE))
		return false;
	tco.base = base + LPC_TCO;
	if (chipset & LPC_CHIPSET_ON)
		tco.gcs = (chipset & LPC_CHIPSET_MASK) + CHIPSET_GCS;
	if (!paging_map_registers(tco.gcs, sizeof(uint32_t)))
		tco.gcs = 0;
	return true;
}

static bool find_in_smbus(void)
{
	if (pci_read16(SMBUS, PCI_ID) != VENDOR_INTEL || CLASS_OF(SMBUS) != CLASS_SMBUS ||
	    !(pci_read32(SMBUS, SMBUS_TCO_CONTROL) & SMBUS_TCO_ENABLE))
		return false;
	tco.base = pci_read16(SMBUS, SMBUS_TCO_BASE) & SMBUS_TCO_MASK;
	return tco.base;
}

bool itco_find(void)
{
	tco.gcs = 0;
	return find_in_lpc() || find_in_smbus();
}

static uint16_t read_control(void)
{
	return inw(tco.base + TCO_CONTROL) & (uint16_t)~CONTROL_NMI_NOW;
}

static uint32_t read_reset(void)
{
	return tco.gcs ? *(volatile uint32_t *)phys(tco.gcs) & GCS_NO_REBOOT : 0;
}

static void write_reset(uint32_t no_reboot)
{
	volatile uint32_t *gcs;

	if (read_reset() == no_reboot)
		return;
	gcs = phys(tco.gcs);
	*gcs = (*gcs & ~GCS_NO_REBOOT) | no_reboot;
}

void itco_feed(void)
{
	outw(tco.base + TCO_RELOAD, 1);
}

bool itco_runs(void)
{
	return !(read_control() & CONTROL_HALT);
}

bool itco_save(struct itco_state *state)
{
	state->control = read_control();
	state->time = inw(tco.base + TCO_TIME) & TIME_MASK;
	state->reset = read_reset();
	if (!(state->control & CONTROL_HALT))
		outw(tco.base + TCO_CONTROL, state->control | CONTROL_HALT);
	return !(state->control & CONTROL_HALT);
}

/* It starts with its full time, because it is fed right before. */
void itco_restore(const struct itco_state *state)
{
	uint16_t time = inw(tco.base + TCO_TIME);

	if ((time & TIME_MASK) != state->time)
		outw(tco.base + TCO_TIME, (time & (uint16_t)~TIME_MASK) | state->time);
	write_reset(state->reset);
	if (!(state->control & CONTROL_HALT))
		itco_feed();
	if (read_control() != state->control)
		outw(tco.base + TCO_CONTROL, state->control);
}
