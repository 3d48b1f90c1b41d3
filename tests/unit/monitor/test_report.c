/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of the log's lines at the start: they say how much of the machine has no room. */
#include <cmocka.h>
#include <string.h>
#include "arch/x86/cpu/mtrr.h"
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/iommu/iommu.h"
#include "arch/x86/memory/paging.h"
#include "arch/x86/pci/pci.h"
#include "fake/fake_machine.h"
#include "monitor/report.h"

static struct pci_functions pci;
static struct iommu_units iommus;
static uint32_t msrs, mtrrs;
static struct log kept;

struct pci_functions *pci_functions(void)
{
	return &pci;
}

const struct iommu_units *iommu_units(void)
{
	return &iommus;
}

const char *iommu_firmware_left(uint32_t index)
{
	return index ? "on" : "off";
}

uint32_t cpu_state_left_out(void)
{
	return msrs;
}

uint32_t mtrr_left_out(void)
{
	return mtrrs;
}

uint64_t paging_limit(void)
{
	return UINT64_C(512) << 30;
}

static int start(void **state)
{
	(void)state;
	memset(&fake_machine, 0, sizeof(fake_machine));
	memset(&pci, 0, sizeof(pci));
	memset(&iommus, 0, sizeof(iommus));
	memset(&kept, 0, sizeof(kept));
	msrs = mtrrs = 0;
	return 0;
}

static void nothing_is_left_out(void **state)
{
	(void)state;
	report_left_out(&kept);
	assert_int_equal(kept.used, 0);
}

static void each_is_told(void **state)
{
	static const struct {
		uint32_t *count;
		const char *line;
	} rows[] = {
		{&msrs, "warn: 7 of the CPU's MSRs left out"},
		{&mtrrs, "warn: 7 variable MTRRs left out: at most 16 are kept\n"},
		{&fake_machine.machine.ioapics.left_out,
		 "warn: 7 IO-APICs left out: at most 8 are kept, with 512 pins together\n"},
		{&pci.left_out, "warn: 7 PCI functions left out: at most 128 are kept\n"},
		{&pci.msix_left_out, "warn: MSI-X tables of 7 PCI functions left out: at most 512"},
		{&pci.msix_unreachable, "warn: MSI-X tables of 7 PCI functions left out: they lie"},
	};

	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start(state);
		*rows[i].count = 7;
		report_left_out(&kept);
		assert_non_null(strstr(kept.text, rows[i].line));
		assert_ptr_equal(strchr(kept.text, '\n'), kept.text + kept.used - 1);
	}
}

/* A person sees whether firmware protects its RAM. */
static void iommus_as_firmware_left_them(void **state)
{
	(void)state;
	report_iommus(&kept);
	assert_int_equal(kept.used, 0);
	iommus.count = 2;
	iommus.unit[0] = (struct iommu_unit){IOMMU_VTD, 0xfed90000};
	iommus.unit[1] = (struct iommu_unit){IOMMU_AMD, 0xfed80000};
	iommus.promised = true;
	report_iommus(&kept);
	assert_non_null(strstr(kept.text, "IOMMU at 0xfed90000 (VT-d): firmware left it off\n"));
	assert_non_null(strstr(kept.text, "IOMMU at 0xfed80000 (AMD): firmware left it on\n"));
	assert_non_null(strstr(kept.text, "firmware keeps devices from RAM until"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_is_left_out, start),
		cmocka_unit_test_setup(each_is_told, start),
		cmocka_unit_test_setup(iommus_as_firmware_left_them, start),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
