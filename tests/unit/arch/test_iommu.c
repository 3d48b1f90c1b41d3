// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the IOMMUs' drivers on fake units, which refuse what the specifications forbid. */
#include "arch/x86/iommu/iommu.h"
#include <string.h>
#include "arch/x86/iommu/amd_iommu.h"
#include "arch/x86/iommu/iommu_registers.h"
#include "arch/x86/iommu/vtd.h"
#include "arch/x86/iommu/vtd_registers.h"
#include "arch/x86/memory/phys.h"
#include "cmocka.h"
#include "fake/fake.h"
#include "fake/fake_iommu.h"
#include "fake/fake_pci.h"
#include "lib/units.h"
#include "reports.h"

#define UNIT_AT	 UINT64_C(0xfed90000)
#define QUEUE_AT UINT64_C(0x10000000)
#define ROOT_AT	 UINT64_C(0x10010000)
#define TABLE_AT UINT64_C(0x10020000)
#define POSITION 0x170 /* of a queue's next entry */
#define EVERYTHING \
	(VTD_TRANSLATION | VTD_REMAPPING | VTD_QUEUED | VTD_SET_ROOT | VTD_SET_REMAP_TABLE)

/* Numbers of VT-d's descriptors and AMD's commands. */
enum { VTD_CONTEXTS = 1, VTD_MAPPINGS = 2, VTD_INTERRUPTS = 4, VTD_WAITS = 5 };
enum { AMD_WAITS = 1, AMD_DEVICES = 2, AMD_DOMAINS = 3, AMD_INTERRUPTS = 5, AMD_ALL = 8 };

/* Registers of an AMD unit. */
enum {
	AMD_TABLE = 0x00,
	AMD_COMMANDS = 0x08,
	AMD_EVENTS = 0x10,
	AMD_CONTROL = 0x18,
	AMD_FEATURES = 0x30,
	AMD_HEAD = 0x2000,
	AMD_TAIL = 0x2008,
	AMD_EVENTS_TAIL = 0x2018,
	AMD_STATUS = 0x2020,
};
#define AMD_ON		1ull
#define AMD_TAKES	(1ull << 12)
#define AMD_LOGS	(1ull << 2)
#define AMD_FORGETS_ALL (1ull << 6)
#define AMD_RUNS_LOG	(1u << 3)

static struct reports reports;
static struct fake_iommu *fake;
static struct iommu_unit_state state, firmware;

static void ram_is(uint64_t base, uint64_t size)
{
	iommu_set_ram(&(struct region){.base = base, .size = size}, &(struct region){0});
}

static int setup(void **unused)
{
	(void)unused;
	fake_iommu_reset();
	fake_pci_reset();
	fake_memory(QUEUE_AT, PAGE_SIZE, 0xa5);
	ram_is(0, UINT64_MAX);
	reports.count = 0;
	iommu_report_to(keep_report, &reports);
	memset(&state, 0, sizeof(state));
	memset(&firmware, 0, sizeof(firmware));
	return 0;
}

static int teardown(void **unused)
{
	(void)unused;
	fake_reset();
	return 0;
}

/* A slot that has everything on; the queue has gone on for a while. */
static void start_vtd(void)
{
	fake = fake_iommu_add(IOMMU_VTD, UNIT_AT);
	vtd_save(&fake->unit, &firmware);
	fake_iommu_set(fake, VTD_RTADDR, 8, ROOT_AT);
	fake_iommu_set(fake, VTD_IRTA, 8, TABLE_AT);
	fake_iommu_set(fake, VTD_IQA, 8, QUEUE_AT);
	fake_iommu_set(fake, VTD_IQT, 8, POSITION);
	fake_iommu_set(fake, VTD_IQH, 8, POSITION);
	fake_iommu_set(fake, VTD_FEADDR, 4, 0xfee00000);
	fake_iommu_set(fake, VTD_GSTS, 4, EVERYTHING);
	vtd_save(&fake->unit, &state);
}

static uint32_t vtd_status(void)
{
	return (uint32_t)fake_iommu_get(fake, VTD_GSTS, 4) & VTD_LASTING;
}

