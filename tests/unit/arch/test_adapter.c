/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of the display adapter: which one it is, how it is taken back, and when it is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "fake/fake.h"
#include "fake/fake_pci.h"
#include "fake/fake_ports.h"
#include "arch/x86/screen/adapter.c"
#include "arch/x86/screen/cirrus.c"

#define VGA_CLASS   0x03000000u
#define OTHER_CLASS 0x03800000u
#define ID_OTHER    0x59168086u
#define MEMORY	    0xc0000000u
#define PORTS	    0x60e0u
#define ON	    (PCI_COMMAND_IO | PCI_COMMAND_MEMORY)

static struct pci_state *left;

static int card(uint8_t device, uint32_t id, uint32_t class, uint32_t memory)
{
	int index = fake_pci_add(-1, device, 0, id, class, 0);

	fake_pci_set(index, PCI_BAR0, 4, memory, true);
	fake_pci_set(index, PCI_COMMAND, 2, ON, true);
	return index;
}

static void find_it(uint64_t framebuffer)
{
	pci_init();
	memset(&adapter, 0, sizeof(adapter));
	adapter_init(framebuffer);
}

static int start(void **state)
{
	(void)state;
	fake_reset();
	fake_pci_reset();
	memset(fake_port, 0xaa, sizeof(fake_port));
	fake_port_writes = 0;
	fake_port_read = fake_port_written = NULL;
	left = calloc(1, PCI_STATE_MAX);
	return 0;
}

static int end(void **state)
{
	(void)state;
	free(left);
	return 0;
}

/* A slot left the first function like this. */
static void leaves(uint16_t command, uint16_t power, bool works)
{
	left->function[0] = (struct pci_function_state){.kept = !works,
							.works = works,
							.command = command,
							.power = power};
	adapter_left(left);
}

static void which_one(void **state)
{
	(void)state;
	find_it(0);
	assert_null(adapter.function);
	adapter_take_back();
	leaves(ON, 3, false);
	assert_null(adapter_lost());
	card(1, ID_OTHER, OTHER_CLASS, MEMORY);
	fake_pci_set(card(2, ID_OTHER + 0x10000, VGA_CLASS, MEMORY + 0x1000000), PCI_COMMAND, 2, 0,
		     true);
	card(3, ID_CIRRUS, VGA_CLASS, MEMORY + 0x2000000);
	find_it(0);
	assert_int_equal(adapter.number, 2);
	assert_true(adapter_is_cirrus());
	find_it(MEMORY + 0x800);
	assert_int_equal(adapter.number, 0);
	assert_false(adapter_is_cirrus());
	find_it(MEMORY + 0x1000000);
	assert_int_equal(adapter.number, 1);
	find_it(MEMORY - 1);
	assert_null(adapter.function);
}

static void above_4_gib(void **state)
{
	int other = card(1, ID_OTHER, VGA_CLASS, 0xd0000000);

	(void)state;
	(void)other;
	fake_pci_set(card(2, ID_OTHER + 1, VGA_CLASS, PCI_BAR_64), PCI_BAR0 + 4, 4, 0x80, true);
	find_it(0x8000001000);
	assert_int_equal(adapter.number, 1);
	find_it(0xd0000000);
	assert_int_equal(adapter.number, 0);
}

/* A kernel without a driver leaves the adapter awake, and no bus master. */
static void a_driver_has_it(void **state)
{
	(void)state;
	card(1, ID_OTHER, VGA_CLASS, MEMORY);
	find_it(0);
	leaves(ON, 0, false);
	assert_null(adapter_lost());
	leaves(ON | PCI_COMMAND_MASTER, 0, false);
	assert_ptr_equal(adapter_lost(), &pci_functions()->function[0]);
	assert_null(adapter_lost()); /* told already */
	leaves(ON, 0, false);	     /* the next slot does not bring it back */
	assert_non_null(adapter_lost());
	find_it(0);
	leaves(0, 3, false);
	assert_non_null(adapter_lost());
	find_it(0);
	leaves(0, 0, true);
	assert_non_null(adapter_lost());
}

