// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * items_pci.c - configuration space of devices without a driver. PCI Local Bus specification 3.0,
 * chapter 6; PCI-to-PCI bridge architecture 1.2, chapter 3; configuration mechanism #1.
 *
 * One function of each kind is enough. The function whose base addresses change has no MSI-X table,
 * because the table's entries would move with them. No function is a host bridge, storage or the
 * screen.
 */
#include "access.h"
#include "item.h"

#define CONFIG_ADDRESS			       0xcf8
#define CONFIG_DATA			       0xcfc
#define CONFIG_ENABLE			       (1u << 31)
#define CONFIG_FUNCTION(bus, device, function) ((bus) << 16 | (device) << 11 | (function) << 8)

enum {
	PCI_VENDOR = 0x00, /* each has 32 bits, with the fields behind it */
	PCI_COMMAND = 0x04,
	PCI_CLASS = 0x08,
	PCI_HEADER = 0x0c,
	PCI_BAR0 = 0x10,
	PCI_BUS = 0x18, /* and the secondary latency timer */
	PCI_IO_WINDOW = 0x1c,
	PCI_MEMORY_WINDOW = 0x20,
	PCI_PREFETCH_WINDOW = 0x24,
	PCI_PREFETCH_HIGH = 0x28, /* base, then limit */
	PCI_ROM = 0x30,
	PCI_CAPABILITIES = 0x34,
	PCI_INTERRUPT = 0x3c, /* bridges: control in its upper half */
};

#define VENDOR_NONE	    0xffff
#define COMMAND_MASK	    0xffffull /* the upper half is write-1-to-clear */
#define COMMAND_VARY	    0x0507    /* I/O, memory, bus master, SERR, no INTx */
#define COMMAND_MEMORY	    0x2
#define STATUS_CAPABILITIES (1u << 20)
#define CLASS(reg)	    ((reg) >> 24)
#define SUBCLASS(reg)	    ((reg) >> 16 & 0xff)
#define CLASS_STORAGE	    0x01
#define CLASS_DISPLAY	    0x03
#define CLASS_BRIDGE	    0x06
#define SUBCLASS_PCI_BRIDGE 0x04
#define HEADER_TYPE(reg)    ((reg) >> 16 & 0x7f)
#define HEADER_MULTI	    (1u << 23)
#define BAR_IO		    1u
/* Firmware gives these addresses to no device. It starts at the other ends of these ranges. */
#define BAR_MEMORY_VARY 0x0ff00000u
#define BAR_MEMORY_BASE 0xe0000000u
#define ROM_VARY	0x0ff00000u
#define BAR_IO_VARY	0x0f00u
#define BAR_IO_BASE	0xd000u

#define CAP_POWER	0x01
#define CAP_MSI		0x05
#define CAP_EXPRESS	0x10
#define CAP_MSIX	0x11
#define CAP_NEXT(reg)	((reg) >> 8 & 0xff)
#define CAPS_MAX	48
/* Message control, in the upper half of a capability's first word. */
#define MSI_CONTROL_VARY 0x00700000u /* how many of the messages are used */
#define MSI_CONTROL_64	 (1u << 23)
#define MSI_MASK	 0x0c /* behind an address of 32 bits */
#define MSI_CONTROL_MASK (1u << 24)
/* PCI power management 1.2, 3.2.4: PME enable, data select. No device falls asleep. */
#define POWER_CONTROL 0x04
#define POWER_VARY    0x1f00
/* PCI Express 3.0, 7.8.4: which errors are reported. */
#define EXPRESS_CONTROL	 0x08
#define EXPRESS_VARY	 0x000f
#define MSIX_ENABLE	 (1u << 31)
#define MSIX_MASKED	 (1u << 30)
#define MSI_ADDRESS	 0xfee00000u
#define MSI_ADDRESS_VARY 0x000ff00cu
#define MSIX_BAR(reg)	 (7 & (reg))
#define MSIX_OFFSET(reg) ((reg) & ~7u)
#define MSIX_VECTORS	 2 /* entries of the table that are tested */
#define MSIX_ENTRY	 16

/*
 * The functions that are tested, as CONFIG_FUNCTION. 0, the host bridge, means that none was found.
 */
static struct {
	bool scanned;
	uint32_t plain, bridge, rom;
	uint32_t msi, msi_cap;
	uint32_t power, power_cap;
	uint32_t express, express_cap;
	uint32_t msix, msix_cap, msix_table;
} pci;

