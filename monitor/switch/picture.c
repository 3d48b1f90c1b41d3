// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/picture.h"
#include "arch/x86/screen/framebuffer.h"
#include "lib/units.h"
#include "monitor/plan/plan_monitor.h"
#include "monitor/plan/plan_regions.h"
#include "monitor/switch/kept_state.h"

static uint64_t picture_size(const struct monitor *monitor)
{
	return page_up(framebuffer_size(&monitor->boot->framebuffer));
}

void picture_init(struct monitor *monitor)
{
	uint64_t size = picture_size(monitor);
	struct error error;

	if (monitor->boot->screen != SCREEN_FRAMEBUFFER)
		return;
	if (!plan_pictures(&monitor->plan, monitor->slots.count, size, &error)) {
		log_line(&monitor->log, LOG_WARN,
			 "%s; a slot that is resumed will find a black screen", error.text);
		return;
	}
	for (uint32_t i = 0; i < monitor->slots.count; i++)
		kept_state(i)->picture = monitor->plan.pictures.base + i * size;
}

bool picture_add(struct monitor *monitor, uint32_t index)
{
	return monitor->boot->screen != SCREEN_FRAMEBUFFER ||
	       plan_take(&monitor->plan, picture_size(monitor), UINT64_MAX, OWNER_PICTURES,
			 &kept_state(index)->picture);
}

void picture_drop(struct monitor *monitor, uint32_t index)
{
	uint64_t picture = kept_state(index)->picture;

	if (picture)
		plan_release(&monitor->plan, picture, picture_size(monitor), OWNER_PICTURES);
}

void picture_save(const struct monitor *monitor, uint32_t index)
{
	uint64_t picture = kept_state(index)->picture;

	if (picture)
		framebuffer_save(&monitor->boot->framebuffer, picture);
}

void picture_restore(const struct monitor *monitor, uint32_t index)
{
	const struct boot_info *boot = monitor->boot;
	uint64_t picture = kept_state(index)->picture;

	if (boot->screen != SCREEN_FRAMEBUFFER)
		return;
	if (picture)
		framebuffer_restore(&boot->framebuffer, picture);
	else
		framebuffer_blank(&boot->framebuffer);
}