/* All registers that make a mode are kept, whoever works with it. */
static void known_ones_are_not_lost(void **state)
{
	(void)state;
	card(1, ID_BOCHS, VGA_CLASS, MEMORY);
	find_it(MEMORY);
	leaves(ON, 0, true);
	assert_null(adapter_lost());
	fake_pci_reset();
	card(1, ID_CIRRUS, VGA_CLASS, MEMORY);
	find_it(MEMORY);
	leaves(ON | PCI_COMMAND_MASTER, 3, false);
	assert_null(adapter_lost());
}

static void firmware_left_a_bus_master(void **state)
{
	(void)state;
	fake_pci_set(card(1, ID_OTHER, VGA_CLASS, MEMORY), PCI_COMMAND, 2, ON | PCI_COMMAND_MASTER,
		     true);
	find_it(0);
	leaves(ON | PCI_COMMAND_MASTER, 0, false);
	assert_null(adapter_lost());
	leaves(0, 0x103, false);
	assert_non_null(adapter_lost());
}

static void qxl(void **state)
{
	int index = card(1, ID_QXL, VGA_CLASS, MEMORY);

	(void)state;
	find_it(MEMORY);
	adapter_take_back(); /* its ports have no address */
	assert_int_equal(fake_port_writes, 0);
	fake_pci_set(index, QXL_IO_BAR, 4, PORTS | PCI_BAR_IO, true);
	fake_pci_set(index, PCI_COMMAND, 2, PCI_COMMAND_MEMORY, true);
	adapter_take_back();
	assert_int_equal(fake_port[PORTS + QXL_IO_RESET], 0);
	assert_int_equal(fake_port_writes, 1);
	assert_int_equal(fake_pci_get(index, PCI_COMMAND, 2), PCI_COMMAND_MEMORY);
	leaves(ON | PCI_COMMAND_MASTER, 3, false);
	assert_null(adapter_lost());
	pci_functions()->function[0].works_for = 1;
	adapter_take_back();
	assert_int_equal(fake_port_writes, 1);
	leaves(0, 0, true);
	assert_non_null(adapter_lost());
}

#define COMMON_AT 0x40u
#define ACCESS_AT 0x60u
#define STATUS_IN (ACCESS_AT + VIRTIO_DATA)

static void virtio(void **state)
{
	int index = card(1, ID_VIRTIO_GPU, VGA_CLASS, MEMORY);

	(void)state;
	fake_pci_capability(index, CAPABILITY_VENDOR, COMMON_AT, 16);
	fake_pci_capability(index, CAPABILITY_VENDOR, ACCESS_AT, 20);
	fake_pci_set(index, COMMON_AT + VIRTIO_TYPE, 1, VIRTIO_COMMON, false);
	fake_pci_set(index, COMMON_AT + VIRTIO_BAR, 1, 2, false);
	fake_pci_set(index, COMMON_AT + VIRTIO_OFFSET, 4, 0x1000, false);
	fake_pci_set(index, ACCESS_AT + VIRTIO_TYPE, 1, VIRTIO_ACCESS, false);
	fake_pci_set(index, ACCESS_AT + VIRTIO_BAR, 4, 0xff, true);
	fake_pci_set(index, ACCESS_AT + VIRTIO_OFFSET, 4, 0, true);
	fake_pci_set(index, ACCESS_AT + VIRTIO_LENGTH, 4, 0, true);
	fake_pci_set(index, STATUS_IN, 4, 0xb, true); /* no driver of its own */
	find_it(MEMORY);
	leaves(ON | PCI_COMMAND_MASTER, 0, false);
	assert_int_equal(fake_pci_get(index, ACCESS_AT + VIRTIO_BAR, 1), 2);
	assert_int_equal(fake_pci_get(index, ACCESS_AT + VIRTIO_OFFSET, 4), 0x1014);
	assert_int_equal(fake_pci_get(index, ACCESS_AT + VIRTIO_LENGTH, 4), 1);
	assert_null(adapter_lost());
	fake_pci_set(index, STATUS_IN, 4, 0, true);
	leaves(ON, 0, false); /* nobody has touched it */
	assert_null(adapter_lost());
	leaves(ON | PCI_COMMAND_MASTER, 0, false); /* it was shut down */
	assert_non_null(adapter_lost());
	find_it(MEMORY);
	fake_pci_set(index, STATUS_IN, 4, 0xf, true);
	leaves(ON, 0, false);
	assert_non_null(adapter_lost());
	find_it(MEMORY);
	leaves(0, 0, true); /* a quick switch */
	assert_non_null(adapter_lost());
}