/* The address register is an item, too, so it is restored. */
static uint32_t config_read(uint32_t function, uint32_t offset)
{
	uint32_t address = inl(CONFIG_ADDRESS), value;

	outl(CONFIG_ADDRESS, CONFIG_ENABLE | function | (offset & ~3u));
	value = inl(CONFIG_DATA);
	outl(CONFIG_ADDRESS, address);
	return value;
}

static void config_write(uint32_t function, uint32_t offset, uint32_t value)
{
	uint32_t address = inl(CONFIG_ADDRESS);

	outl(CONFIG_ADDRESS, CONFIG_ENABLE | function | (offset & ~3u));
	outl(CONFIG_DATA, value);
	outl(CONFIG_ADDRESS, address);
}

static uint64_t address_get(uint32_t which)
{
	(void)which;
	return inl(CONFIG_ADDRESS);
}

static void address_set(uint32_t which, uint64_t value)
{
	(void)which;
	outl(CONFIG_ADDRESS, (uint32_t)value);
}

/* The capability's offset, or 0. */
static uint32_t find_capability(uint32_t function, uint32_t id)
{
	uint32_t offset;

	if (!(config_read(function, PCI_COMMAND) & STATUS_CAPABILITIES))
		return 0;
	offset = config_read(function, PCI_CAPABILITIES) & 0xfc;
	for (uint32_t i = 0; i < CAPS_MAX && offset; i++) {
		uint32_t cap = config_read(function, offset);

		if ((cap & 0xff) == id)
			return offset;
		offset = CAP_NEXT(cap) & 0xfc;
	}
	return 0;
}

/*
 * Where the table is. Memory decoding must be on. 0 if the table is above 4 GiB, or has no address.
 */
static uint32_t msix_table(uint32_t function, uint32_t cap)
{
	uint32_t place = config_read(function, cap + 4);
	uint32_t bar = PCI_BAR0 + 4 * MSIX_BAR(place);
	uint32_t base = config_read(function, bar) & ~0xfu;

	return base ? base + MSIX_OFFSET(place) : 0;
}

static void take_msix(uint32_t function, uint32_t cap)
{
	uint32_t table = msix_table(function, cap);

	if (pci.msix || !table)
		return;
	pci.msix = function;
	pci.msix_cap = cap;
	pci.msix_table = table;
	config_write(function, PCI_COMMAND,
		     (config_read(function, PCI_COMMAND) & COMMAND_MASK) | COMMAND_MEMORY);
}

/* Takes a function for MSI. One that can mask each message is better. */
static void take_msi(uint32_t function)
{
	uint32_t cap = find_capability(function, CAP_MSI);

	if (!cap || (pci.msi && !(config_read(function, cap) & MSI_CONTROL_MASK)))
		return;
	pci.msi = function;
	pci.msi_cap = cap;
}

/* True if the register keeps what is written to these bits. Not every device does. */
static bool sticks(uint32_t function, uint32_t offset, uint32_t bits)
{
	uint32_t was = config_read(function, offset), is;

	config_write(function, offset, was ^ bits);
	is = config_read(function, offset);
	config_write(function, offset, was);
	return ((was ^ is) & bits) == bits;
}

static void take_power(uint32_t function)
{
	uint32_t cap = find_capability(function, CAP_POWER);

	if (pci.power || !cap || !sticks(function, cap + POWER_CONTROL, POWER_VARY))
		return;
	pci.power = function;
	pci.power_cap = cap;
}

static void take_express(uint32_t function)
{
	uint32_t cap = find_capability(function, CAP_EXPRESS);

	if (pci.express || !cap || !sticks(function, cap + EXPRESS_CONTROL, EXPRESS_VARY))
		return;
	pci.express = function;
	pci.express_cap = cap;
}

static void consider(uint32_t function)
{
	uint32_t class = config_read(function, PCI_CLASS);
	uint32_t msix = find_capability(function, CAP_MSIX);

	if (CLASS(class) == CLASS_STORAGE || CLASS(class) == CLASS_DISPLAY)
		return;
	take_msi(function);
	take_power(function);
	take_express(function);
	if (CLASS(class) == CLASS_BRIDGE) {
		if (!pci.bridge && SUBCLASS(class) == SUBCLASS_PCI_BRIDGE)
			pci.bridge = function;
		return;
	}
	if (!pci.rom && sticks(function, PCI_ROM, ROM_VARY))
		pci.rom = function;
	if (msix)
		take_msix(function, msix);
	else if (!pci.plain && config_read(function, PCI_BAR0))
		pci.plain = function;
}