/* The number of the first write to GCMD that has this bit as wanted, from number `from` on. */
static int commanded(uint32_t bit, bool on, uint32_t from)
{
	int at = fake_iommu_written(VTD_GCMD, from);

	while (at >= 0 && !(fake_iommus.write[at].value & bit) == on)
		at = fake_iommu_written(VTD_GCMD, (uint32_t)at + 1);
	return at;
}

static void vtd_goes_off_in_order(void **unused)
{
	int translation, remapping, queue;

	(void)unused;
	start_vtd();
	vtd_restore(&fake->unit, &firmware);
	assert_int_equal(vtd_status(), 0);
	translation = commanded(VTD_TRANSLATION, false, 0);
	remapping = commanded(VTD_REMAPPING, false, 0);
	queue = commanded(VTD_QUEUED, false, 0);
	assert_true(translation >= 0 && translation < remapping && remapping < queue);
	assert_int_equal(fake_iommu_get(fake, VTD_RTADDR, 8), 0);
	assert_int_equal(fake_iommu_get(fake, VTD_IQA, 8), 0);
	assert_int_equal(reports.count, 0);
}

static void vtd_comes_back(void **unused)
{
	int tables, on;

	(void)unused;
	start_vtd();
	vtd_restore(&fake->unit, &firmware);
	memset(fake->forgot, 0, sizeof(fake->forgot));
	fake_iommus.writes = 0;
	vtd_restore(&fake->unit, &state);
	assert_int_equal(vtd_status(), EVERYTHING & VTD_LASTING);
	assert_int_equal(fake_iommu_get(fake, VTD_RTADDR, 8), ROOT_AT);
	assert_int_equal(fake_iommu_get(fake, VTD_IRTA, 8), TABLE_AT);
	assert_int_equal(fake_iommu_get(fake, VTD_IQA, 8), QUEUE_AT);
	assert_int_equal(fake_iommu_get(fake, VTD_IQH, 8), POSITION);
	assert_int_equal(fake_iommu_get(fake, VTD_FEADDR, 4), 0xfee00000);
	tables = commanded(VTD_SET_ROOT, true, 0);
	on = commanded(VTD_TRANSLATION, true, 0);
	assert_true(tables >= 0 && tables < commanded(VTD_SET_REMAP_TABLE, true, 0));
	assert_true(on > commanded(VTD_REMAPPING, true, 0));
	assert_int_equal(reports.count, 0);
}

/* The other slot's entries have the same numbers. */
static void vtd_forgets_before_it_is_on(void **unused)
{
	(void)unused;
	start_vtd();
	vtd_restore(&fake->unit, &firmware);
	memset(fake->forgot, 0, sizeof(fake->forgot));
	fake_iommus.writes = 0;
	vtd_restore(&fake->unit, &state);
	assert_int_equal(fake->forgot[VTD_CONTEXTS], 1);
	assert_int_equal(fake->forgot[VTD_MAPPINGS], 1);
	assert_int_equal(fake->forgot[VTD_INTERRUPTS], 1);
	/* The monitor's queue was on first, with the new tables taken, and off again. */
	assert_true(commanded(VTD_SET_ROOT, true, 0) < commanded(VTD_QUEUED, true, 0));
	assert_true(commanded(VTD_QUEUED, true, 0) < commanded(VTD_REMAPPING, true, 0));
}

static void vtd_leaves_the_slots_queue_as_it_was(void **unused)
{
	const uint8_t *queue = phys(QUEUE_AT);

	(void)unused;
	start_vtd();
	vtd_restore(&fake->unit, &firmware);
	vtd_restore(&fake->unit, &state);
	for (uint32_t i = 0; i < PAGE_SIZE; i++)
		assert_int_equal(queue[i], 0xa5);
}

static void vtd_is_not_touched_if_nothing_differs(void **unused)
{
	(void)unused;
	start_vtd();
	vtd_restore(&fake->unit, &state);
	assert_int_equal(fake_iommus.writes, 0);
}

/* It can be read, but not written, and goes when the interrupt is sent. */
static void an_interrupt_that_waits_is_no_difference(void **unused)
{
	(void)unused;
	start_vtd();
	fake_iommu_set(fake, VTD_FECTL, 4, VTD_PENDING);
	vtd_restore(&fake->unit, &state);
	assert_int_equal(fake_iommus.writes, 0);
	fake_iommu_set(fake, VTD_FECTL, 4, 1u << 31); /* masked */
	vtd_restore(&fake->unit, &state);
	assert_int_equal(fake_iommu_get(fake, VTD_FECTL, 4), 0);
}