/* It has only one of the capabilities: nothing is known of it. */
static void virtio_without_access(void **state)
{
	int index = card(1, ID_VIRTIO_GPU, VGA_CLASS, MEMORY);

	(void)state;
	fake_pci_capability(index, CAPABILITY_VENDOR, ACCESS_AT, 20);
	fake_pci_set(index, ACCESS_AT + VIRTIO_TYPE, 1, VIRTIO_ACCESS, false);
	fake_pci_set(index, STATUS_IN, 4, 0xf, true);
	find_it(MEMORY);
	leaves(ON | PCI_COMMAND_MASTER, 0, false);
	assert_null(adapter_lost());
}

/* A Cirrus of which each register is a byte, and the hidden one is behind four reads. */
static struct {
	uint8_t sequencer[256], crtc[256], graphics[256], hidden;
	uint32_t knocks;
} chip;

static uint8_t *chip_register(uint16_t port)
{
	if (port == VGA_SEQUENCER_DATA)
		return &chip.sequencer[fake_port[VGA_SEQUENCER_INDEX]];
	if (port == VGA_CRTC_DATA)
		return &chip.crtc[fake_port[VGA_CRTC_INDEX]];
	return port == VGA_GRAPHICS_DATA ? &chip.graphics[fake_port[VGA_GRAPHICS_INDEX]] : NULL;
}

static void chip_read(uint16_t port)
{
	if (chip_register(port))
		fake_port[port] = *chip_register(port);
	if (port != VGA_DAC_MASK)
		return;
	fake_port[port] = DAC_MASK_ALL;
	if (chip.knocks++ == DAC_KNOCKS) {
		fake_port[port] = chip.hidden;
		chip.knocks = 0;
	}
}

static void chip_written(uint16_t port)
{
	if (chip_register(port))
		*chip_register(port) = fake_port[port];
	if (port != VGA_DAC_MASK)
		return;
	if (chip.knocks == DAC_KNOCKS)
		chip.hidden = fake_port[port];
	chip.knocks = 0;
}

static void cirrus_comes_back(void **state)
{
	struct cirrus_registers saved = {0}, now = {0};

	(void)state;
	memset(&chip, 0x5a, sizeof(chip));
	chip.hidden = 0xc1;
	chip.sequencer[SEQUENCER_UNLOCK] = 0x0f;
	fake_port_read = chip_read;
	fake_port_written = chip_written;
	for (chip.knocks = 0; chip.knocks <= DAC_KNOCKS; chip.knocks++) {
		uint32_t before = chip.knocks;

		cirrus_read(&saved);
		assert_int_equal(saved.hidden_dac, 0xc1);
		assert_int_equal(chip.knocks, 0);
		chip.knocks = before;
	}
	chip.hidden = 0;
	chip.sequencer[7] = chip.graphics[9] = chip.crtc[0x1b] = chip.knocks = 0;
	cirrus_read(&now);
	cirrus_write(&saved, &now);
	assert_int_equal(chip.hidden, 0xc1);
	assert_int_equal(chip.sequencer[7], 0x5a);
	assert_int_equal(chip.crtc[0x1b], 0x5a);
	assert_int_equal(chip.graphics[9], 0x5a);
	assert_int_equal(chip.sequencer[SEQUENCER_UNLOCK], 0x0f);
	fake_port_writes = 0;
	cirrus_write(&saved, &saved);
	assert_int_equal(fake_port_writes, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)
	const struct CMUnitTest tests[] = {
		TEST(which_one),
		TEST(above_4_gib),
		TEST(a_driver_has_it),
		TEST(firmware_left_a_bus_master),
		TEST(known_ones_are_not_lost),
		TEST(qxl),
		TEST(virtio),
		TEST(virtio_without_access),
		TEST(cirrus_comes_back),
	};

	return cmocka_run_group_tests_name("adapter", tests, NULL, NULL);
}
