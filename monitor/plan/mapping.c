// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/plan/mapping.h"
#include "arch/x86/screen/framebuffer.h"

uint64_t mapping_framebuffer_end(const struct boot_info *boot)
{
	if (boot->screen != SCREEN_FRAMEBUFFER)
		return 0;
	return boot->framebuffer.base + framebuffer_size(&boot->framebuffer);
}

uint64_t mapping_end(const struct plan *plan, const struct boot_info *boot)
{
	uint64_t end = mapping_framebuffer_end(boot);

	for (uint32_t i = 0; i < plan->count; i++) {
		const struct plan_region *region = &plan->region[i];

		if (region->type == REGION_RAM && region->base + region->size > end)
			end = region->base + region->size;
	}
	return end;
}

bool mapping_check_framebuffer(struct boot_info *boot, uint64_t limit, struct error *error)
{
	const struct boot_framebuffer *mode = &boot->framebuffer;
	const char *fault;

	if (boot->screen != SCREEN_FRAMEBUFFER)
		return true;
	fault = framebuffer_fault(mode);
	if (!fault && mapping_framebuffer_end(boot) > limit)
		fault = "higher than what can be mapped";
	if (!fault)
		return true;
	boot->screen = SCREEN_NONE;
	return fail(error, "framebuffer at %#lx, %ux%u, %u bits a pixel: %s; there is no screen",
		    mode->base, mode->width, mode->height, mode->bits, fault);
}

uint64_t mapping_cut_ram(struct boot_info *boot, uint64_t limit)
{
	uint64_t left_out = 0;

	for (uint32_t i = 0; i < boot->region_count; i++) {
		struct region *region = &boot->region[i];

		if (region->type != REGION_RAM ||
		    (region->base < limit && region->size <= limit - region->base))
			continue;
		if (region->base >= limit) {
			left_out += region->size;
			region->type = REGION_RESERVED;
		} else {
			left_out += region->size - (limit - region->base);
			region->size = limit - region->base;
		}
	}
	return left_out;
}