/* The slot may write any address there. */
static void a_queue_outside_of_ram(void **unused)
{
	(void)unused;
	start_vtd();
	vtd_restore(&fake->unit, &firmware);
	for (unsigned int i = 0; i < IOMMU_FIELDS; i++)
		if (state.field[i] == QUEUE_AT)
			state.field[i] = UINT64_C(0xf000000000);
	vtd_restore(&fake->unit, &state);
	assert_int_equal(reports.count, 1);
	assert_string_equal(reports.text[0],
			    "IOMMU at 0xfed90000: its queue lies outside of its slot's RAM, and "
			    "begins at 0 again");
	assert_int_equal(vtd_status(), EVERYTHING & VTD_LASTING);
}

/* The queue is at another slot's, the monitor's or a device's address. Nothing is written there. */
static void a_queue_outside_of_the_slots_ram(void **unused)
{
	(void)unused;
	start_vtd();
	ram_is(QUEUE_AT + PAGE_SIZE, 16 * PAGE_SIZE);
	fake->last = VTD_WAITS;
	vtd_restore(&fake->unit, &firmware);
	assert_int_equal(vtd_status(), 0);
	assert_int_equal(fake->forgot[VTD_WAITS], 0);
	assert_int_equal(reports.count, 0);
	vtd_restore(&fake->unit, &state);
	assert_int_equal(fake_iommu_get(fake, VTD_IQH, 8), 0);
	assert_int_equal(reports.count, 1);
	ram_is(QUEUE_AT, PAGE_SIZE);
	vtd_restore(&fake->unit, &firmware);
	vtd_restore(&fake->unit, &state);
	assert_int_equal(fake_iommu_get(fake, VTD_IQH, 8), POSITION);
	assert_int_equal(reports.count, 1);
}

static void what_is_in_ram(void **unused)
{
	(void)unused;
	ram_is(QUEUE_AT, PAGE_SIZE);
	assert_true(iommu_in_ram(QUEUE_AT, PAGE_SIZE));
	assert_false(iommu_in_ram(QUEUE_AT, PAGE_SIZE + 1));
	assert_false(iommu_in_ram(QUEUE_AT - 1, 1));
	assert_false(iommu_in_ram(QUEUE_AT + PAGE_SIZE, 1));
	assert_false(iommu_in_ram(UINT64_MAX, 2));
	iommu_set_ram(&(struct region){.base = GIB, .size = PAGE_SIZE},
		      &(struct region){.base = QUEUE_AT, .size = PAGE_SIZE});
	assert_true(iommu_in_ram(QUEUE_AT, PAGE_SIZE));
	assert_false(iommu_in_ram(QUEUE_AT, PAGE_SIZE + 1));
}

/* It has eight pages, of which only the first is RAM. */
static void a_queue_that_is_cut(void **unused)
{
	(void)unused;
	start_vtd();
	fake_iommu_set(fake, VTD_IQA, 8, QUEUE_AT | 3);
	fake->last = VTD_WAITS;
	vtd_restore(&fake->unit, &firmware);
	assert_int_equal(vtd_status(), 0);
	assert_int_equal(fake->forgot[VTD_WAITS], 0);
}

static void a_bit_that_does_not_change(void **unused)
{
	(void)unused;
	start_vtd();
	fake->stuck = VTD_TRANSLATION;
	vtd_restore(&fake->unit, &firmware);
	assert_int_equal(reports.count, 1);
	assert_string_equal(reports.text[0],
			    "IOMMU at 0xfed90000: switching translation off took longer than 1 s");
	assert_int_equal(vtd_status(), VTD_TRANSLATION);
}

static void a_queue_that_stands_still(void **unused)
{
	(void)unused;
	start_vtd();
	fake->ignores_commands = true;
	fake_iommu_set(fake, VTD_IQH, 8, 0);
	vtd_restore(&fake->unit, &firmware);
	assert_int_equal(reports.count, 1);
	assert_non_null(strstr(reports.text[0], "emptying its queue of invalidations took longer"));
	assert_int_equal(vtd_status(), 0);
}