static void scan_device(uint32_t bus, uint32_t device)
{
	uint32_t functions = 1;

	for (uint32_t n = 0; n < functions; n++) {
		uint32_t function = CONFIG_FUNCTION(bus, device, n);

		if ((config_read(function, PCI_VENDOR) & 0xffff) == VENDOR_NONE)
			continue;
		if (n == 0 && (config_read(function, PCI_HEADER) & HEADER_MULTI))
			functions = 8;
		consider(function);
	}
}

/*
 * Only scans the root bus. Devices behind a bridge are out of reach while its windows are filled.
 */
static void scan(void)
{
	if (pci.scanned)
		return;
	pci.scanned = true;
	for (uint32_t device = 0; device < 32; device++)
		scan_device(0, device);
}

static bool has_plain(void)
{
	scan();
	return pci.plain;
}

static bool has_rom(void)
{
	scan();
	return pci.rom;
}

static bool has_bridge(void)
{
	scan();
	return pci.bridge;
}

static bool has_msi(void)
{
	scan();
	return pci.msi;
}

static bool has_msi_64(void)
{
	return has_msi() && (config_read(pci.msi, pci.msi_cap) & MSI_CONTROL_64);
}

static bool has_msi_mask(void)
{
	return has_msi() && (config_read(pci.msi, pci.msi_cap) & MSI_CONTROL_MASK);
}

static bool has_power(void)
{
	scan();
	return pci.power;
}

static bool has_express(void)
{
	scan();
	return pci.express;
}

static bool has_msix(void)
{
	scan();
	return pci.msix;
}

/* A register of each of these functions, by its offset. */
#define DEFINE_FUNCTION(name, field, base)                                \
	static uint64_t name##_get(uint32_t which)                        \
	{                                                                 \
		return config_read(pci.field, (base) + which);            \
	}                                                                 \
	static void name##_set(uint32_t which, uint64_t value)            \
	{                                                                 \
		config_write(pci.field, (base) + which, (uint32_t)value); \
	}

DEFINE_FUNCTION(plain, plain, 0)
DEFINE_FUNCTION(bridge, bridge, 0)
DEFINE_FUNCTION(rom, rom, 0)
DEFINE_FUNCTION(msi, msi, pci.msi_cap)
DEFINE_FUNCTION(msix, msix, pci.msix_cap)
DEFINE_FUNCTION(power, power, pci.power_cap)
DEFINE_FUNCTION(express, express, pci.express_cap)

static uint64_t command_get(uint32_t which)
{
	return plain_get(which) & COMMAND_MASK;
}

/* Writes a base address. It stays below a limit, away from other devices, and keeps its kind. */
static void bar_set(uint32_t which, uint64_t value)
{
	if (plain_get(which) & BAR_IO)
		plain_set(which, BAR_IO_BASE | (value & BAR_IO_VARY));
	else
		plain_set(which, BAR_MEMORY_BASE | (value & BAR_MEMORY_VARY));
}

/* The upper half of these registers is status. */
static uint64_t power_control_get(uint32_t which)
{
	return power_get(which) & COMMAND_MASK;
}

static uint64_t express_control_get(uint32_t which)
{
	return express_get(which) & COMMAND_MASK;
}

/* If a message has 64-bit addresses, data and mask follow the address's upper half. */
static uint64_t mask_get(uint32_t which)
{
	return msi_get(which + (has_msi_64() ? 4 : 0));
}

static void mask_set(uint32_t which, uint64_t value)
{
	msi_set(which + (has_msi_64() ? 4 : 0), value);
}

static uint64_t data_get(uint32_t which)
{
	return msi_get(which + (has_msi_64() ? 4 : 0)) & 0xffff;
}

static void data_set(uint32_t which, uint64_t value)
{
	msi_set(which + (has_msi_64() ? 4 : 0), value);
}

static uint64_t table_get(uint32_t which)
{
	return memory_get(pci.msix_table + which);
}

static void table_set(uint32_t which, uint64_t value)
{
	memory_set(pci.msix_table + which, value);
}

#define FILLED(title, kind, offset, bits) \
	.name = title, .get = kind##_get, .set = kind##_set, .which = offset, .vary = bits

