/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of a slot's own ACPI root tables, which are made from right and wrong tables. */
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "arch/x86/acpi/acpi_tables.h"
#include "arch/x86/memory/phys.h"
#include "fake/fake.h"
#include "monitor/load/guest_acpi.h"
#include "guest/linux/switchyard.h"

#define FIRMWARE  UINT64_C(0x7ffe0000)
#define RSDP	  (FIRMWARE + 0x000)
#define RSDT	  (FIRMWARE + 0x100)
#define XSDT	  (FIRMWARE + 0x200)
#define MADT	  (FIRMWARE + 0x300)
#define FADT	  (FIRMWARE + 0x400)
#define BIG_MADT  (FIRMWARE + 0x500)
#define AREA	  UINT64_C(0x3f000000)
#define AREA_SIZE UINT64_C(4096)
#define HIGH_AREA UINT64_C(0x13f000000)
#define INFO	  UINT64_C(0x3f001000)

static struct error error;
static uint64_t guest_rsdp;
static uint32_t boot_apic_id;

uint32_t lapic_id(void)
{
	return boot_apic_id;
}

static uint8_t sum(const void *bytes, uint32_t size)
{
	uint8_t total = 0;

	for (uint32_t i = 0; i < size; i++)
		total = (uint8_t)(total + ((const uint8_t *)bytes)[i]);
	return total;
}

static void finish(struct acpi_header *header, const char *signature, uint32_t length)
{
	memcpy(header->signature, signature, 4);
	header->length = length;
	header->checksum = 0;
	header->checksum = (uint8_t)-sum(header, length);
}

static void finish_rsdp(void)
{
	struct acpi_rsdp *rsdp = phys(RSDP);

	rsdp->checksum = rsdp->extended_checksum = 0;
	rsdp->checksum = (uint8_t)-sum(rsdp, 20);
	rsdp->extended_checksum = (uint8_t)-sum(rsdp, 36);
}

/* The processors: three enabled ones, one that could be plugged in, and one with an x2APIC. */
static void make_madt(void)
{
	struct acpi_madt *madt = phys(MADT);
	struct acpi_madt_local_apic *apic = (void *)(madt + 1);
	struct acpi_madt_local_x2apic *x2apic = (void *)(apic + 4);
	struct acpi_madt_io_apic *io = (void *)(x2apic + 1);

	for (uint8_t i = 0; i < 4; i++)
		apic[i] = (struct acpi_madt_local_apic){.entry = {ACPI_MADT_LOCAL_APIC,
								  sizeof(*apic)},
							.apic_id = i,
							.flags = i == 1 ? ACPI_MADT_ONLINE_CAPABLE
									: ACPI_MADT_ENABLED};
	*x2apic =
		(struct acpi_madt_local_x2apic){.entry = {ACPI_MADT_LOCAL_X2APIC, sizeof(*x2apic)},
						.apic_id = 300,
						.flags = ACPI_MADT_ENABLED};
	*io = (struct acpi_madt_io_apic){.entry = {ACPI_MADT_IO_APIC, sizeof(*io)}};
	finish(&madt->header, "APIC", sizeof(*madt) + 4 * 8 + 16 + 12);
}

static int start(void **state)
{
	struct acpi_rsdp *rsdp;
	uint32_t rsdt[] = {(uint32_t)FADT, (uint32_t)MADT};
	uint64_t xsdt[] = {FADT, MADT};

	(void)state;
	fake_memory(FIRMWARE, 0x1000, 0);
	fake_memory(AREA, AREA_SIZE, 0xee);
	finish(phys(FADT), "FACP", 116);
	make_madt();
	memcpy((uint8_t *)phys(RSDT) + 36, rsdt, sizeof(rsdt));
	finish(phys(RSDT), "RSDT", 36 + sizeof(rsdt));
	memcpy((uint8_t *)phys(XSDT) + 36, xsdt, sizeof(xsdt));
	finish(phys(XSDT), "XSDT", 36 + sizeof(xsdt));
	rsdp = phys(RSDP);
	memcpy(rsdp->signature, "RSD PTR ", 8);
	rsdp->revision = 2;
	rsdp->length = 36;
	rsdp->rsdt = (uint32_t)RSDT;
	rsdp->xsdt = XSDT;
	finish_rsdp();
	guest_rsdp = 0;
	boot_apic_id = 0;
	return 0;
}

