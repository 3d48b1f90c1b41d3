/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * multiboot2_info.c - writing a Multiboot2 kernel's boot information: a size, then tags.
 */
#include <stddef.h>
#include "arch/x86/acpi/acpi_tables.h"
#include "arch/x86/memory/phys.h"
#include "monitor/load/multiboot2.h"
#include "lib/string.h"

#define TAG_ALIGN \
	8u /* 3.6: "tags are padded when necessary, to begin at 8-bytes aligned addresses" */
#define MAP_VERSION 0u

struct info {
	uint32_t size, reserved;
};

struct tag {
	uint32_t type, size;
};

struct module_tag {
	struct tag tag;
	uint32_t start, end;
	/* a string */
};

struct memory_tag {
	struct tag tag;
	uint32_t lower, upper; /* KiB */
};

struct map_tag {
	struct tag tag;
	uint32_t entry_size, entry_version;
	/* entries */
};

struct map_entry {
	uint64_t base, length;
	uint32_t type, reserved;
};

struct framebuffer_tag {
	struct tag tag;
	uint64_t address;
	uint32_t pitch, width, height;
	uint8_t bpp, type;
	uint16_t reserved; /* one byte in the text of 3.6.12, two in its multiboot2.h and in GRUB */
};

struct load_base_tag {
	struct tag tag;
	uint32_t address;
};

_Static_assert(sizeof(struct module_tag) == 16, "Multiboot2, 3.6.6");
_Static_assert(sizeof(struct map_entry) == 24, "Multiboot2, 3.6.8");
_Static_assert(sizeof(struct framebuffer_tag) == 32, "Multiboot2, 3.6.12");

/* A tag's fixed part, then what follows it. */
static void add_tag(struct multiboot_info *info, struct tag *tag, uint32_t fixed, const void *rest,
		    uint64_t rest_size)
{
	tag->size = fixed + (uint32_t)rest_size;
	multiboot_info_add(info, tag, fixed, TAG_ALIGN);
	if (rest_size)
		multiboot_info_add(info, rest, rest_size, 1);
}

static void add_string_tag(struct multiboot_info *info, uint32_t type, const char *string)
{
	struct tag tag = {.type = type};

	add_tag(info, &tag, sizeof(tag), string, strlen(string) + 1);
}

static void add_modules(struct multiboot_info *info, const struct slot *slot,
			const struct multiboot_layout *layout)
{
	for (uint32_t i = 0; i < slot->module_count; i++) {
		const struct image *module = &slot->module[i];
		struct module_tag tag = {
			.tag.type = MULTIBOOT2_INFO_MODULE,
			.start = (uint32_t)layout->module[i],
			.end = (uint32_t)(layout->module[i] + module->size),
		};

		add_tag(info, &tag.tag, sizeof(tag), module->string, strlen(module->string) + 1);
	}
}

static void add_memory(struct multiboot_info *info, const struct load_context *context)
{
	struct memory_tag memory = {.tag.type = MULTIBOOT2_INFO_MEMORY,
				    .upper = multiboot_mem_upper(context)};
	struct map_tag map = {
		.tag = {MULTIBOOT2_INFO_MAP,
			(uint32_t)(sizeof(map) + context->map_count * sizeof(struct map_entry))},
		.entry_size = sizeof(struct map_entry),
		.entry_version = MAP_VERSION,
	};

	add_tag(info, &memory.tag, sizeof(memory), NULL, 0);
	multiboot_info_add(info, &map, sizeof(map), TAG_ALIGN);
	for (uint32_t i = 0; i < context->map_count; i++) {
		struct map_entry entry = {.base = context->map[i].base,
					  .length = context->map[i].size,
					  .type = context->map[i].type};

		multiboot_info_add(info, &entry, sizeof(entry), 1);
	}
}

static void add_framebuffer(struct multiboot_info *info, const struct boot_framebuffer *mode)
{
	struct framebuffer_tag tag = {
		.tag.type = MULTIBOOT2_INFO_FRAMEBUFFER,
		.address = mode->base,
		.pitch = mode->pitch,
		.width = mode->width,
		.height = mode->height,
		.bpp = mode->bits,
		.type = MULTIBOOT_RGB_TYPE,
	};
	struct multiboot_colours colours = multiboot_colours(mode);

	add_tag(info, &tag.tag, sizeof(tag), &colours, sizeof(colours));
}

static void add_text_screen(struct multiboot_info *info)
{
	struct framebuffer_tag tag = {
		.tag.type = MULTIBOOT2_INFO_FRAMEBUFFER,
		.address = MULTIBOOT_TEXT_ADDRESS,
		.pitch = MULTIBOOT_TEXT_PITCH,
		.width = MULTIBOOT_TEXT_COLUMNS,
		.height = MULTIBOOT_TEXT_ROWS,
		.bpp = MULTIBOOT_TEXT_BPP,
		.type = MULTIBOOT_TEXT_TYPE,
	};

	add_tag(info, &tag.tag, sizeof(tag), NULL, 0);
}

/* Copies of the slot's RSDP: the new tag only if there is an XSDT pointer in it. */
static void add_acpi(struct multiboot_info *info, const struct load_context *context)
{
	struct tag old = {.type = MULTIBOOT2_INFO_ACPI_OLD};
	struct tag new = {.type = MULTIBOOT2_INFO_ACPI_NEW};

	add_tag(info, &old, sizeof(old), phys(context->rsdp), ACPI_RSDP_V1_SIZE);
	if (context->rsdp_size >= sizeof(struct acpi_rsdp))
		add_tag(info, &new, sizeof(new), phys(context->rsdp), sizeof(struct acpi_rsdp));
}

bool multiboot2_write_info(const struct slot *slot, const struct load_context *context,
			   const struct multiboot_layout *layout, uint32_t load_base,
			   struct error *error)
{
	struct load_base_tag base = {.tag.type = MULTIBOOT2_INFO_LOAD_BASE, .address = load_base};
	struct tag end = {.type = MULTIBOOT2_INFO_END};
	struct info head = {0};
	struct multiboot_info info;

	multiboot_info_start(&info, layout);
	multiboot_info_add(&info, &head, sizeof(head), TAG_ALIGN);
	add_string_tag(&info, MULTIBOOT2_INFO_COMMAND_LINE, slot->kernel.string);
	add_string_tag(&info, MULTIBOOT2_INFO_LOADER_NAME, context->loader_name);
	add_modules(&info, slot, layout);
	add_memory(&info, context);
	if (context->screen == SCREEN_TEXT)
		add_text_screen(&info);
	else if (context->screen == SCREEN_FRAMEBUFFER)
		add_framebuffer(&info, context->framebuffer);
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