/* Firmware protects a range until a kernel is there to translate. That kernel switched it off. */
static void protected_memory_comes_back(void **unused)
{
	(void)unused;
	fake = fake_iommu_add(IOMMU_VTD, UNIT_AT);
	fake_iommu_set(fake, VTD_PLMLIMIT, 4, 0x7fffffff);
	fake_iommu_set(fake, VTD_PMEN, 4, VTD_PMEN_ENABLE | VTD_PMEN_STATUS);
	assert_true(vtd_protects(&fake->unit));
	vtd_save(&fake->unit, &firmware);
	iommu_write32(UNIT_AT + VTD_PMEN, 0);
	vtd_save(&fake->unit, &state);
	vtd_restore(&fake->unit, &firmware);
	assert_true(vtd_protects(&fake->unit));
	assert_int_equal(fake_iommu_get(fake, VTD_PLMLIMIT, 4), 0x7fffffff);
	vtd_restore(&fake->unit, &state);
	assert_false(vtd_protects(&fake->unit));
	assert_int_equal(reports.count, 0);
}

static void a_unit_without_queue(void **unused)
{
	(void)unused;
	fake = fake_iommu_add(IOMMU_VTD, UNIT_AT);
	fake_iommu_set(fake, VTD_ECAP, 8, 0xfull << 8);
	vtd_save(&fake->unit, &firmware);
	fake_iommu_set(fake, VTD_RTADDR, 8, ROOT_AT);
	fake_iommu_set(fake, VTD_GSTS, 4, VTD_TRANSLATION | VTD_SET_ROOT);
	vtd_save(&fake->unit, &state);
	vtd_restore(&fake->unit, &firmware);
	vtd_restore(&fake->unit, &state);
	assert_int_equal(vtd_status(), VTD_TRANSLATION);
	assert_int_equal(fake->forgot[VTD_CONTEXTS], 1);
	assert_int_equal(fake->forgot[VTD_MAPPINGS], 1);
	assert_int_equal(commanded(VTD_QUEUED, true, 0), -1);
}

static void a_unit_that_buffers_writes(void **unused)
{
	(void)unused;
	start_vtd();
	vtd_restore(&fake->unit, &firmware);
	assert_int_equal(commanded(VTD_FLUSH_WRITES, true, 0), -1);
	fake_iommu_set(fake, VTD_CAP, 8, 0x22ull << 24 | VTD_CAP_FLUSH_WRITES);
	vtd_restore(&fake->unit, &state);
	assert_true(commanded(VTD_FLUSH_WRITES, true, 0) >= 0);
	assert_true(commanded(VTD_FLUSH_WRITES, true, 0) < commanded(VTD_TRANSLATION, true, 0));
}

static void faults_are_not_the_next_slots(void **unused)
{
	(void)unused;
	start_vtd();
	fake_iommu_set(fake, VTD_FSTS, 4, 0x2);
	fake_iommu_set(fake, 0x22c, 4, VTD_FAULT_USED);
	vtd_restore(&fake->unit, &firmware);
	assert_true(fake_iommu_written(0x22c, 0) >= 0);
	assert_true(fake_iommu_written(VTD_FSTS, 0) > fake_iommu_written(0x22c, 0));
}

static void start_amd(uint64_t features)
{
	fake = fake_iommu_add(IOMMU_AMD, UNIT_AT);
	fake_iommu_set(fake, AMD_FEATURES, 8, features);
	amd_iommu_save(&fake->unit, &firmware);
	fake_iommu_set(fake, AMD_TABLE, 8, TABLE_AT);
	fake_iommu_set(fake, AMD_COMMANDS, 8, QUEUE_AT | 8ull << 56);
	fake_iommu_set(fake, AMD_HEAD, 8, POSITION);
	fake_iommu_set(fake, AMD_TAIL, 8, POSITION);
	fake_iommu_set(fake, AMD_EVENTS, 8, ROOT_AT | 8ull << 56);
	fake_iommu_set(fake, AMD_EVENTS_TAIL, 8, 0x20);
	iommu_write64(UNIT_AT + AMD_CONTROL, AMD_ON | AMD_TAKES | AMD_LOGS);
	amd_iommu_save(&fake->unit, &state);
	fake_iommus.writes = 0;
}

