// SPDX-License-Identifier: GPL-2.0-only
/* Tests of PCI: which functions are found, what a slot's state holds, and the restore order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/x86/pci/pci_state.h"
#include "arch/x86/pci/pci_works.h"
#include "arch/x86/memory/phys.h"
#include "fake/fake_console.h"
#include "fake/fake.h"
#include "fake/fake_pci.h"

#define CLASS_HOST	0x06000000
#define CLASS_PCI	0x06040000
#define CLASS_NET	0x02000000
#define ID(device)	(0x1af4u | (uint32_t)(device) << 16)
#define CAPABILITY_PM	0x01
#define CAPABILITY_MSI	0x05
#define CAPABILITY_PCIE 0x10
#define CAPABILITY_MSIX 0x11
#define MSI		0x50
#define MSIX		0x60
#define PM		0x70
#define PCIE		0x80
#define MSI_64_MASKABLE 0x0180
#define TABLE		0xfe000000u
#define TABLE_OFFSET	0x800u
#define ENTRIES		3

/* Room for the largest state. */
static union {
	struct pci_state state;
	uint8_t room[PCI_STATE_MAX];
} first, second, third;
static struct pci_state *const one = &first.state, *const two = &second.state;
static struct pci_state *const now = &third.state; /* what is saved last, before a restore */
static int host, bridge, net;

/* A host bridge, a bridge to bus 1, and behind it a network card with every capability. */
static int start(void **state)
{
	(void)state;
	fake_pci_reset();
	fake_reset();
	fake_console_reset();
	memset(one, 0x5a, sizeof(first));
	memset(two, 0xa5, sizeof(second));
	host = fake_pci_add(-1, 0, 0, ID(1), CLASS_HOST, 0);
	bridge = fake_pci_add(-1, 3, 0, ID(2), CLASS_PCI, PCI_HEADER_BRIDGE);
	fake_pci_set(bridge, PCI_BRIDGE_BUSES, 4, 0x00010100, true);
	fake_pci_set(bridge, PCI_BRIDGE_CONTROL, 2, 0, true);
	net = fake_pci_add(bridge, 5, 0, ID(3), CLASS_NET, 0);
	fake_pci_capability(net, CAPABILITY_MSI, MSI, 0x18);
	fake_pci_set(net, MSI + 2, 2, MSI_64_MASKABLE, true);
	fake_pci_capability(net, CAPABILITY_MSIX, MSIX, 0x0c);
	fake_pci_set(net, MSIX + 2, 2, ENTRIES - 1, true);
	fake_pci_set(net, MSIX + 4, 4, TABLE_OFFSET | 1, false); /* in BAR 1 */
	fake_pci_capability(net, CAPABILITY_PM, PM, 8);
	fake_pci_capability(net, CAPABILITY_PCIE, PCIE, 0x3c);
	fake_pci_set(net, PCIE + 2, 2, 2, false);
	fake_pci_set(net, PCI_BAR0, 4, 0xc001, true);
	fake_pci_set(net, PCI_BAR0 + 4, 4, TABLE, true);
	fake_pci_set(net, PCI_COMMAND, 2, PCI_COMMAND_MEMORY, true);
	fake_memory(TABLE + TABLE_OFFSET, ENTRIES * sizeof(struct pci_msix_entry), 0x11);
	pci_init();
	return 0;
}