static int stop(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

/* What is refused at the start is what could not be built. */
static bool build(uint64_t cpus)
{
	struct error refused;
	bool built, allowed = guest_acpi_allows(RSDP, AREA_SIZE, cpus, &refused);

	built = guest_acpi(RSDP, AREA, AREA_SIZE, cpus, INFO, &guest_rsdp, &error);
	assert_int_equal(allowed, built);
	if (!built)
		assert_string_equal(refused.text, error.text);
	return built;
}

static struct acpi_header *table_at(uint64_t address, const char *signature)
{
	struct acpi_header *header = phys(address);

	assert_non_null(header);
	assert_memory_equal(header->signature, signature, 4);
	assert_int_equal(sum(header, header->length), 0);
	return header;
}

static uint64_t entry(const struct acpi_header *root, uint32_t size, uint32_t i)
{
	uint64_t address = 0;

	memcpy(&address, (const uint8_t *)root + 36 + i * size, size);
	return address;
}

static void assert_swyd(uint64_t address)
{
	const struct acpi_header *header = table_at(address, "SWYD");
	const struct switchyard_acpi *swyd = phys(address);

	assert_int_equal(header->length, sizeof(*swyd));
	assert_memory_equal(header->oem_id, "SWYARD", 6);
	assert_int_equal(swyd->info, INFO);
}

static void both_roots_list_swyd(void **state)
{
	struct acpi_header *rsdt, *xsdt;
	struct acpi_rsdp *rsdp;

	(void)state;
	assert_true(build(0));
	rsdp = phys(guest_rsdp);
	assert_int_equal(guest_rsdp % 16, 0);
	assert_memory_equal(rsdp->signature, "RSD PTR ", 8);
	assert_int_equal(sum(rsdp, 20), 0);
	assert_int_equal(sum(rsdp, 36), 0);
	xsdt = table_at(rsdp->xsdt, "XSDT");
	assert_int_equal(xsdt->length, 36 + 3 * 8);
	assert_int_equal(entry(xsdt, 8, 0), FADT);
	assert_int_equal(entry(xsdt, 8, 1), MADT);
	assert_swyd(entry(xsdt, 8, 2));
	rsdt = table_at(rsdp->rsdt, "RSDT");
	assert_int_equal(rsdt->length, 36 + 3 * 4);
	assert_int_equal(entry(rsdt, 4, 0), FADT);
	assert_int_equal(entry(rsdt, 4, 2), entry(xsdt, 8, 2));
}

static void acpi_1_has_an_rsdt_only(void **state)
{
	struct acpi_rsdp *rsdp = phys(RSDP);

	(void)state;
	rsdp->revision = 0;
	rsdp->length = 0xffffffff; /* ACPI 1.0 has no such field */
	finish_rsdp();
	assert_true(build(0));
	rsdp = phys(guest_rsdp);
	assert_int_equal(sum(rsdp, 20), 0);
	assert_swyd(entry(table_at(rsdp->rsdt, "RSDT"), 4, 2));
	assert_int_equal(rsdp->xsdt, 0);
}

static void no_rsdt(void **state)
{
	struct acpi_rsdp *rsdp = phys(RSDP);

	(void)state;
	rsdp->rsdt = 0;
	finish_rsdp();
	assert_true(build(1));
	rsdp = phys(guest_rsdp);
	assert_int_equal(rsdp->rsdt, 0);
	assert_swyd(entry(table_at(rsdp->xsdt, "XSDT"), 8, 2));
}

/* Lists the APIC IDs of a MADT's processors as text. The IO-APIC must be behind them. */
static void list_processors(const struct acpi_header *header, char *text, size_t size)
{
	const uint8_t *at = (const uint8_t *)header + sizeof(struct acpi_madt);
	const uint8_t *end = (const uint8_t *)header + header->length;
	bool ioapic = false;

	text[0] = '\0';
	for (; at < end; at += at[1]) {
		const struct acpi_madt_local_apic *apic = (const void *)at;
		const struct acpi_madt_local_x2apic *x2apic = (const void *)at;
		bool wide = at[0] == ACPI_MADT_LOCAL_X2APIC;

		ioapic = at[0] == ACPI_MADT_IO_APIC;
		if (ioapic)
			continue;
		assert_int_equal(wide ? x2apic->flags : apic->flags, ACPI_MADT_ENABLED);
		snprintf(text + strlen(text), size - strlen(text), "%u ",
			 wide ? x2apic->apic_id : apic->apic_id);
	}
	assert_ptr_equal(at, end);
	assert_true(ioapic);
}

/*
 * Only enabled CPUs are counted, from the boot CPU on: APIC IDs 0, 2, 3, 300. The others are not
 * listed.
 */
static void other_cpus_are_left_out(void **state)
{
	static const struct {
		uint32_t boot;
		uint64_t cpus;
		const char *processors;
	} rows[] = {
		{0, 0x1, "0 "},		{0, 0x3, "0 2 "},     {0, 0x9, "0 300 "},
		{0, 0xf, "0 2 3 300 "}, {2, 0x1, "2 "},	      {2, 0x3, "0 2 "},
		{300, 0x1, "300 "},	{300, 0x9, "3 300 "}, {300, 0xf, "0 2 3 300 "},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct acpi_header *madt;
		struct acpi_rsdp *rsdp;
		char text[64];

		stop(state);
		start(state);
		boot_apic_id = rows[i].boot;
		assert_true(build(rows[i].cpus));
		rsdp = phys(guest_rsdp);
		assert_int_equal(entry(table_at(rsdp->xsdt, "XSDT"), 8, 1),
				 entry(table_at(rsdp->rsdt, "RSDT"), 4, 1));
		madt = table_at(entry(phys(rsdp->xsdt), 8, 1), "APIC");
		assert_ptr_not_equal(madt, phys(MADT));
		list_processors(madt, text, sizeof(text));
		assert_string_equal(text, rows[i].processors);
		table_at(MADT, "APIC"); /* firmware's own table is unchanged */
	}
}

/* The CPU that can be plugged in is not the boot CPU. */
static void the_boot_cpu_is_not_listed(void **state)
{
	(void)state;
	boot_apic_id = 1;
	assert_false(build(3));
	assert_string_equal(error.text,
			    "ACPI: the MADT lists no enabled processor with the boot CPU's APIC "
			    "ID, 1; cpus= can't be done");
	assert_true(build(0));
}

/* A kernel would find all CPUs by other ways. Only a slot without cpus= is what its line says. */
static void no_madt_no_mask(void **state)
{
	uint64_t nowhere = UINT64_C(0x700000000000);

	(void)state;
	finish(phys(MADT), "XXXX", 36);
	assert_false(build(1));
	assert_string_equal(error.text, "ACPI: no MADT; cpus= can't be done");
	assert_true(build(0));
	memcpy((uint8_t *)phys(XSDT) + 36, &nowhere, sizeof(nowhere));
	finish(phys(XSDT), "XSDT", 36 + 2 * sizeof(nowhere));
	assert_false(build(1));
	assert_string_equal(error.text, "ACPI: no MADT, unless it is the table at 0x700000000000, "
					"which is not in mapped memory; cpus= can't be done");
	assert_true(build(0));
}

/* It is in the table that no kernel looks at, because there is an XSDT. */
static void a_madt_in_the_rsdt_only(void **state)
{
	uint64_t entries[] = {FADT, FADT};

	(void)state;
	memcpy((uint8_t *)phys(XSDT) + 36, entries, sizeof(entries));
	finish(phys(XSDT), "XSDT", 36 + sizeof(entries));
	assert_false(build(1));
	assert_string_equal(error.text, "ACPI: no MADT; cpus= can't be done");
}

static void cpus_that_are_not_there(void **state)
{
	(void)state;
	assert_false(build(0x91));
	assert_string_equal(error.text, "cpus= names CPU 4, but this machine has CPUs 0 to 3");
	assert_false(build(UINT64_C(1) << 63 | 1));
	assert_string_equal(error.text, "cpus= names CPU 63, but this machine has CPUs 0 to 3");
}

/*
 * The processors of an MADT with gaps, and more than 8 of them: places that are empty (255) or off,
 * processors that come back as x2APICs, and one of those that is its only form.
 */
static void make_large_madt(void)
{
	static const uint8_t ids[] = {255, 6, 4, 0, 2, 255, 14, 12, 10, 8, 20, 22, 24};
	static const uint32_t wide[] = {UINT32_MAX, 4, 0, 300, 24};
	struct acpi_madt *madt = phys(BIG_MADT);
	struct acpi_madt_local_apic *apic = (void *)(madt + 1);
	struct acpi_madt_local_x2apic *x2apic = (void *)(apic + sizeof(ids));
	struct acpi_madt_io_apic *io = (void *)(x2apic + sizeof(wide) / sizeof(wide[0]));

	for (size_t i = 0; i < sizeof(ids); i++)
		apic[i] = (struct acpi_madt_local_apic){.entry = {ACPI_MADT_LOCAL_APIC,
								  sizeof(*apic)},
							.apic_id = ids[i],
							.flags = ids[i] != 12};
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		x2apic[i] = (struct acpi_madt_local_x2apic){.entry = {ACPI_MADT_LOCAL_X2APIC,
								      sizeof(*x2apic)},
							    .apic_id = wide[i],
							    .flags = ACPI_MADT_ENABLED};
	*io = (struct acpi_madt_io_apic){.entry = {ACPI_MADT_IO_APIC, sizeof(*io)}};
	finish(&madt->header, "APIC", (uint32_t)((uint8_t *)(io + 1) - (uint8_t *)madt));
}

/* As Linux counts them: 4 boots, then 6, 0, 2, 14, 10, 8, 20, 22, 24 and 300. */
static void gaps_and_processors_listed_twice(void **state)
{
	static const struct {
		uint64_t cpus;
		const char *processors;
	} rows[] = {
		{0x001, "4 4 "},     {0x005, "4 0 4 0 "},
		{0x011, "4 14 4 "},  {0x201, "4 24 4 24 "},
		{0x401, "4 4 300 "}, {0x7ff, "6 4 0 2 14 10 8 20 22 24 4 0 300 24 "},
	};
	uint64_t entries[] = {BIG_MADT, MADT};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct acpi_header *xsdt;
		char text[64];

		stop(state);
		start(state);
		make_large_madt();
		boot_apic_id = 4;
		memcpy((uint8_t *)phys(XSDT) + 36, entries, sizeof(entries));
		finish(phys(XSDT), "XSDT", 36 + sizeof(entries));
		assert_true(build(rows[i].cpus));
		xsdt = table_at(((struct acpi_rsdp *)phys(guest_rsdp))->xsdt, "XSDT");
		list_processors(table_at(entry(xsdt, 8, 0), "APIC"), text, sizeof(text));
		assert_string_equal(text, rows[i].processors);
		/* The second MADT, which has all CPUs, is gone. */
		assert_int_equal(xsdt->length, 36 + 2 * 8);
		assert_swyd(entry(xsdt, 8, 1));
	}
	assert_false(build(0x801));
	assert_string_equal(error.text, "cpus= names CPU 11, but this machine has CPUs 0 to 10");
}

