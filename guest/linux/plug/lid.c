// SPDX-License-Identifier: GPL-2.0-only
/*
 * lid.c - lids that were opened or closed while another slot had the machine.
 *
 * ACPI tells a change once, and it told the other slot. When Linux resumes from a deep switch, its
 * driver of buttons looks how each lid is (acpi_button_resume() in drivers/acpi/button.c). After a
 * quick switch nothing is resumed, so that function is called by itself. It asks the lid (_LID,
 * ACPI 6.4, section 9.4.1), and tells programs if it is otherwise than before.
 */
#include <linux/acpi.h>
#include <linux/device.h>
#include <linux/pm.h>
#include "plug.h"

#define LID "PNP0C0D"

static void look_at(struct device *lid)
{
	const struct dev_pm_ops *pm;

	device_lock(lid);
	pm = lid->driver ? lid->driver->pm : NULL;
	if (pm && pm->resume)
		pm->resume(lid);
	device_unlock(lid);
}

void switchyard_lid_look(void)
{
	struct acpi_device *lid;

	for_each_acpi_dev_match (lid, LID, NULL, -1)
		look_at(&lid->dev);
}