static const struct item plain[] = {
	{.name = "pci-command",
	 .get = command_get,
	 .set = plain_set,
	 .which = PCI_COMMAND,
	 .vary = COMMAND_VARY},
	{.name = "pci-bar", .get = plain_get, .set = bar_set, .which = PCI_BAR0, .vary = ~0ull},
	{FILLED("pci-cache-line", plain, PCI_HEADER, 0xff)},
	{FILLED("pci-interrupt-line", plain, PCI_INTERRUPT, 0xff)},
};
/* Not enabled. */
static const struct item rom[] = {
	{FILLED("pci-rom", rom, PCI_ROM, ROM_VARY), .fixed = BAR_MEMORY_BASE, .clear = 1},
};
static const struct item address[] = {
	{.name = "pci-address",
	 .get = address_get,
	 .set = address_set,
	 .vary = 0x00fffffc,
	 .fixed = CONFIG_ENABLE},
};
static const struct item bridge[] = {
	/* Secondary and subordinate bus get numbers that no bus has. */
	{FILLED("pci-bridge-bus", bridge, PCI_BUS, 0x003f3f00), .fixed = 0x00c08000},
	{FILLED("pci-bridge-io", bridge, PCI_IO_WINDOW, 0x7070), .fixed = 0x8080,
	 .clear = 0xffff0000},
	{FILLED("pci-bridge-memory", bridge, PCI_MEMORY_WINDOW, 0x00f000f0), .fixed = 0xe000e000},
	{FILLED("pci-bridge-prefetch", bridge, PCI_PREFETCH_WINDOW, 0x00f000f0),
	 .fixed = 0xe000e000},
	{FILLED("pci-bridge-latency", bridge, PCI_BUS, 0xff000000)},
	{FILLED("pci-bridge-prefetch-high", bridge, PCI_PREFETCH_HIGH, 0xff), .count = 2,
	 .step = 4},
	{FILLED("pci-bridge-control", bridge, PCI_INTERRUPT, 0x000300ff)}, /* parity, SERR */
};
static const struct item msi[] = {
	{FILLED("pci-msi-control", msi, 0, MSI_CONTROL_VARY)},
	{FILLED("pci-msi-address", msi, 4, MSI_ADDRESS_VARY), .fixed = MSI_ADDRESS},
	{.name = "pci-msi-data", .get = data_get, .set = data_set, .which = 8, .vary = 0xffff},
};
static const struct item msi_64[] = {{FILLED("pci-msi-address", msi, 8, 0xffffffff)}};
static const struct item msi_mask[] = {
	{.name = "pci-msi-mask", .get = mask_get, .set = mask_set, .which = MSI_MASK, .vary = 1},
};
static const struct item power[] = {
	{.name = "pci-power",
	 .get = power_control_get,
	 .set = power_set,
	 .which = POWER_CONTROL,
	 .vary = POWER_VARY},
};
static const struct item express[] = {
	{.name = "pci-express",
	 .get = express_control_get,
	 .set = express_set,
	 .which = EXPRESS_CONTROL,
	 .vary = EXPRESS_VARY},
};
static const struct item msix[] = {
	{FILLED("pci-msix-control", msix, 0, MSIX_ENABLE), .fixed = MSIX_MASKED},
	{FILLED("pci-msix-table", table, 0, MSI_ADDRESS_VARY), .fixed = MSI_ADDRESS,
	 .count = MSIX_VECTORS, .step = MSIX_ENTRY},
	{FILLED("pci-msix-table", table, 4, 0xffffffff), .count = MSIX_VECTORS, .step = MSIX_ENTRY},
	{FILLED("pci-msix-table", table, 8, 0xffffffff), .count = MSIX_VECTORS, .step = MSIX_ENTRY},
	{FILLED("pci-msix-table", table, 12, 1), .count = MSIX_VECTORS, .step = MSIX_ENTRY},
};

const struct group groups_pci[] = {
	{GROUP("pci-function", has_plain, plain), .scope = SCOPE_DEEP},
	{GROUP("pci-rom", has_rom, rom), .scope = SCOPE_DEEP},
	{GROUP("pci-bridge", has_bridge, bridge)},
	{GROUP("pci-msi", has_msi, msi), .scope = SCOPE_DEEP},
	{GROUP("pci-msi-64", has_msi_64, msi_64), .scope = SCOPE_DEEP},
	{GROUP("pci-msi-mask", has_msi_mask, msi_mask), .scope = SCOPE_DEEP},
	{GROUP("pci-power", has_power, power), .scope = SCOPE_DEEP},
	{GROUP("pci-express", has_express, express), .scope = SCOPE_DEEP},
	{GROUP("pci-msix", has_msix, msix), .scope = SCOPE_DEEP},
	{GROUP("pci-address", NULL, address)},
	{0},
};