/* Without cpus=, a slot has what firmware has, both of them. */
static void two_madts_stay(void **state)
{
	uint64_t entries[] = {0, MADT, MADT};
	struct acpi_header *xsdt;

	(void)state;
	memcpy((uint8_t *)phys(XSDT) + 36, entries, sizeof(entries));
	finish(phys(XSDT), "XSDT", 36 + sizeof(entries));
	assert_true(build(0));
	xsdt = table_at(((struct acpi_rsdp *)phys(guest_rsdp))->xsdt, "XSDT");
	assert_int_equal(xsdt->length, 36 + 4 * 8);
	assert_int_equal(entry(xsdt, 8, 0), 0);
	assert_int_equal(entry(xsdt, 8, 2), MADT);
}

/* Root tables and MADTs whose length is no multiple of an entry's. What is left over is no entry. */
static void odd_lengths(void **state)
{
	for (uint32_t more = 1; more < 8; more++) {
		struct acpi_header *xsdt, *madt;
		char text[64];

		stop(state);
		start(state);
		finish(phys(XSDT), "XSDT", 36 + 2 * 8 + more);
		finish(phys(RSDT), "RSDT", 36 + 2 * 4 + more % 4);
		finish(phys(MADT), "APIC", ((struct acpi_header *)phys(MADT))->length + 1);
		assert_true(build(3));
		xsdt = table_at(((struct acpi_rsdp *)phys(guest_rsdp))->xsdt, "XSDT");
		assert_int_equal(xsdt->length, 36 + 3 * 8);
		madt = table_at(entry(xsdt, 8, 1), "APIC");
		list_processors(madt, text, sizeof(text));
		assert_string_equal(text, "0 2 ");
		assert_swyd(entry(xsdt, 8, 2));
	}
}

