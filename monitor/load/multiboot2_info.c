// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/load/multiboot2_info.h"
#include <stddef.h>
#include "arch/x86/acpi/acpi_tables.h"
#include "arch/x86/memory/phys.h"
#include "lib/string.h"

/* Adds a tag's fixed part, and then the bytes that follow it. */
static void add_tag(struct multiboot_info *info, struct multiboot2_tag *tag, uint32_t fixed,
		    const void *rest, uint64_t rest_size)
{
	tag->size = fixed + (uint32_t)rest_size;
	multiboot_info_add(info, tag, fixed, MULTIBOOT2_TAG_ALIGN);
	if (rest_size)
		multiboot_info_add(info, rest, rest_size, 1);
}

static void add_string_tag(struct multiboot_info *info, uint32_t type, const char *string)
{
	struct multiboot2_tag tag = {.type = type};

	add_tag(info, &tag, sizeof(tag), string, strlen(string) + 1);
}

static void add_module_tags(struct multiboot_info *info, const struct slot *slot,
			    const struct multiboot_layout *layout)
{
	for (uint32_t i = 0; i < slot->module_count; i++) {
		const struct image *module = &slot->module[i];
		struct multiboot2_module_tag tag = {
			.tag.type = MULTIBOOT2_INFO_MODULE,
			.start = (uint32_t)layout->module[i],
			.end = (uint32_t)(layout->module[i] + module->size),
		};

		add_tag(info, &tag.tag, sizeof(tag), module->string, strlen(module->string) + 1);
	}
}

static void add_memory(struct multiboot_info *info, const struct load_context *context)
{
	struct multiboot2_memory_tag memory = {.tag.type = MULTIBOOT2_INFO_MEMORY,
					       .upper = multiboot_mem_upper(context)};
	struct multiboot2_map_tag map = {
		.tag = {MULTIBOOT2_INFO_MAP,
			(uint32_t)(sizeof(map) +
				   context->map_count * sizeof(struct multiboot2_map_entry))},
		.entry_size = sizeof(struct multiboot2_map_entry),
		.entry_version = MULTIBOOT2_MAP_VERSION,
	};

	add_tag(info, &memory.tag, sizeof(memory), NULL, 0);
	multiboot_info_add(info, &map, sizeof(map), MULTIBOOT2_TAG_ALIGN);
	for (uint32_t i = 0; i < context->map_count; i++) {
		struct multiboot2_map_entry entry = {.base = context->map[i].base,
						     .length = context->map[i].size,
						     .type = context->map[i].type};

		multiboot_info_add(info, &entry, sizeof(entry), 1);
	}
}

static void add_framebuffer_tag(struct multiboot_info *info, const struct boot_framebuffer *mode)
{
	struct multiboot2_framebuffer_tag tag = {
		.tag.type = MULTIBOOT2_INFO_FRAMEBUFFER,
		.address = mode->base,
		.pitch = mode->pitch,
		.width = mode->width,
		.height = mode->height,
		.bpp = mode->bits,
		.type = MULTIBOOT_FRAMEBUFFER_RGB,
	};
	struct multiboot_colours colours = multiboot_colours(mode);

	add_tag(info, &tag.tag, sizeof(tag), &colours, sizeof(colours));
}

static void add_text_screen_tag(struct multiboot_info *info)
{
	struct multiboot2_framebuffer_tag tag = {
		.tag.type = MULTIBOOT2_INFO_FRAMEBUFFER,
		.address = MULTIBOOT_TEXT_ADDRESS,
		.pitch = MULTIBOOT_TEXT_PITCH,
		.width = MULTIBOOT_TEXT_COLUMNS,
		.height = MULTIBOOT_TEXT_ROWS,
		.bpp = MULTIBOOT_TEXT_BPP,
		.type = MULTIBOOT_FRAMEBUFFER_TEXT,
	};

	add_tag(info, &tag.tag, sizeof(tag), NULL, 0);
}

/* Adds copies of the slot's RSDP. The tag for the new format needs an RSDP with an XSDT pointer. */
static void add_acpi(struct multiboot_info *info, const struct load_context *context)
{
	struct multiboot2_tag old = {.type = MULTIBOOT2_INFO_ACPI_OLD};
	struct multiboot2_tag new = {.type = MULTIBOOT2_INFO_ACPI_NEW};

	add_tag(info, &old, sizeof(old), phys(context->rsdp), ACPI_RSDP_V1_SIZE);
	if (context->rsdp_size >= sizeof(struct acpi_rsdp))
		add_tag(info, &new, sizeof(new), phys(context->rsdp), sizeof(struct acpi_rsdp));
}

bool multiboot2_write_info(const struct slot *slot, const struct load_context *context,
			   const struct multiboot_layout *layout, uint32_t load_base,
			   struct error *error)
{
	struct multiboot2_load_base_tag base = {.tag.type = MULTIBOOT2_INFO_LOAD_BASE,
						.address = load_base};
	struct multiboot2_tag end = {.type = MULTIBOOT2_INFO_END};
	struct multiboot2_info head = {0};
	struct multiboot_info info;

	multiboot_info_start(&info, layout);
	multiboot_info_add(&info, &head, sizeof(head), MULTIBOOT2_TAG_ALIGN);
	add_string_tag(&info, MULTIBOOT2_INFO_COMMAND_LINE, slot->kernel.string);
	add_string_tag(&info, MULTIBOOT2_INFO_LOADER_NAME, context->loader_name);
	add_module_tags(&info, slot, layout);
	add_memory(&info, context);
	if (context->screen == SCREEN_TEXT)
		add_text_screen_tag(&info);
	else if (context->screen == SCREEN_FRAMEBUFFER)
		add_framebuffer_tag(&info, context->framebuffer);
	if (context->rsdp)
		add_acpi(&info, context);
	if (load_base)
		add_tag(&info, &base.tag, sizeof(base), NULL, 0);
	add_tag(&info, &end, sizeof(end), NULL, 0);
	if (info.full)
		return fail(error, "Multiboot2 information is larger than %lu bytes", info.size);
	head.size = (uint32_t)info.used;
	memcpy(phys(layout->info), &head, sizeof(head));
	return true;
}