static int end(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

/* Restores after the next slot has left the machine. */
static void restore(const struct pci_state *state)
{
	pci_save(pci_functions(), now, true);
	pci_restore(pci_functions(), state, now);
}

static void finds_all_functions(void **state)
{
	const struct pci_functions *functions = pci_functions();

	(void)state;
	assert_int_equal(functions->count, 3);
	assert_int_equal(functions->left_out, 0);
	assert_int_equal(functions->function[2].address, PCI_ADDRESS(1, 5, 0));
	assert_int_equal(functions->function[2].id, ID(3));
	assert_int_equal(functions->function[2].capability.msi, MSI);
	assert_int_equal(functions->function[2].capability.express2, PCIE);
	assert_int_equal(functions->function[2].msix_entries, ENTRIES);
	assert_int_equal(functions->function[1].capability.power, 0);
}

static void other_functions_only_where_there_are_more(void **state)
{
	(void)state;
	fake_pci_add(-1, 7, 0, ID(4), CLASS_NET, PCI_HEADER_MULTI);
	fake_pci_add(-1, 7, 6, ID(5), CLASS_NET, 0);
	fake_pci_add(-1, 8, 0, ID(6), CLASS_NET, 0);
	fake_pci_add(-1, 8, 1, ID(7), CLASS_NET, 0); /* a ghost: 8.0 says it is alone */
	pci_init();
	assert_int_equal(pci_functions()->count, 6);
}

static void a_list_in_a_circle_ends(void **state)
{
	(void)state;
	fake_pci_set(net, MSI, 2, CAPABILITY_MSI | MSI << 8, false);
	pci_init();
	assert_int_equal(pci_functions()->function[2].capability.msi, MSI);
}

/* A CardBus bridge has the upper limit of an I/O window at 0x34. */
static void a_cardbus_bridge_has_its_list_elsewhere(void **state)
{
	int cardbus = fake_pci_add(-1, 9, 0, ID(8), 0x06070000, PCI_HEADER_CARDBUS);
	const struct pci_function *function;

	(void)state;
	fake_pci_capability(cardbus, CAPABILITY_PM, PM, 8);
	fake_pci_set(cardbus, PCI_CARDBUS_CAPABILITIES, 1, PM, false);
	fake_pci_set(cardbus, PCI_CAPABILITIES, 1, PM + 0x40, false);
	fake_pci_set(cardbus, PM + 0x40, 2, CAPABILITY_MSI, false);
	pci_init();
	function = &pci_functions()->function[2]; /* before the functions behind the bridge */
	assert_int_equal(function->id, ID(8));
	assert_int_equal(function->capability.power, PM);
	assert_int_equal(function->capability.msi, 0);
}

static void counts_what_is_left_out(void **state)
{
	(void)state;
	while (fake_pci.count < FAKE_PCI_FUNCTIONS)
		fake_pci_add(-1, (uint8_t)(8 + fake_pci.count / 8), fake_pci.count % 8, ID(9),
			     CLASS_NET, PCI_HEADER_MULTI);
	pci_init();
	assert_int_equal(pci_functions()->count, PCI_MAX_FUNCTIONS);
	assert_true(pci_functions()->left_out > 0);

	start(state);
	fake_pci_set(net, MSIX + 2, 2, PCI_MAX_MSIX_ENTRIES, true); /* one more than that */
	pci_init();
	assert_int_equal(pci_functions()->msix_left_out, 1);
	assert_false(pci_functions()->function[2].msix_kept);

	start(state);
	fake_pci.mappable = TABLE;
	pci_init();
	assert_int_equal(pci_functions()->msix_unreachable, 1);
	pci_save(pci_functions(), one, true); /* and does not fault */
	assert_false(one->function[2].msix.table);
}

/* Every field, also of capabilities, comes back after another slot has changed it. */
static void what_was_changed_comes_back(void **state)
{
	static const struct {
		int *function;
		uint32_t offset, size;
	} places[] = {
		{&net, PCI_COMMAND, 2},
		{&net, PCI_BAR0, 4},
		{&net, PCI_BAR0 + 20, 4},
		{&net, PCI_ROM, 4},
		{&net, PCI_INTERRUPT_LINE, 1},
		{&net, MSI + 4, 4},
		{&net, MSI + 8, 4},
		{&net, MSI + 0x0c, 2},
		{&net, MSI + 0x10, 4},
		{&net, PCIE + 8, 2},
		{&net, PCIE + 0x28, 2},
		{&bridge, PCI_BRIDGE_IO, 2},
		{&bridge, PCI_BRIDGE_MEMORY, 4},
		{&bridge, PCI_BRIDGE_PREFETCH_LIMIT_HIGH, 4},
		{&bridge, PCI_BRIDGE_CONTROL, 2},
	};

	(void)state;
	pci_save(pci_functions(), two, true);
	for (uint32_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		fake_pci_set(*places[i].function, places[i].offset, places[i].size, 0x01030205 + i,
			     true);
	fake_pci_set(net, PCI_BAR0 + 4, 4, TABLE, true);
	pci_save(pci_functions(), one, true);
	restore(two);
	assert_int_equal(fake_pci_get(net, PCI_BAR0, 4), 0xc001);
	assert_int_equal(fake_pci_get(bridge, PCI_BRIDGE_MEMORY, 4), 0);
	restore(one);
	for (uint32_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		uint64_t mask = places[i].offset == PCI_BRIDGE_CONTROL ? 0xfbbf : UINT32_MAX;

		mask &= (1ull << 8 * places[i].size) - 1;
		assert_int_equal(fake_pci_get(*places[i].function, places[i].offset,
					      places[i].size),
				 (0x01030205 + i) & mask);
	}
}

static void nothing_is_written_where_nothing_differs(void **state)
{
	(void)state;
	fake_pci_set(net, MSI + 2, 2, 0, true);
	pci_save(pci_functions(), one, true);
	memcpy(now, one, pci_state_size(pci_functions()));
	fake_pci.writes = 0;
	pci_restore(pci_functions(), one, now);
	assert_int_equal(fake_pci.writes, 0);
}

/* The index of the first write to that register, not before index `from`; -1: none. */
static int written(uint32_t from, int function, uint32_t offset)
{
	for (uint32_t i = from; i < fake_pci.writes; i++)
		if (fake_pci.write[i].function == (uint32_t)function &&
		    fake_pci.write[i].offset == offset)
			return (int)i;
	return -1;
}

static int last_written(int function, uint32_t offset)
{
	int last = -1;

	for (int i = written(0, function, offset); i >= 0;
	     i = written((uint32_t)i + 1, function, offset))
		last = i;
	return last;
}

static void order_of_load(void **state)
{
	int window, off, bar, messages, on;

	(void)state;
	fake_pci_set(net, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, true);
	fake_pci_set(net, MSI + 2, 2, MSI_64_MASKABLE | 1, true);
	pci_save(pci_functions(), one, true);
	assert_int_equal(fake_pci_get(net, MSI + 2, 2), MSI_64_MASKABLE); /* quiet */
	fake_pci_set(bridge, PCI_BRIDGE_MEMORY, 4, 0x12345678, true);
	fake_pci_set(net, PCI_BAR0, 4, 0xd001, true);
	fake_pci.writes = 0;
	restore(one);
	window = written(0, bridge, PCI_BRIDGE_MEMORY);
	off = written(0, net, PCI_COMMAND);
	bar = written(0, net, PCI_BAR0);
	messages = last_written(net, MSI + 2);
	on = last_written(net, PCI_COMMAND);
	assert_true(window >= 0 && window < off && off < bar && bar < messages && messages < on);
	assert_int_equal(fake_pci.write[off].value, 0);
	assert_int_equal(fake_pci.write[on].value, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	assert_int_equal(fake_pci_get(net, MSI + 2, 2), MSI_64_MASKABLE | 1);
}

static uint32_t *table(void)
{
	return (uint32_t *)phys(TABLE + TABLE_OFFSET);
}

static void msix_tables_come_back(void **state)
{
	(void)state;
	fake_pci_set(net, MSIX + 2, 2, 0x8000 | (ENTRIES - 1), true);
	pci_save(pci_functions(), one, true);
	assert_int_equal(fake_pci_get(net, MSIX + 2, 2), 0xc000 | (ENTRIES - 1)); /* all masked */
	memset(table(), 0x22, ENTRIES * sizeof(struct pci_msix_entry));
	fake_pci_set(net, PCI_COMMAND, 2, 0, true);
	fake_pci_set(net, MSIX + 2, 2, ENTRIES - 1, true);
	pci_save(pci_functions(), two, true); /* the table can't be read without decoding */
	assert_false(two->function[2].msix.table);
	restore(one);
	for (uint32_t i = 0; i < ENTRIES * 4; i++)
		assert_int_equal(table()[i], 0x11111111);
	assert_int_equal(fake_pci_get(net, MSIX + 2, 2), 0x8000 | (ENTRIES - 1));
	assert_int_equal(fake_pci_get(net, PCI_COMMAND, 2), PCI_COMMAND_MEMORY);
}

/* A slot that writes its table itself finds it masked, and the next slot's table is not taken for it. */
static void a_spared_table_stays_masked(void **state)
{
	(void)state;
	fake_pci_set(net, MSIX + 2, 2, 0x8000 | (ENTRIES - 1), true);
	pci_save(pci_functions(), two, true);
	memset(table(), 0x22, ENTRIES * sizeof(struct pci_msix_entry));
	fake_pci_set(net, MSIX + 2, 2, 0x8000 | (ENTRIES - 1), true);
	pci_save(pci_functions(), one, false);
	memcpy(now, one, pci_state_size(pci_functions()));
	pci_restore(pci_functions(), one, now);
	assert_int_equal(table()[0], 0x22222222);
	assert_int_equal(fake_pci_get(net, MSIX + 2, 2), 0xc000 | (ENTRIES - 1));
	memcpy(now, one, pci_state_size(pci_functions()));
	pci_restore(pci_functions(), two, now);
	assert_int_equal(table()[0], 0x11111111);
	assert_int_equal(fake_pci_get(net, MSIX + 2, 2), 0x8000 | (ENTRIES - 1));
}

/* A kernel has renumbered the buses. The functions behind the bridge are still found. */
static void bus_numbers_come_back(void **state)
{
	(void)state;
	fake_pci_set(bridge, PCI_BRIDGE_BUSES, 4, 0x00070700, true);
	fake_pci_set(net, PCI_BAR0, 4, 0xe001, true);
	pci_save(pci_functions(), one, true);
	assert_int_equal(fake_pci_get(bridge, PCI_BRIDGE_BUSES, 4), 0x00010100); /* firmware's */
	fake_pci_set(net, PCI_BAR0, 4, 0, true);
	restore(one);
	assert_int_equal(fake_pci_get(net, PCI_BAR0, 4), 0xe001);
	assert_int_equal(fake_pci_get(bridge, PCI_BRIDGE_BUSES, 4), 0x00070700);
}

/*
 * A function that sleeps is woken before it is written to. It sleeps again for the slot that put it
 * to sleep.
 */
static void power_states_come_back(void **state)
{
	int awake, bar, asleep;

	(void)state;
	fake_pci_set(net, PM + 4, 2, 3, true);
	pci_save(pci_functions(), one, true);
	fake_pci_set(net, PCI_BAR0, 4, 0xd001, true);
	fake_pci.writes = 0;
	restore(one);
	awake = written(0, net, PM + 4);
	bar = written(0, net, PCI_BAR0);
	asleep = written((uint32_t)awake + 1, net, PM + 4);
	assert_true(awake >= 0 && awake < bar && bar < asleep);
	assert_int_equal(fake_pci.write[awake].value, 0);
	assert_int_equal(fake_pci_get(net, PM + 4, 2), 3);
	assert_true(fake_console.now >= 10000); /* us */

	fake_pci.writes = 0;
	restore(one); /* it sleeps already */
	assert_int_equal(written(0, net, PM + 4), -1);
}

static void one_that_is_gone_is_passed_over(void **state)
{
	(void)state;
	fake_pci.function[net].gone = true;
	pci_save(pci_functions(), one, true);
	fake_pci.function[net].gone = false;
	fake_pci.writes = 0;
	restore(one); /* there is nothing to restore */
	assert_int_equal(fake_pci.function[net].writes, 0);
	pci_save(pci_functions(), one, true);
	fake_pci.function[net].gone = true;
	restore(one);
}

/* The slot of the function ended, so it is no bus master until a driver makes it one again. */
static void one_that_was_cut_off_stays_so(void **state)
{
	const uint16_t working = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;

	(void)state;
	fake_pci_set(net, PCI_COMMAND, 2, working, true);
	fake_pci_set(bridge, PCI_COMMAND, 2, working, true);
	pci_save(pci_functions(), one, true);
	assert_int_equal(pci_stop_bus_masters(), 1);
	assert_int_equal(fake_pci_get(net, PCI_COMMAND, 2), PCI_COMMAND_MEMORY);
	assert_int_equal(fake_pci_get(bridge, PCI_COMMAND, 2), working);
	memcpy(now, one, pci_state_size(pci_functions())); /* saved before it was cut off */
	pci_restore(pci_functions(), one, now);
	assert_int_equal(fake_pci_get(net, PCI_COMMAND, 2), PCI_COMMAND_MEMORY);

	fake_pci_set(net, PCI_COMMAND, 2, working, true); /* a driver */
	pci_save(pci_functions(), two, true);
	fake_pci_set(net, PCI_COMMAND, 2, 0, true);
	restore(two);
	assert_int_equal(fake_pci_get(net, PCI_COMMAND, 2), working);
}

/* The slot is parked, and has its devices again when it comes back. */
static void one_that_was_paused_comes_back(void **state)
{
	const uint16_t working = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;

	(void)state;
	fake_pci_set(net, PCI_COMMAND, 2, working, true);
	pci_save(pci_functions(), one, true);
	pci_pause_bus_masters();
	assert_int_equal(fake_pci_get(net, PCI_COMMAND, 2), PCI_COMMAND_MEMORY);
	restore(one);
	assert_int_equal(fake_pci_get(net, PCI_COMMAND, 2), working);
}

/* It was plugged in after the start, so no slot's state has its command. */
static void one_that_is_not_listed_comes_back(void **state)
{
	int plugged = fake_pci_add(bridge, 6, 0, ID(4), CLASS_NET, 0);

	(void)state;
	fake_pci_set(plugged, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, true);
	pci_save(pci_functions(), one, true);
	pci_pause_bus_masters();
	pci_pause_bus_masters(); /* for another slot, because the first one could not be started */
	assert_int_equal(fake_pci_get(plugged, PCI_COMMAND, 2), PCI_COMMAND_MEMORY);
	restore(one);
	assert_int_equal(fake_pci_get(plugged, PCI_COMMAND, 2),
			 PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	pci_pause_bus_masters();
	pci_stop_bus_masters(); /* its slot ended */
	restore(one);
	assert_int_equal(fake_pci_get(plugged, PCI_COMMAND, 2), PCI_COMMAND_MEMORY);
}

/* It forgets its registers when it wakes, also what MSI-X was. Its table is not kept. */
static void a_function_forgets_while_it_wakes(void **state)
{
	(void)state;
	fake_pci_set(net, MSIX + 2, 2, 0x8000 | (ENTRIES - 1), true);
	pci_save(pci_functions(), one, false);
	memcpy(now, one, pci_state_size(pci_functions()));
	now->function[2].power = 3; /* the next slot left it asleep */
	fake_pci_set(net, PM + 4, 2, 3, true);
	fake_pci_set(net, MSIX + 2, 2, ENTRIES - 1, true);
	pci_restore(pci_functions(), one, now);
	assert_int_equal(fake_pci_get(net, MSIX + 2, 2), 0xc000 | (ENTRIES - 1));
}

/* It reads its tables, and Linux does not make it a bus master again. */
static void an_iommu_is_not_stopped(void **state)
{
	int iommu = fake_pci_add(-1, 9, 0, 0x14191022, 0x08060000, 0);

	(void)state;
	fake_pci_set(iommu, PCI_COMMAND, 2, PCI_COMMAND_MASTER, true);
	assert_int_equal(pci_stop_bus_masters(), 0);
	assert_int_equal(fake_pci_get(iommu, PCI_COMMAND, 2), PCI_COMMAND_MASTER);
}

/* Slot Control of a port whose slot another kernel has switched on meanwhile. */
static void power_of_a_slot_is_the_hardwares(void **state)
{
	const uint32_t control = PCIE + 0x18;

	(void)state;
	fake_pci_set(net, control, 2, 0x17f1, true); /* off, and events are enabled */
	pci_save(pci_functions(), one, true);
	fake_pci_set(net, control, 2, 0x0148, true); /* another slot has switched it on */
	restore(one);
	assert_int_equal(fake_pci_get(net, control, 2), 0x1171);
}

/* Its slot crashed while it reset what is behind it. */
static void a_bus_is_not_left_in_reset(void **state)
{
	(void)state;
	fake_pci_set(bridge, PCI_BRIDGE_CONTROL, 2, 0x0143, true);
	pci_stop_bus_masters();
	assert_int_equal(fake_pci_get(bridge, PCI_BRIDGE_CONTROL, 2), 0x0103);
}

static void links_are_the_hardwares(void **state)
{
	(void)state;
	fake_pci_set(net, PCIE + 0x10, 2, 0x0112, true); /* disabled, ASPM, power management */
	fake_pci_set(net, PCIE + 0x30, 2, 0x0093, true); /* speed, a compliance test, a level */
	pci_save(pci_functions(), one, true);
	fake_pci_set(net, PCIE + 0x10, 2, 0x0040, true); /* up, with a common clock */
	fake_pci_set(net, PCIE + 0x30, 2, 0x0101, true);
	restore(one);
	assert_int_equal(fake_pci_get(net, PCIE + 0x10, 2), 0x0142);
	assert_int_equal(fake_pci_get(net, PCIE + 0x30, 2), 0x0103);
}

#define SRIOV_CONTROL	(FAKE_PCI_SRIOV + 0x08)
#define SRIOV_FUNCTIONS (FAKE_PCI_SRIOV + 0x10)
#define SRIOV_BAR	(FAKE_PCI_SRIOV + 0x24)
#define SRIOV_ON	9 /* and they decode memory */
#define VIRTUAL		2
#define WORKING		(PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER)
#define SECOND		1000000 /* us */

/* Gives the card virtual functions, and switches them on as a kernel would. Returns the first. */
static int start_virtual(void)
{
	int first = fake_pci_sriov(net, VIRTUAL, 16, 2);

	pci_init();
	fake_pci_set(net, SRIOV_BAR, 4, 0xfd000000, true);
	fake_pci_set(net, SRIOV_FUNCTIONS, 2, VIRTUAL, true);
	fake_pci_set(net, SRIOV_CONTROL, 2, SRIOV_ON, true);
	fake_pci_set(net, PCI_COMMAND, 2, WORKING, true);
	for (int i = 0; i < VIRTUAL; i++)
		fake_pci_set(first + i, PCI_COMMAND, 2, WORKING, true);
	return first;
}

static void virtual_functions_of_a_slot_that_ended(void **state)
{
	int first = start_virtual();

	(void)state;
	assert_int_equal(pci_functions()->count, 3); /* no walk finds them */
	fake_console.now = 0;
	assert_int_equal(pci_stop_bus_masters(), 1);
	for (int i = 0; i < VIRTUAL; i++)
		assert_int_equal(fake_pci.function[first + i].writes, 1);
	assert_int_equal(fake_pci_get(net, SRIOV_CONTROL, 2), 0);
	assert_true(fake_console.now >= SECOND);
	fake_console.now = 0;
	pci_stop_bus_masters(); /* there are none any more */
	assert_int_equal(fake_console.now, 0);
}

/* They are stopped, but the slot finds them again without having to wait. */
static void virtual_functions_of_a_slot_that_comes_back(void **state)
{
	int first = start_virtual();

	(void)state;
	fake_console.now = 0;
	pci_save(pci_functions(), one, true);
	for (int i = 0; i < VIRTUAL; i++)
		assert_int_equal(fake_pci_get(first + i, PCI_COMMAND, 2), PCI_COMMAND_MEMORY);
	restore(one);
	assert_int_equal(fake_pci_get(net, SRIOV_CONTROL, 2), SRIOV_ON);
	assert_int_equal(fake_console.now, 0);
}

static void virtual_functions_are_the_slots_own(void **state)
{
	(void)state;
	start_virtual();
	pci_save(pci_functions(), one, true);
	fake_pci_set(net, SRIOV_BAR, 4, 0, true);
	fake_pci_set(net, SRIOV_FUNCTIONS, 2, 0, true);
	fake_pci_set(net, SRIOV_CONTROL, 2, 0, true);
	pci_save(pci_functions(), two, true); /* of a slot without */
	fake_console.now = 0;
	restore(one);
	assert_int_equal(fake_pci_get(net, SRIOV_CONTROL, 2), SRIOV_ON);
	assert_int_equal(fake_pci_get(net, SRIOV_FUNCTIONS, 2), VIRTUAL);
	assert_int_equal(fake_pci_get(net, SRIOV_BAR, 4), 0xfd000000);
	assert_in_range(fake_console.now, SECOND / 10, SECOND - 1);
	restore(two);
	assert_int_equal(fake_pci_get(net, SRIOV_CONTROL, 2), 0);
	assert_int_equal(fake_pci_get(net, SRIOV_FUNCTIONS, 2), 0);
	assert_true(fake_console.now >= SECOND);
}

/* It may be on a bus to which no bridge leads now. */
static void a_virtual_function_out_of_reach(void **state)
{
	int first = start_virtual();

	(void)state;
	fake_pci.function[first + 1].gone = true;
	pci_save(pci_functions(), one, true);
	assert_int_equal(one->function[2].sriov.control, SRIOV_ON);
	assert_int_equal(fake_pci_get(net, SRIOV_CONTROL, 2), 0);
	restore(one);
	assert_int_equal(fake_pci_get(net, SRIOV_CONTROL, 2), SRIOV_ON);
}

static uint32_t raised_address, raised_data, raised;

static void raise(uint32_t address, uint32_t data)
{
	raised_address = address;
	raised_data = data;
	raised++;
}

/* All of net's registers. */
static void copy_net(uint8_t *space)
{
	memcpy(space, fake_pci.function[net].space, FAKE_PCI_PORTS);
}

static void assert_net_is(const uint8_t *space)
{
	assert_memory_equal(fake_pci.function[net].space, space, FAKE_PCI_PORTS);
}

/* net goes on working. space gets its registers as they were. */
static void work(uint8_t *space)
{
	uint64_t set[PCI_SET_WORDS] = {0};

	raised = 0;
	pci_set_add(set, 2);
	copy_net(space);
	pci_works_save(pci_functions(), 1, set, one);
	assert_true(fake_pci.function[net].settled ||
		    fake_pci_get(net, PCI_COMMAND, 2) & PCI_COMMAND_NO_INTX);
	assert_int_equal(pci_functions()->function[2].works_for, 1);
}

static void msix_of_one_that_works(void **state)
{
	uint8_t space[FAKE_PCI_PORTS];

	(void)state;
	fake_pci_set(net, MSIX + 2, 2, 0x8000 | (ENTRIES - 1), true);
	work(space);
	assert_int_equal(fake_pci_get(net, MSIX + 2, 2), 0xc000 | (ENTRIES - 1));
	pci_works_unmask(pci_functions(), one, raise);
	assert_net_is(space);
	assert_int_equal(pci_functions()->function[2].works_for, 0);
	assert_int_equal(raised, 0); /* it sends what it has noted itself */
}

static void msi_with_mask_bits_of_one_that_works(void **state)
{
	uint8_t space[FAKE_PCI_PORTS];

	(void)state;
	fake_pci_set(net, MSI + 2, 2, MSI_64_MASKABLE | 1, true);
	fake_pci_set(net, MSI + 0x10, 4, 2, true);
	work(space);
	assert_int_equal(fake_pci_get(net, MSI + 2, 2), MSI_64_MASKABLE | 1);
	assert_int_equal(fake_pci_get(net, MSI + 0x10, 4), UINT32_MAX);
	pci_works_unmask(pci_functions(), one, raise);
	assert_net_is(space);
	assert_int_equal(raised, 0);
}

static void message_without_mask_bits(bool comes, uint32_t high)
{
	uint8_t space[FAKE_PCI_PORTS];

	fake_pci_set(net, MSI + 2, 2, 0x0080 | 1, true);
	fake_pci_set(net, MSI + 4, 4, 0xfee01004, true);
	fake_pci_set(net, MSI + 8, 4, high, true);
	fake_pci_set(net, MSI + 0xc, 2, 0x4031, true);
	work(space);
	assert_int_equal(fake_pci_get(net, MSI + 8, 4), 0);
	assert_int_not_equal(fake_pci_get(net, MSI + 4, 4), 0xfee01004);
	if (comes)
		*pci_works_message(2) = 0x4031;
	pci_works_unmask(pci_functions(), one, raise);
	assert_net_is(space);
}

static void msi_without_mask_bits_of_one_that_works(void **state)
{
	(void)state;
	message_without_mask_bits(false, 0);
	message_without_mask_bits(false, 7);
	assert_int_equal(raised, 0);
	message_without_mask_bits(true, 0);
	assert_int_equal(raised, 1);
	assert_int_equal(raised_address, 0xfee01004);
	assert_int_equal(raised_data, 0x4031);
}

static void pin_of_one_that_works(void **state)
{
	uint8_t space[FAKE_PCI_PORTS];

	(void)state;
	work(space);
	assert_int_equal(fake_pci_get(net, PCI_COMMAND, 2),
			 PCI_COMMAND_MEMORY | PCI_COMMAND_NO_INTX);
	pci_works_unmask(pci_functions(), one, raise);
	assert_net_is(space);
}

/* It was switched by force meanwhile, to a slot that uses it, too, and was left quick. */
static void one_that_works_for_another_slot_by_now(void **state)
{
	uint8_t space[FAKE_PCI_PORTS];

	(void)state;
	work(space);
	pci_functions()->function[2].works_for = 2;
	pci_works_unmask(pci_functions(), one, raise);
	assert_int_equal(fake_pci_get(net, PCI_COMMAND, 2),
			 PCI_COMMAND_MEMORY | PCI_COMMAND_NO_INTX);
	assert_int_equal(pci_functions()->function[2].works_for, 2);
}

/* Another slot leaves, comes, and starts: none of it reaches net. */
static void others_leave_it_alone(void **state)
{
	uint8_t space[FAKE_PCI_PORTS];
	uint32_t writes;

	(void)state;
	pci_save(pci_functions(), two, true);
	fake_pci_set(net, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, true);
	work(space);
	writes = fake_pci.function[net].writes;
	restore(two);
	pci_save(pci_functions(), now, true);
	pci_stop_bus_masters();
	pci_pause_bus_masters();
	assert_int_equal(fake_pci.function[net].writes, writes);
}

#define ROOT_CONTROL (PCIE + 0x1c)
#define ALIVE	     (PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER)

/* The bridge gets capabilities and windows; two is what another slot has left. Then net works. */
static void work_behind_the_bridge(uint8_t *space)
{
	fake_pci_capability(bridge, CAPABILITY_PM, PM, 8);
	fake_pci_capability(bridge, CAPABILITY_PCIE, PCIE, 0x3c);
	fake_pci_set(bridge, PCIE + 2, 2, 2, false);
	fake_pci_set(bridge, PCI_BRIDGE_MEMORY, 4, 0xfe00fe00, true);
	pci_init();
	fake_pci_set(bridge, PCI_COMMAND, 2, ALIVE | PCI_COMMAND_NO_INTX, true);
	fake_pci_set(bridge, PCIE + 8, 2, 0x0020, true);
	fake_pci_set(bridge, PM + 4, 2, 3, true);
	pci_save(pci_functions(), two, true);
	fake_pci_set(bridge, PCI_COMMAND, 2, ALIVE, true);
	fake_pci_set(bridge, ROOT_CONTROL, 2, 8, true);
	fake_pci_set(bridge, PCIE + 8, 2, 0x0041, true);
	fake_pci_set(bridge, PM + 4, 2, 0, true);
	work(space);
}

/* The index of a write to the bridge that stops what it passes on; fake_pci.writes: there is none. */
static uint32_t find_a_stop(uint32_t from)
{
	for (; from < fake_pci.writes; from++) {
		const struct fake_pci_write *write = &fake_pci.write[from];

		if (write->function != (uint32_t)bridge)
			continue;
		if ((write->offset == PCI_COMMAND && (write->value & ALIVE) != ALIVE) ||
		    (write->offset == PM + 4 && write->value & 3) ||
		    (write->offset >= PCI_BAR0 && write->offset < PCI_CAPABILITIES))
			break;
	}
	return from;
}

static void a_bridge_to_one_that_works_passes_on(void **state)
{
	uint8_t space[FAKE_PCI_PORTS];
	uint32_t writes;

	(void)state;
	work_behind_the_bridge(space);
	writes = fake_pci.writes;
	memcpy(now, one, sizeof(third));
	assert_int_equal(pci_bridge_that_differs(pci_functions(), two, now), 3);
	pci_restore(pci_functions(), two, now);
	assert_int_equal(fake_pci_get(bridge, ROOT_CONTROL, 2), 0);
	assert_int_equal(fake_pci_get(bridge, PCIE + 8, 2), 0x0040); /* the payload stays */
	assert_int_equal(fake_pci_get(bridge, PCI_COMMAND, 2), ALIVE | PCI_COMMAND_NO_INTX);
	restore(one); /* the other slot has left by a deep switch */
	assert_int_equal(fake_pci_get(bridge, ROOT_CONTROL, 2), 8);
	assert_int_equal(fake_pci_get(bridge, PCI_COMMAND, 2), ALIVE);
	assert_int_equal(find_a_stop(writes), fake_pci.writes);
	pci_works_unmask(pci_functions(), one, raise);
	assert_net_is(space);
	restore(two); /* nothing works behind it any more */
	assert_int_equal(fake_pci_get(bridge, PM + 4, 2), 3);
}

static void a_bridge_whose_windows_another_slot_has_moved(void **state)
{
	uint8_t space[FAKE_PCI_PORTS];

	(void)state;
	work_behind_the_bridge(space);
	two->function[1].buses = 0x00020200;
	assert_int_equal(pci_bridge_that_differs(pci_functions(), two, one), 1);
	two->function[1].buses = one->function[1].buses;
	fake_pci_set(bridge, PCI_BRIDGE_MEMORY, 4, 0xfd00fd00, true);
	pci_save(pci_functions(), now, true);
	assert_int_equal(pci_bridge_that_differs(pci_functions(), two, now), 1);
	pci_works_unmask(pci_functions(), one, raise);
	assert_int_equal(pci_bridge_that_differs(pci_functions(), two, now), 3);
}

/* The bridge's numbers were others while the kernel ran, so that another function is at its address. */
static void another_function_where_a_virtual_one_would_be(void **state)
{
	int first = start_virtual(), other = fake_pci_add(bridge, 7, 2, ID(9), CLASS_NET, 0);

	(void)state;
	fake_pci.function[first].gone = true; /* 1:7.0 is gone, and 1:7.2 is no virtual one */
	fake_pci.function[first + 1].gone = true;
	fake_pci_set(other, PCI_COMMAND, 2, WORKING, true);
	pci_save(pci_functions(), one, true);
	assert_int_equal(fake_pci_get(other, PCI_COMMAND, 2), WORKING);
	assert_int_equal(fake_pci_get(net, SRIOV_CONTROL, 2), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(finds_all_functions, start, end),
		cmocka_unit_test_setup_teardown(other_functions_only_where_there_are_more, start,
						end),
		cmocka_unit_test_setup_teardown(a_list_in_a_circle_ends, start, end),
		cmocka_unit_test_setup_teardown(a_cardbus_bridge_has_its_list_elsewhere, start,
						end),
		cmocka_unit_test_setup_teardown(counts_what_is_left_out, start, end),
		cmocka_unit_test_setup_teardown(what_was_changed_comes_back, start, end),
		cmocka_unit_test_setup_teardown(nothing_is_written_where_nothing_differs, start,
						end),
		cmocka_unit_test_setup_teardown(order_of_load, start, end),
		cmocka_unit_test_setup_teardown(msix_tables_come_back, start, end),
		cmocka_unit_test_setup_teardown(a_spared_table_stays_masked, start, end),
		cmocka_unit_test_setup_teardown(bus_numbers_come_back, start, end),
		cmocka_unit_test_setup_teardown(power_states_come_back, start, end),
		cmocka_unit_test_setup_teardown(one_that_is_gone_is_passed_over, start, end),
		cmocka_unit_test_setup_teardown(one_that_was_cut_off_stays_so, start, end),
		cmocka_unit_test_setup_teardown(one_that_was_paused_comes_back, start, end),
		cmocka_unit_test_setup_teardown(one_that_is_not_listed_comes_back, start, end),
		cmocka_unit_test_setup_teardown(a_function_forgets_while_it_wakes, start, end),
		cmocka_unit_test_setup_teardown(an_iommu_is_not_stopped, start, end),
		cmocka_unit_test_setup_teardown(power_of_a_slot_is_the_hardwares, start, end),
		cmocka_unit_test_setup_teardown(a_bus_is_not_left_in_reset, start, end),
		cmocka_unit_test_setup_teardown(links_are_the_hardwares, start, end),
		cmocka_unit_test_setup_teardown(virtual_functions_of_a_slot_that_ended, start, end),
		cmocka_unit_test_setup_teardown(virtual_functions_of_a_slot_that_comes_back, start,
						end),
		cmocka_unit_test_setup_teardown(virtual_functions_are_the_slots_own, start, end),
		cmocka_unit_test_setup_teardown(a_virtual_function_out_of_reach, start, end),
		cmocka_unit_test_setup_teardown(msix_of_one_that_works, start, end),
		cmocka_unit_test_setup_teardown(msi_with_mask_bits_of_one_that_works, start, end),
		cmocka_unit_test_setup_teardown(msi_without_mask_bits_of_one_that_works, start,
						end),
		cmocka_unit_test_setup_teardown(pin_of_one_that_works, start, end),
		cmocka_unit_test_setup_teardown(one_that_works_for_another_slot_by_now, start, end),
		cmocka_unit_test_setup_teardown(others_leave_it_alone, start, end),
		cmocka_unit_test_setup_teardown(a_bridge_to_one_that_works_passes_on, start, end),
		cmocka_unit_test_setup_teardown(a_bridge_whose_windows_another_slot_has_moved,
						start, end),
		cmocka_unit_test_setup_teardown(another_function_where_a_virtual_one_would_be,
						start, end),
	};

	return cmocka_run_group_tests_name("pci", tests, NULL, NULL);
}
