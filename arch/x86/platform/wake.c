// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/platform/wake.h"
#include "arch/x86/acpi/machine.h"
#include "arch/x86/acpi/power.h"
#include "arch/x86/gate/start_page.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/pci/pci.h"
#include "arch/x86/time/rtc.h"
#include "lib/string.h"

/* Below the first slot's slice, and above the stacks that SeaBIOS uses while it resumes. */
#define WAKE_PAGE	0x7000u

#define SHUTDOWN_NONE	0x00
#define SHUTDOWN_RESUME 0xfe

/* The OEM ID in the ACPI tables that QEMU makes. */
#define QEMU_OEM "BOCHS "

/* The chipset's own registers follow PCI's header. */
#define CHIPSET_FIRST  0x40
#define CHIPSET_DWORDS ((0x100 - CHIPSET_FIRST) / 4)
#define CHIPSET_MAX    8

#define FACS_SIGNATURE 0x53434146u /* "FACS" */

/* Firmware ACPI Control Structure, ACPI 6.4, table 5.14. */
struct facs {
	uint32_t signature;
	uint32_t length;
	uint32_t hardware_signature;
	uint32_t waking_vector; /* address below 1 MiB, entered in real mode */
	uint32_t global_lock, flags;
	uint64_t x_waking_vector;
} __attribute__((packed));

struct chipset_function {
	pci_address_t address;
	uint32_t value[CHIPSET_DWORDS];
};

static struct {
	volatile struct facs *facs; /* NULL: it is not possible */
	uint32_t chipset_count;
	struct chipset_function chipset[CHIPSET_MAX];
} wake;

void (*wake_go_on)(void); /* wake.asm calls it */

void wake_landed(void); /* wake.asm */

bool wake_possible(void)
{
	return wake.facs;
}

static volatile struct facs *find_facs(const struct acpi_fadt *fadt)
{
	volatile struct facs *facs;

	if (!fadt || memcmp(fadt->header.oem_id, QEMU_OEM, sizeof(fadt->header.oem_id)) ||
	    !phys_range(fadt->facs, sizeof(*facs)))
		return NULL;
	facs = phys(fadt->facs);
	return facs->signature == FACS_SIGNATURE ? facs : NULL;
}

/* The chipset's functions: bridges to something else than PCI. */
static bool is_chipset(const struct pci_function *function)
{
	return PCI_CLASS_BASE(function->class) == PCI_CLASS_BRIDGE &&
	       function->header != PCI_HEADER_BRIDGE && PCI_BUS(function->address) == 0;
}

static void keep_chipset(const struct pci_functions *functions)
{
	for (uint32_t i = 0; i < functions->count && wake.chipset_count < CHIPSET_MAX; i++) {
		struct chipset_function *kept = &wake.chipset[wake.chipset_count];

		if (!is_chipset(&functions->function[i]))
			continue;
		kept->address = functions->function[i].address;
		for (uint32_t n = 0; n < CHIPSET_DWORDS; n++)
			kept->value[n] = pci_read32(kept->address, CHIPSET_FIRST + n * 4);
		wake.chipset_count++;
	}
}

void wake_init(bool bios, void (*go_on)(void))
{
	if (!bios)
		return;
	wake.facs = find_facs(machine()->fadt);
	wake_go_on = go_on;
	keep_chipset(pci_functions());
}

void wake_arm(void)
{
	if (!wake.facs)
		return;
	start_page_write(WAKE_PAGE, wake_landed);
	wake.facs->waking_vector = WAKE_PAGE;
	wake.facs->x_waking_vector = 0;
	rtc_set_shutdown_status(SHUTDOWN_RESUME);
}

void wake_disarm(void)
{
	if (!wake.facs)
		return;
	rtc_set_shutdown_status(SHUTDOWN_NONE);
	wake.facs->waking_vector = 0;
}

/* Only what differs is written: some registers do something when they are written. */
void wake_chipset(void)
{
	for (uint32_t i = 0; i < wake.chipset_count; i++) {
		const struct chipset_function *kept = &wake.chipset[i];

		for (uint32_t n = 0; n < CHIPSET_DWORDS; n++)
			if (pci_read32(kept->address, CHIPSET_FIRST + n * 4) != kept->value[n])
				pci_write32(kept->address, CHIPSET_FIRST + n * 4, kept->value[n]);
	}
	power_enable_acpi();
}