static void amd_goes_off_in_order(void **unused)
{
	int first, second;

	(void)unused;
	start_amd(AMD_FORGETS_ALL);
	assert_true(amd_iommu_is_on_in(&state));
	assert_false(amd_iommu_is_on_in(&firmware));
	amd_iommu_restore(&fake->unit, &firmware);
	first = fake_iommu_written(AMD_CONTROL, 0);
	second = fake_iommu_written(AMD_CONTROL, (uint32_t)first + 1);
	assert_int_equal(fake_iommus.write[first].value, AMD_TAKES | AMD_LOGS);
	assert_int_equal(fake_iommus.write[second].value, 0);
	assert_true(second < fake_iommu_written(AMD_COMMANDS, 0));
	assert_int_equal(fake_iommu_get(fake, AMD_CONTROL, 8), 0);
	assert_int_equal(fake_iommu_get(fake, AMD_EVENTS, 8), 0);
	assert_int_equal(reports.count, 0);
}

static void amd_comes_back(void **unused)
{
	(void)unused;
	start_amd(AMD_FORGETS_ALL);
	amd_iommu_restore(&fake->unit, &firmware);
	amd_iommu_restore(&fake->unit, &state);
	assert_int_equal(fake->forgot[AMD_ALL], 1);
	assert_int_equal(fake->forgot[AMD_DEVICES], 0);
	assert_int_equal(fake_iommu_get(fake, AMD_TABLE, 8), TABLE_AT);
	assert_int_equal(fake_iommu_get(fake, AMD_COMMANDS, 8), QUEUE_AT | 8ull << 56);
	assert_int_equal(fake_iommu_get(fake, AMD_HEAD, 8), POSITION);
	assert_int_equal(fake_iommu_get(fake, AMD_TAIL, 8), POSITION);
	assert_int_equal(fake_iommu_get(fake, AMD_EVENTS_TAIL, 8), 0x20);
	assert_int_equal(fake_iommu_get(fake, AMD_CONTROL, 8), AMD_ON | AMD_TAKES | AMD_LOGS);
	assert_int_equal(reports.count, 0);
	fake_iommus.writes = 0;
	amd_iommu_restore(&fake->unit, &state);
	assert_int_equal(fake_iommus.writes, 0);
}

static void an_old_amd_unit_forgets_one_by_one(void **unused)
{
	(void)unused;
	start_amd(0);
	amd_iommu_restore(&fake->unit, &firmware);
	amd_iommu_restore(&fake->unit, &state);
	assert_int_equal(fake->forgot[AMD_ALL], 0);
	assert_int_equal(fake->forgot[AMD_DEVICES], 65536);
	assert_int_equal(fake->forgot[AMD_DOMAINS], 65536);
	assert_int_equal(fake->forgot[AMD_INTERRUPTS], 65536);
	assert_int_equal(fake_iommu_get(fake, AMD_HEAD, 8), POSITION);
	assert_int_equal(reports.count, 0);
}

static void an_amd_unit_that_stands_still(void **unused)
{
	(void)unused;
	start_amd(0);
	fake->ignores_commands = true;
	fake->stuck = AMD_RUNS_LOG;
	fake_iommu_set(fake, AMD_STATUS, 4, AMD_RUNS_LOG);
	amd_iommu_restore(&fake->unit, &firmware);
	assert_int_equal(reports.count, 1);
	assert_string_equal(
		reports.text[0],
		"IOMMU at 0xfed90000: stopping its commands and logs took longer than 1 s");
	fake->stuck = 0;
	fake_iommu_set(fake, AMD_STATUS, 4, 0);
	amd_iommu_restore(&fake->unit, &state);
	assert_int_equal(reports.count, 2);
	assert_string_equal(reports.text[1],
			    "IOMMU at 0xfed90000: an invalidation took longer than 1 s");
}

