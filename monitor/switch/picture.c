// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/picture.h"
#include "monitor/plan/plan_monitor.h"
#include "arch/x86/screen/framebuffer.h"
#include "lib/units.h"

static uint64_t picture_size(const struct monitor *monitor)
{
	return page_up(framebuffer_size(&monitor->boot->framebuffer));
}

void picture_init(struct monitor *monitor)
{
	struct error error;

	if (monitor->boot->screen == SCREEN_FRAMEBUFFER &&
	    !plan_pictures(&monitor->plan, monitor->slots.count, picture_size(monitor), &error))
		log_line(&monitor->log, LOG_WARN,
			 "%s; a slot that is resumed will find a black screen", error.text);
}

void picture_save(const struct monitor *monitor, uint32_t index)
{
	const struct boot_info *boot = monitor->boot;

	if (boot->screen == SCREEN_FRAMEBUFFER && monitor->plan.pictures.size)
		framebuffer_save(&boot->framebuffer,
				 monitor->plan.pictures.base + index * picture_size(monitor));
}

void picture_restore(const struct monitor *monitor, uint32_t index)
{
	const struct boot_info *boot = monitor->boot;

	if (boot->screen != SCREEN_FRAMEBUFFER)
		return;
	if (monitor->plan.pictures.size)
		framebuffer_restore(&boot->framebuffer,
				    monitor->plan.pictures.base + index * picture_size(monitor));
	else
		framebuffer_blank(&boot->framebuffer);
}
