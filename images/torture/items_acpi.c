// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * items_acpi.c - which events ACPI's hardware reports. ACPI 6.4, sections 4.8.4 and 5.2. Their
 * interrupt is masked in this guest.
 */
#include <stddef.h>
#include "../cpus/find_acpi.h"
#include "access.h"
#include "item.h"

/* The needed part of the FADT: table 5.9. */
struct fadt {
	struct table_header header;
	uint8_t before_blocks[20];
	uint32_t pm1a_event, pm1b_event, pm1a_control, pm1b_control, pm2_control, pm_timer;
	uint32_t gpe0, gpe1;
	uint8_t pm1_event_length, pm1_control_length, pm2_control_length, pm_timer_length;
	uint8_t gpe0_length, gpe1_length;
} __attribute__((packed));
_Static_assert(offsetof(struct fadt, pm1a_event) == 56, "as ACPI 6.4, table 5.9 has it");
_Static_assert(offsetof(struct fadt, gpe0_length) == 92, "as ACPI 6.4, table 5.9 has it");

#define PM1_VARY  0x0521 /* timer, global lock, power button, clock's alarm */
#define GPE0_VARY 0xff

/* Where the enable registers begin, in the second half of each block. 0 if there is none. */
static struct {
	const void *rsdp;
	uint16_t pm1_enable, gpe0_enable;
} acpi;

void items_acpi_set_rsdp(const void *rsdp)
{
	acpi.rsdp = rsdp;
}

const void *items_acpi_table(const char *signature)
{
	return acpi_table(acpi.rsdp, signature);
}

static bool has_pm1(void)
{
	const struct fadt *fadt = items_acpi_table("FACP");

	if (!fadt || !fadt->pm1a_event)
		return false;
	acpi.pm1_enable = (uint16_t)(fadt->pm1a_event + fadt->pm1_event_length / 2);
	return true;
}

static bool has_gpe0(void)
{
	const struct fadt *fadt = items_acpi_table("FACP");

	if (!fadt || !fadt->gpe0)
		return false;
	acpi.gpe0_enable = (uint16_t)(fadt->gpe0 + fadt->gpe0_length / 2);
	return true;
}

static uint64_t pm1_get(uint32_t which)
{
	(void)which;
	return inw(acpi.pm1_enable);
}

static void pm1_set(uint32_t which, uint64_t value)
{
	(void)which;
	outw(acpi.pm1_enable, (uint16_t)value);
}

static uint64_t gpe0_get(uint32_t which)
{
	return inb((uint16_t)(acpi.gpe0_enable + which));
}

static void gpe0_set(uint32_t which, uint64_t value)
{
	outb((uint16_t)(acpi.gpe0_enable + which), (uint8_t)value);
}

static const struct item pm1[] = {
	{.name = "acpi-pm1-enable", .get = pm1_get, .set = pm1_set, .vary = PM1_VARY},
};
static const struct item gpe0[] = {
	{.name = "acpi-gpe0-enable", .get = gpe0_get, .set = gpe0_set, .vary = GPE0_VARY},
};

const struct group groups_acpi[] = {
	{GROUP("acpi-pm1", has_pm1, pm1)},
	{GROUP("acpi-gpe0", has_gpe0, gpe0)},
	{0},
};
