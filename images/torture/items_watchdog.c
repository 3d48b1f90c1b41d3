// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * items_watchdog.c - watchdogs that QEMU has: Intel's 6300ESB on PCI, and the TCO timer of an ICH9
 * (q35). Their times are long, and the machine is started so that none of them resets it.
 */
#include "access.h"
#include "item.h"

#define CONFIG_ADDRESS	      0xcf8
#define CONFIG_DATA	      0xcfc
#define CONFIG_ENABLE	      (1u << 31)
#define CONFIG_DEVICE(device) ((device) << 11)
#define CONFIG_ICH9	      (CONFIG_DEVICE(0x1f))
#define DEVICES		      32

/* 6300ESB datasheet, 17.4: in configuration space, with accesses of just these sizes. */
#define ESB_ID		0x25ab8086
#define ESB_CONFIG	0x60 /* 16 bits */
#define ESB_CONFIG_VARY 0x20 /* whether it resets the machine */
#define ESB_LOCK	0x68 /* 8 bits */
#define ESB_LOCK_VARY	0x06 /* enabled, free running */

/* ICH9 datasheet, 13.1.13, 13.9, 10.1.75. */
#define ICH9_ID		  0x29188086
#define ICH9_ACPI_BASE	  0x40
#define ICH9_ACPI_MASK	  0xff80
#define ICH9_CHIPSET_BASE 0xf0
#define TCO		  0x60 /* ports, from ACPI's */
#define TCO_CONTROL	  0x08
#define TCO_CONTROL_VARY  0x0a00 /* halted, NMI to SMI */
#define TCO_TIME	  0x12
#define TCO_TIME_VARY	  0x01ff
#define TCO_TIME_LONG	  0x0200 /* 5 minutes at least */
#define GCS		  0x3410
#define GCS_NO_REBOOT	  0x20

static uint32_t esb; /* in the form of mechanism 1's address register */
static uint16_t tco; /* port */
static uint32_t gcs; /* address */

/*
 * The address register is an item, too (items_pci.c), so it is put back. Offsets are multiples of 4.
 */
#define DEFINE_CONFIG(bits, type, in, out)                                                     \
	static type config_read_##bits(uint32_t function, uint32_t offset)                     \
	{                                                                                      \
		uint32_t address = inl(CONFIG_ADDRESS);                                        \
		type value;                                                                    \
                                                                                               \
		outl(CONFIG_ADDRESS, CONFIG_ENABLE | function | offset);                       \
		value = in(CONFIG_DATA);                                                       \
		outl(CONFIG_ADDRESS, address);                                                 \
		return value;                                                                  \
	}                                                                                      \
	static inline void config_write_##bits(uint32_t function, uint32_t offset, type value) \
	{                                                                                      \
		uint32_t address = inl(CONFIG_ADDRESS);                                        \
                                                                                               \
		outl(CONFIG_ADDRESS, CONFIG_ENABLE | function | offset);                       \
		out(CONFIG_DATA, value);                                                       \
		outl(CONFIG_ADDRESS, address);                                                 \
	}

DEFINE_CONFIG(8, uint8_t, inb, outb)
DEFINE_CONFIG(16, uint16_t, inw, outw)
DEFINE_CONFIG(32, uint32_t, inl, outl)

static bool has_esb(void)
{
	for (uint32_t device = 0; device < DEVICES && !esb; device++)
		if (config_read_32(CONFIG_DEVICE(device), 0) == ESB_ID)
			esb = CONFIG_DEVICE(device);
	return esb;
}

static bool has_tco(void)
{
	if (config_read_32(CONFIG_ICH9, 0) != ICH9_ID)
		return false;
	tco = (uint16_t)((config_read_16(CONFIG_ICH9, ICH9_ACPI_BASE) & ICH9_ACPI_MASK) + TCO);
	gcs = (config_read_32(CONFIG_ICH9, ICH9_CHIPSET_BASE) & ~1u) + GCS;
	return true;
}

static uint64_t esb_config_get(uint32_t which)
{
	return config_read_16(esb, which);
}

static void esb_config_set(uint32_t which, uint64_t value)
{
	config_write_16(esb, which, (uint16_t)value);
}

static uint64_t esb_lock_get(uint32_t which)
{
	return config_read_8(esb, which);
}

static void esb_lock_set(uint32_t which, uint64_t value)
{
	config_write_8(esb, which, (uint8_t)value);
}

static uint64_t tco_get(uint32_t which)
{
	return inw((uint16_t)(tco + which));
}

static void tco_set(uint32_t which, uint64_t value)
{
	outw((uint16_t)(tco + which), (uint16_t)value);
}

static uint64_t gcs_get(uint32_t which)
{
	(void)which;
	return memory_get(gcs);
}

static void gcs_set(uint32_t which, uint64_t value)
{
	(void)which;
	memory_set(gcs, value);
}

static const struct item i6300esb[] = {
	{.name = "i6300esb-config",
	 .get = esb_config_get,
	 .set = esb_config_set,
	 .which = ESB_CONFIG,
	 .vary = ESB_CONFIG_VARY},
	{.name = "i6300esb-enable",
	 .get = esb_lock_get,
	 .set = esb_lock_set,
	 .which = ESB_LOCK,
	 .vary = ESB_LOCK_VARY},
};
static const struct item tco_timer[] = {
	{.name = "tco-time",
	 .get = tco_get,
	 .set = tco_set,
	 .which = TCO_TIME,
	 .vary = TCO_TIME_VARY,
	 .fixed = TCO_TIME_LONG},
	{.name = "tco-control",
	 .get = tco_get,
	 .set = tco_set,
	 .which = TCO_CONTROL,
	 .vary = TCO_CONTROL_VARY},
	{.name = "tco-reset", .get = gcs_get, .set = gcs_set, .vary = GCS_NO_REBOOT},
};

const struct group groups_watchdog[] = {
	{GROUP("i6300esb", has_esb, i6300esb)},
	{GROUP("tco", has_tco, tco_timer)},
	{0},
};
