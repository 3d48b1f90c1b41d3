/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of what the monitor finds in firmware's tables, and what it reports about them. */
#include <cmocka.h>
#include <string.h>
#include "arch/x86/acpi/acpi_events.h"
#include "arch/x86/interrupt/lapic.h"
#include "arch/x86/memory/phys.h"
#include "fake/fake.h"
#include "lib/units.h"
#include "reports.h"

/* Most tests get a fake of it from the library. This one tests the real one. */
#include "arch/x86/acpi/machine.c"

#define TABLES	    UINT64_C(0x7ffe0000)
#define TABLES_SIZE UINT64_C(0x1000)
#define RSDP	    (TABLES + 0x000)
#define RSDT	    (TABLES + 0x100)
#define MADT	    (TABLES + 0x200)
#define HPET	    (TABLES + 0x300)
#define MCFG	    (TABLES + 0x400)
#define EXTRA	    (TABLES + 0x500)
#define ECAM_AT	    UINT64_C(0xb0000000)
#define HPET_AT	    UINT64_C(0xfed00000)
#define IOAPIC_AT   0xfec00000u

static struct reports reports;
static uint32_t boot_apic_id;

/* machine.c gets these from devices. The test has no devices. */
uint32_t lapic_id(void)
{
	return boot_apic_id;
}

/* What answers: the registers' memory begins with a number that is not 0. */
bool hpet_answers(uint64_t address)
{
	return *(uint64_t *)phys(address) != 0;
}

bool ioapic_answers(uint64_t address)
{
	return *(uint64_t *)phys(address) != 0;
}

void ioapic_add(struct ioapics *ioapics, uint32_t id, uint64_t address, uint32_t gsi_base)
{
	ioapics->ioapic[ioapics->count++] =
		(struct ioapic){.id = id, .address = address, .gsi_base = gsi_base};
}

void acpi_events_find(struct acpi_events *events, const struct acpi_fadt *fadt)
{
	(void)events;
	(void)fadt;
}

static void finish(uint64_t address, const char *signature, uint32_t length)
{
	struct acpi_header *header = phys(address);

	memcpy(header->signature, signature, sizeof(header->signature));
	header->length = length;
	acpi_set_checksum(header, length, &header->checksum);
}

/* Segment 1 comes first, and is not what the monitor wants. */
static void make_mcfg(void)
{
	struct acpi_mcfg *mcfg = phys(MCFG);

	mcfg->range[0] = (struct acpi_mcfg_range){.base = 1 << 28, .segment = 1, .last_bus = 0xff};
	mcfg->range[1] = (struct acpi_mcfg_range){ECAM_AT, .first_bus = 2, .last_bus = 0x7f};
	finish(MCFG, "MCFG", sizeof(*mcfg) + 2 * sizeof(mcfg->range[0]));
}

static void make_tables(void)
{
	struct acpi_madt_io_apic ioapic = {.entry = {ACPI_MADT_IO_APIC, sizeof(ioapic)},
					   .address = IOAPIC_AT};
	uint32_t entries[] = {(uint32_t)MADT, (uint32_t)HPET, (uint32_t)MCFG};
	struct acpi_rsdp *rsdp = phys(RSDP);
	struct acpi_hpet *hpet = phys(HPET);

	memcpy((uint8_t *)phys(MADT) + sizeof(struct acpi_madt), &ioapic, sizeof(ioapic));
	finish(MADT, "APIC", sizeof(struct acpi_madt) + sizeof(ioapic));
	hpet->address = (struct acpi_address){.space = ACPI_SPACE_MEMORY, .address = HPET_AT};
	finish(HPET, "HPET", sizeof(*hpet));
	make_mcfg();
	memcpy((uint8_t *)phys(RSDT) + sizeof(struct acpi_header), entries, sizeof(entries));
	finish(RSDT, "RSDT", sizeof(struct acpi_header) + sizeof(entries));
	memcpy(rsdp->signature, ACPI_RSDP_SIGNATURE, sizeof(rsdp->signature));
	rsdp->rsdt = (uint32_t)RSDT;
	acpi_set_checksum(rsdp, ACPI_RSDP_V1_SIZE, &rsdp->checksum);
}