/* Firmware's tables, each with one wrong byte. */
static void broken_tables(void **state)
{
	static const struct {
		uint64_t address;
		const char *reason;
	} rows[] = {
		{RSDP + 0, "ACPI: no RSDP at 0x7ffe0000"},
		{XSDT + 2, "ACPI: no XSDT at 0x7ffe0200"},
		{XSDT + 7,
		 "ACPI: XSDT at 0x7ffe0200 has a length of 4278190132 bytes; expected 36 to 1048576"},
		{MADT + 6,
		 "ACPI: APIC at 0x7ffe0300 has a length of 16711784 bytes; expected 44 to 1048576"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t *byte;

		stop(state);
		start(state);
		byte = phys(rows[i].address);
		*byte = *byte == 0xff ? 0 : (uint8_t)(*byte - 1);
		assert_false(build(3));
		assert_string_equal(error.text, rows[i].reason);
	}
}

/* Even if a checksum or the root pointer's length is wrong, the slot gets right tables. */
static void wrong_sums(void **state)
{
	static const uint64_t rows[] = {RSDP + 9, RSDP + 21, RSDP + 33,
					RSDT + 9, XSDT + 9,  MADT + 9};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct acpi_rsdp *rsdp;

		stop(state);
		start(state);
		++*(uint8_t *)phys(rows[i]);
		assert_true(build(3));
		rsdp = phys(guest_rsdp);
		assert_int_equal(sum(rsdp, 20), 0);
		assert_int_equal(sum(rsdp, 36), 0);
		table_at(rsdp->rsdt, "RSDT");
		table_at(entry(table_at(rsdp->xsdt, "XSDT"), 8, 1), "APIC");
	}
}