/* Firmware's state, with no table, is still firmware's state with the empty one. */
static void an_amd_unit_that_is_off_has_an_empty_table(void **unused)
{
	static uint8_t table[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
	struct iommu_unit_state now = {0};

	(void)unused;
	start_amd(AMD_FORGETS_ALL);
	amd_iommu_give_empty_table(table);
	amd_iommu_restore(&fake->unit, &firmware);
	assert_int_equal(fake_iommu_get(fake, AMD_TABLE, 8), (uint64_t)table | 0x1ff);
	amd_iommu_save(&fake->unit, &now);
	assert_memory_equal(&now, &firmware, sizeof(now));
	amd_iommu_restore(&fake->unit, &state);
	assert_int_equal(fake_iommu_get(fake, AMD_TABLE, 8), TABLE_AT);
}

/* A DMAR with one unit at each of two addresses. */
static struct {
	struct acpi_header header;
	uint8_t width, flags, reserved[10];
	struct {
		uint16_t type, length;
		uint8_t flags, size;
		uint16_t segment;
		uint64_t address;
	} __attribute__((packed)) unit[2];
} __attribute__((packed)) dmar = {
	.header = {.signature = {'D', 'M', 'A', 'R'}, .length = sizeof(dmar)},
	.unit = {{.length = 16, .address = UNIT_AT}, {.length = 16, .address = UNIT_AT + 0x10000}},
};

static void a_unit_that_does_not_answer_is_left_out(void **unused)
{
	static struct iommu_state all;
	struct fake_iommu *second;

	(void)unused;
	fake = fake_iommu_add(IOMMU_VTD, UNIT_AT);
	second = fake_iommu_add(IOMMU_VTD, UNIT_AT + 0x10000);
	memset(fake->space, 0xff, sizeof(fake->space));
	fake_iommu_set(second, VTD_GSTS, 4, VTD_TRANSLATION);
	iommu_init(&dmar.header, NULL, keep_report, keep_report, &reports);
	assert_int_equal(iommu_units()->count, 1);
	assert_int_equal(iommu_units()->unit[0].address, UNIT_AT + 0x10000);
	assert_string_equal(iommu_firmware_left(0), "on");
	assert_true(iommu_any_on());
	iommu_save(&all);
	assert_true(iommu_any_on_in(&all));
	all.unit[0].control = VTD_QUEUED;
	assert_false(iommu_any_on_in(&all));
	assert_int_equal(iommu_state_size(), sizeof(struct iommu_unit_state));
	assert_int_equal(reports.count, 1);
	assert_string_equal(reports.text[0],
			    "IOMMU at 0xfed90000: its registers do not answer; what a kernel sets "
			    "there stays for the next one");
}

static void a_unit_out_of_reach_is_left_out(void **unused)
{
	(void)unused;
	fake_pci.mappable = UNIT_AT;
	iommu_init(&dmar.header, NULL, keep_report, keep_report, &reports);
	assert_int_equal(iommu_units()->count, 0);
	assert_int_equal(iommu_state_size(), 0);
	assert_int_equal(reports.count, 2);
}

static void a_machine_without_units(void **unused)
{
	(void)unused;
	iommu_init(NULL, NULL, keep_report, keep_report, &reports);
	assert_int_equal(iommu_state_size(), 0);
	assert_int_equal(iommu_room(), 0);
	assert_false(iommu_any_on());
	assert_int_equal(reports.count, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(vtd_goes_off_in_order),
		TEST(vtd_comes_back),
		TEST(vtd_forgets_before_it_is_on),
		TEST(vtd_leaves_the_slots_queue_as_it_was),
		TEST(vtd_is_not_touched_if_nothing_differs),
		TEST(an_interrupt_that_waits_is_no_difference),
		TEST(a_queue_outside_of_ram),
		TEST(a_queue_outside_of_the_slots_ram),
		TEST(what_is_in_ram),
		TEST(a_queue_that_is_cut),
		TEST(a_bit_that_does_not_change),
		TEST(a_queue_that_stands_still),
		TEST(protected_memory_comes_back),
		TEST(a_unit_without_queue),
		TEST(a_unit_that_buffers_writes),
		TEST(faults_are_not_the_next_slots),
		TEST(amd_goes_off_in_order),
		TEST(amd_comes_back),
		TEST(an_old_amd_unit_forgets_one_by_one),
		TEST(an_amd_unit_that_stands_still),
		TEST(an_amd_unit_that_is_off_has_an_empty_table),
		TEST(a_unit_that_does_not_answer_is_left_out),
		TEST(a_unit_out_of_reach_is_left_out),
		TEST(a_machine_without_units),
	};

	return cmocka_run_group_tests_name("iommu", tests, NULL, NULL);
}