static int start(void **state)
{
	(void)state;
	fake_memory(TABLES, TABLES_SIZE, 0);
	fake_memory(HPET_AT, HPET_SIZE, 1);
	fake_memory(IOAPIC_AT, IOAPIC_SIZE, 1);
	make_tables();
	reports.count = 0;
	boot_apic_id = 0;
	return 0;
}

static int stop(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static void look(void)
{
	machine_init(RSDP, keep_report, &reports);
}

static void nothing_wrong(void **state)
{
	(void)state;
	look();
	assert_int_equal(reports.count, 0);
	assert_int_equal(machine()->ioapics.count, 1);
	assert_int_equal(machine()->ioapics.ioapic[0].address, IOAPIC_AT);
	assert_int_equal(machine()->hpet, HPET_AT);
	assert_int_equal(machine()->ecam.base, ECAM_AT);
	assert_int_equal(machine()->ecam.first_bus, 2);
	assert_int_equal(machine()->ecam.last_bus, 0x7f);
}

static void a_mcfg_without_segment_0(void **state)
{
	struct acpi_mcfg *mcfg = phys(MCFG);

	(void)state;
	finish(MCFG, "MCFG", sizeof(*mcfg) + sizeof(mcfg->range[0]));
	look();
	assert_int_equal(machine()->ecam.base, 0);
	assert_int_equal(reports.count, 0);
}

/* The monitor would never mask an IO-APIC that it does not know. */
static void a_wrong_checksum_hides_no_ioapic(void **state)
{
	(void)state;
	((struct acpi_header *)phys(MADT))->checksum++;
	look();
	assert_int_equal(machine()->ioapics.count, 1);
	assert_int_equal(reports.count, 1);
	assert_non_null(strstr(reports.text[0], "ACPI: APIC has checksum"));
}

/* IO-APICs behind a broken entry can't be found. That is reported. */
static void a_broken_entry(void **state)
{
	(void)state;
	((uint8_t *)phys(MADT))[sizeof(struct acpi_madt) + 1] = 0;
	finish(MADT, "APIC", ((struct acpi_header *)phys(MADT))->length);
	look();
	assert_int_equal(machine()->ioapics.count, 1); /* at the usual place */
	assert_int_equal(reports.count, 2);
	assert_string_equal(reports.text[0], "ACPI: MADT entry at byte 44 has a length of 0");
	assert_string_equal(reports.text[1],
			    "ACPI lists no IO-APIC at 0xfec00000, but one answers there");
	assert_false(machine_is_alone());
}

/* Listed twice, at 0, and where nothing is. */
static void ioapics_that_are_not_there(void **state)
{
	static const uint32_t places[] = {0, IOAPIC_AT, IOAPIC_AT, IOAPIC_AT + 0x1000, 0x7ffe0f00};
	struct acpi_madt *madt = phys(MADT);
	struct acpi_madt_io_apic *ioapic = (void *)(madt + 1);

	(void)state;
	for (size_t i = 0; i < 5; i++)
		ioapic[i] =
			(struct acpi_madt_io_apic){.entry = {ACPI_MADT_IO_APIC, sizeof(*ioapic)},
						   .address = places[i]};
	finish(MADT, "APIC", (uint32_t)(sizeof(*madt) + 5 * sizeof(*ioapic)));
	look();
	assert_int_equal(machine()->ioapics.count, 1);
	assert_int_equal(machine()->ioapics.ioapic[0].address, IOAPIC_AT);
	assert_int_equal(reports.count, 3);
	assert_string_equal(reports.text[0], "ACPI lists an IO-APIC at 0, but none answers there");
	assert_string_equal(reports.text[2],
			    "ACPI lists an IO-APIC at 0x7ffe0f00, but none answers there");
}

/* No ACPI at all: kernels find both by other ways. */
static void devices_that_nobody_lists(void **state)
{
	(void)state;
	machine_init(0, keep_report, &reports);
	assert_int_equal(machine()->hpet, HPET_AT);
	assert_int_equal(machine()->ioapics.count, 1);
	assert_int_equal(reports.count, 2);
	assert_string_equal(reports.text[0], "ACPI lists no HPET, but one answers at 0xfed00000");
	assert_string_equal(reports.text[1],
			    "ACPI lists no IO-APIC at 0xfec00000, but one answers there");
	assert_false(machine_is_alone());
}

/* A machine without them is none that is wrong. */
static void devices_that_are_not_there(void **state)
{
	(void)state;
	memset(phys(HPET_AT), 0, HPET_SIZE);
	memset(phys(IOAPIC_AT), 0, IOAPIC_SIZE);
	machine_init(0, keep_report, &reports);
	assert_int_equal(machine()->hpet, 0);
	assert_int_equal(machine()->ioapics.count, 0);
	assert_int_equal(reports.count, 0);
	look();
	assert_int_equal(machine()->hpet, 0);
	assert_int_equal(machine()->ioapics.count, 0);
	assert_int_equal(reports.count, 2);
	assert_string_equal(reports.text[0],
			    "ACPI lists an HPET at 0xfed00000, but none answers there");
	assert_string_equal(reports.text[1],
			    "ACPI lists an IO-APIC at 0xfec00000, but none answers there");
}

static void an_hpet_out_of_reach(void **state)
{
	struct acpi_hpet *hpet = phys(HPET);

	(void)state;
	hpet->address.address++;
	finish(HPET, "HPET", sizeof(*hpet));
	look();
	assert_int_equal(machine()->hpet, HPET_AT); /* one answers at the usual place */
	assert_int_equal(reports.count, 2);
	assert_string_equal(
		reports.text[0],
		"ACPI: the HPET is at 0xfed00001 in address space 0, expected mapped memory");
}

/* APIC IDs 0 to 3, of which 1 is not enabled. */
static void make_processors(void)
{
	struct acpi_madt *madt = phys(MADT);
	struct acpi_madt_local_apic *apic = (void *)(madt + 1);

	for (uint8_t i = 0; i < 4; i++)
		apic[i] = (struct acpi_madt_local_apic){.entry = {ACPI_MADT_LOCAL_APIC,
								  sizeof(*apic)},
							.apic_id = i,
							.flags = i == 1 ? ACPI_MADT_ONLINE_CAPABLE
									: ACPI_MADT_ENABLED};
	finish(MADT, "APIC", sizeof(*madt) + 4 * sizeof(*apic));
}

/* Number 0 is the CPU that runs the monitor, even if firmware lists it last but one. */
static void the_boot_cpu_is_number_0(void **state)
{
	struct machine_cpu cpu[4];

	(void)state;
	make_processors();
	boot_apic_id = 2;
	look();
	assert_int_equal(machine_cpus(cpu, 4), 4);
	assert_int_equal(cpu[0].number, 1);
	assert_false(cpu[1].enabled);
	assert_int_equal(cpu[2].number, 0);
	assert_true(cpu[2].boot);
	assert_int_equal(cpu[3].number, 2);
}

/* A processor in both forms is one, and a place with APIC ID 255 is none. */
static void processors_listed_twice(void **state)
{
	struct acpi_madt *madt = phys(MADT);
	struct acpi_madt_local_apic *apic = (void *)(madt + 1);
	struct acpi_madt_local_x2apic *x2apic = (void *)(apic + 4);
	struct machine_cpu cpu[6];
	uint32_t id[6];

	(void)state;
	make_processors();
	apic[3].apic_id = 255;
	for (size_t i = 0; i < 2; i++)
		x2apic[i] = (struct acpi_madt_local_x2apic){.entry = {ACPI_MADT_LOCAL_X2APIC,
								      sizeof(*x2apic)},
							    .apic_id = i ? 256 : 2,
							    .flags = ACPI_MADT_ENABLED};
	finish(MADT, "APIC", (uint32_t)(sizeof(*madt) + 4 * sizeof(*apic) + 2 * sizeof(*x2apic)));
	look();
	assert_int_equal(machine_apic_ids(id, 6), 3);
	assert_int_equal(id[0], 0);
	assert_int_equal(id[1], 2);
	assert_int_equal(id[2], 256);
	assert_int_equal(machine_cpus(cpu, 6), 5);
	assert_int_equal(cpu[2].number, 1);
	assert_false(cpu[3].enabled);
	assert_int_equal(cpu[4].number, 2);
}

/* INIT is sent to the other CPUs unless there can be none. A broken list may lack some. */
static void one_cpu(void **state)
{
	struct acpi_madt *madt = phys(MADT);
	const uint32_t length = sizeof(*madt) + sizeof(struct acpi_madt_local_apic);

	(void)state;
	make_processors();
	look();
	assert_false(machine_is_alone());
	finish(MADT, "APIC", length);
	look();
	assert_true(machine_is_alone());
	((uint8_t *)madt)[length + 1] = 1;
	finish(MADT, "APIC", length + 8);
	look();
	assert_false(machine_is_alone());
}

static void put_table(uint64_t address, uint32_t index, const char *signature, const void *contents,
		      uint32_t size)
{
	struct acpi_header *rsdt = phys(RSDT);
	uint32_t entry = (uint32_t)address;

	memcpy((uint8_t *)phys(address) + sizeof(struct acpi_header), contents, size);
	finish(address, signature, (uint32_t)sizeof(struct acpi_header) + size);
	memcpy((uint8_t *)(rsdt + 1) + index * sizeof(entry), &entry, sizeof(entry));
	finish(RSDT, "RSDT", (uint32_t)(sizeof(*rsdt) + (index + 1) * sizeof(entry)));
}

/* An SRAT: plain memory, a place for more, one that is off, one that lasts, and a broken end. */
static void places_for_memory(void **state)
{
	static const uint8_t srat[12 + 4 * 40 + 2] = {
		[12] = 1,  [13] = 40,  [21] = 1,  [30] = 1,	[40] = 1, /* enabled */
		[52] = 1,  [53] = 40,  [64] = 1,  [71] = 0x20,	[80] = 3, /* hot pluggable, too */
		[92] = 1,  [93] = 40,  [104] = 2, [111] = 0x20, [120] = 2,
		[132] = 1, [133] = 40, [144] = 3, [151] = 0x10, [160] = 5, /* not volatile */
		[172] = 1, [173] = 40};

	(void)state;
	put_table(EXTRA, 3, "SRAT", srat, sizeof(srat));
	look();
	assert_int_equal(machine()->hidden_ram.count, 2);
	assert_int_equal(machine()->hidden_ram.range[0].base, 4 * GIB);
	assert_int_equal(machine()->hidden_ram.range[0].size, 512 * MIB);
	assert_false(machine()->hidden_ram.range[0].persistent);
	assert_int_equal(machine()->hidden_ram.range[1].base, 12 * GIB);
	assert_true(machine()->hidden_ram.range[1].persistent);
	assert_false(machine()->hidden_ram.devices);
}

/* A structure of another kind, a range, and one that is longer than the table. */
static void nvdimms(void **state)
{
	static const uint8_t nfit[4 + 8 + 56 + 4] = {
		[4] = 1, [6] = 8, [14] = 56, [48] = 5, [55] = 0x40, [70] = 200};

	(void)state;
	put_table(EXTRA, 3, "NFIT", nfit, sizeof(nfit));
	look();
	assert_int_equal(machine()->hidden_ram.count, 1);
	assert_int_equal(machine()->hidden_ram.range[0].base, 20 * GIB);
	assert_int_equal(machine()->hidden_ram.range[0].size, GIB);
	assert_true(machine()->hidden_ram.range[0].persistent);
}

static void memory_devices(void **state)
{
	static const uint8_t by_number[] = {8, '_', 'H', 'I', 'D', 0x0c, 0x41, 0xd0, 0x0c, 0x80};
	static const uint8_t another[] = {8, '_', 'H', 'I', 'D', 0x0c, 0x41, 0xd0, 0x0c, 0x81};
	static const char by_text[] = "\x08_HID\x0dPNP0C80";

	(void)state;
	put_table(EXTRA, 3, "SSDT", another, sizeof(another));
	look();
	assert_false(machine()->hidden_ram.devices);
	put_table(EXTRA, 3, "SSDT", by_number, sizeof(by_number));
	look();
	assert_true(machine()->hidden_ram.devices);
	put_table(EXTRA, 3, "SSDT", by_text, sizeof(by_text));
	look();
	assert_true(machine()->hidden_ram.devices);
}

/* Linux reads each FADT as it comes, so the last one counts, and of other tables the first one. */
static void tables_that_are_there_twice(void **state)
{
	static const uint8_t fadt[80] = {0};

	(void)state;
	put_table(EXTRA, 3, "FACP", fadt, sizeof(fadt));
	put_table(EXTRA + 0x100, 4, "FACP", fadt, sizeof(fadt));
	put_table(EXTRA + 0x200, 5, "APIC", fadt, 8);
	look();
	assert_ptr_equal(machine()->fadt, phys(EXTRA + 0x100));
	assert_ptr_equal(machine()->madt, phys(MADT));
	assert_int_equal(reports.count, 2);
	assert_string_equal(reports.text[0],
			    "ACPI: 2 tables are named APIC; the first one counts, as for Linux");
	assert_string_equal(reports.text[1],
			    "ACPI: 2 tables are named FACP; the last one counts, as for Linux");
}

/* An entry of 0 names nothing. Nobody knows what one above memory names. */
static void entries_that_name_nothing(void **state)
{
	uint32_t entries[] = {0, (uint32_t)MADT, 0x90000000, 0xa0000000};

	(void)state;
	memcpy((uint8_t *)phys(RSDT) + sizeof(struct acpi_header), entries, sizeof(entries));
	finish(RSDT, "RSDT", sizeof(struct acpi_header) + sizeof(entries) + 3);
	look();
	assert_int_equal(machine()->ioapics.count, 1);
	assert_int_equal(machine()->hpet, HPET_AT);
	assert_int_equal(reports.count, 2);
	assert_string_equal(
		reports.text[0],
		"ACPI: a table at 0x90000000 is not in mapped memory, so it is not looked at");
	assert_string_equal(reports.text[1], "ACPI lists no HPET, but one answers at 0xfed00000");
}

/* Without the signature it is no root pointer, so its addresses are not used. */
static void no_root_pointer(void **state)
{
	(void)state;
	((struct acpi_rsdp *)phys(RSDP))->signature[0] = 'X';
	look();
	assert_null(machine()->rsdp);
	assert_null(machine()->madt);
	assert_int_equal(reports.count, 3); /* devices that are not listed */
	assert_string_equal(reports.text[0], "ACPI: no RSDP at 0x7ffe0000");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_wrong),
		TEST(a_mcfg_without_segment_0),
		TEST(a_wrong_checksum_hides_no_ioapic),
		TEST(a_broken_entry),
		TEST(ioapics_that_are_not_there),
		TEST(devices_that_nobody_lists),
		TEST(devices_that_are_not_there),
		TEST(processors_listed_twice),
		TEST(one_cpu),
		TEST(tables_that_are_there_twice),
		TEST(entries_that_name_nothing),
		TEST(an_hpet_out_of_reach),
		TEST(the_boot_cpu_is_number_0),
		TEST(places_for_memory),
		TEST(nvdimms),
		TEST(memory_devices),
		TEST(no_root_pointer),
	};

	return cmocka_run_group_tests_name("machine", tests, NULL, NULL);
}