/* With an XSDT, the RSDT is not used. */
static void a_broken_rsdt_is_left_out(void **state)
{
	struct acpi_rsdp *rsdp;

	(void)state;
	++*(uint8_t *)phys(RSDT);
	assert_true(build(0));
	rsdp = phys(guest_rsdp);
	assert_int_equal(rsdp->rsdt, 0);
	assert_swyd(entry(table_at(rsdp->xsdt, "XSDT"), 8, 2));
}

static void broken_madt_entries(void **state)
{
	static const uint8_t lengths[] = {0, 1, 255};

	for (size_t i = 0; i < sizeof(lengths); i++) {
		uint8_t *madt;

		stop(state);
		start(state);
		madt = phys(MADT);
		madt[44 + 1] = lengths[i];
		finish((void *)madt, "APIC", ((struct acpi_header *)madt)->length);
		assert_false(build(3));
		assert_non_null(strstr(error.text, "ACPI: MADT entry at byte 44 has a length of"));
	}
}

static void madt_without_room_for_its_fields(void **state)
{
	(void)state;
	finish(phys(MADT), "APIC", 43);
	assert_false(build(3));
	assert_string_equal(
		error.text,
		"ACPI: APIC at 0x7ffe0300 has a length of 43 bytes; expected 44 to 1048576");
}

/* Firmware lists a SWYD, too. Kernels use the first one, which must be the slot's. */
static void firmware_has_a_swyd(void **state)
{
	struct acpi_rsdp *rsdp;

	(void)state;
	finish(phys(FADT), "SWYD", sizeof(struct switchyard_acpi));
	assert_true(build(0));
	rsdp = phys(guest_rsdp);
	assert_swyd(entry(table_at(rsdp->xsdt, "XSDT"), 8, 0));
	assert_swyd(entry(table_at(rsdp->rsdt, "RSDT"), 4, 0));
}

/* ACPI 1.0's tables are copied above 4 GiB. The slot gets an XSDT that is made from the RSDT. */
static void above_4_gib(void **state)
{
	struct acpi_rsdp *rsdp = phys(RSDP);
	struct acpi_header *xsdt;
	uint64_t madt;

	(void)state;
	fake_memory(HIGH_AREA, AREA_SIZE, 0xee);
	for (uint8_t revision = 0; revision <= 2; revision += 2) {
		rsdp = phys(RSDP);
		rsdp->revision = revision;
		finish_rsdp();
		assert_true(guest_acpi(RSDP, HIGH_AREA, AREA_SIZE, 3, INFO, &guest_rsdp, &error));
		rsdp = phys(guest_rsdp);
		assert_int_equal(rsdp->revision, 2);
		assert_int_equal(rsdp->rsdt, 0);
		assert_int_equal(sum(rsdp, 20), 0);
		assert_int_equal(sum(rsdp, 36), 0);
		xsdt = table_at(rsdp->xsdt, "XSDT");
		assert_int_equal(xsdt->length, 36 + 3 * 8);
		assert_int_equal(entry(xsdt, 8, 0), FADT);
		madt = entry(xsdt, 8, 1);
		assert_true(madt > HIGH_AREA && entry(xsdt, 8, 2) > HIGH_AREA);
		table_at(madt, "APIC");
		assert_swyd(entry(xsdt, 8, 2));
	}
}

/* guest_acpi_room() returns enough bytes, and not many more. */
static void room_is_measured(void **state)
{
	static const uint64_t cpus[] = {0, 3, 0xf};

	for (size_t i = 0; i < sizeof(cpus) / sizeof(cpus[0]); i++) {
		uint64_t room;

		stop(state);
		start(state);
		room = guest_acpi_room(RSDP, cpus[i]);
		assert_true(guest_acpi(RSDP, AREA, room, cpus[i], INFO, &guest_rsdp, &error));
		assert_false(guest_acpi(RSDP, AREA, room - 64, cpus[i], INFO, &guest_rsdp, &error));
		assert_true(guest_acpi_allows(RSDP, room, cpus[i], &error));
		assert_false(guest_acpi_allows(RSDP, room - 1, cpus[i], &error));
	}
	memset(phys(RSDP), 0, 8);
	assert_int_equal(guest_acpi_room(RSDP, 0), 0);
}

static void no_room(void **state)
{
	(void)state;
	for (uint64_t size = 0; size < 300; size += 4) {
		assert_false(guest_acpi(RSDP, AREA, size, 3, INFO, &guest_rsdp, &error));
		assert_non_null(strstr(error.text, "no room for the slot's ACPI tables"));
		assert_int_equal(((uint8_t *)phys(AREA))[size], 0xee);
	}
}

/*
 * Each byte of firmware's tables is changed to any value. The call must return, without an access
 * outside of the fake's memory.
 */
static void any_byte_may_be_wrong(void **state)
{
	for (uint64_t offset = 0; offset < 0x480; offset++) {
		for (uint32_t value = 0; value < 256; value += 51) {
			stop(state);
			start(state);
			((uint8_t *)phys(FIRMWARE))[offset] = (uint8_t)value;
			finish_rsdp();
			build(3);
		}
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_roots_list_swyd),
		TEST(acpi_1_has_an_rsdt_only),
		TEST(no_rsdt),
		TEST(other_cpus_are_left_out),
		TEST(the_boot_cpu_is_not_listed),
		TEST(no_madt_no_mask),
		TEST(a_madt_in_the_rsdt_only),
		TEST(cpus_that_are_not_there),
		TEST(gaps_and_processors_listed_twice),
		TEST(two_madts_stay),
		TEST(odd_lengths),
		TEST(broken_tables),
		TEST(wrong_sums),
		TEST(a_broken_rsdt_is_left_out),
		TEST(broken_madt_entries),
		TEST(firmware_has_a_swyd),
		TEST(above_4_gib),
		TEST(room_is_measured),
		TEST(no_room),
		TEST(any_byte_may_be_wrong),
		TEST(madt_without_room_for_its_fields),
	};

	return cmocka_run_group_tests_name("guest_acpi", tests, NULL, NULL);
}
