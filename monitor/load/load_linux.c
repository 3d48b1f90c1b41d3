/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load_linux.c - bzImage kernels, by the 64-bit and the 32-bit boot protocol of
 * Documentation/x86/boot.rst of Linux. The fields have the names that they have there. bzimage.c
 * reads and checks the header.
 *
 * A slot's range, from its top down. The kernel, and the memory that it unpacks itself to, are at
 * the bottom.
 *
 *   initrd          page aligned, below initrd_addr_max where the kernel has such a limit
 *   boot_params     one page
 *   stack           one page, for the kernel's first instructions
 *   command line    page aligned, with struct more_ram behind it
 */
#include <stddef.h>
#include "arch/x86/acpi/machine.h"
#include "arch/x86/memory/phys.h"
#include "monitor/config/own_words.h"
#include "monitor/load/bzimage.h"
#include "monitor/load/guest_efi.h"
#include "monitor/load/initrd.h"
#include "monitor/load/load_linux.h"
#include "lib/print.h"
#include "lib/string.h"
#include "lib/units.h"

#define ENTRY_64       0x200u /* of the 64-bit entry, from the loaded kernel's start */
#define LOADER_UNKNOWN 0xffu  /* type_of_loader a loader without a number of its own */
#define HDR_OFFSET     0x1f1u /* of setup_header, in the file and in boot_params */

/* What Linux takes besides: its struct pages, 64 bytes for each page; its drivers' and tasks'. */
#define PAGE_STRUCT_RATIO 64
#define FIRST_TASKS	  (16 * MIB)

/* screen_info for 80x25 text: BIOS mode 3, on a VGA, with letters of 16 lines. */
#define TEXT_MODE    3
#define TEXT_COLUMNS 80
#define TEXT_ROWS    25
#define TEXT_POINTS  16
#define TEXT_IS_VGA  1 /* VIDEO_TYPE_TEXT as loaders give it */

/*
 * The piece of RAM below 4 GiB of a slot above: a node of the list of setup_data. KASLR may put the
 * kernel into any RAM of boot_params' own map, and then nothing is left there for devices. It does
 * not read this node, but the kernel itself does (boot.rst, SETUP_E820_EXT).
 */
struct more_ram {
	uint64_t next;
	uint32_t type, size; /* of the entry */
	struct boot_e820_entry entry;
} __attribute__((packed, aligned(8)));

_Static_assert(offsetof(struct more_ram, entry) == sizeof(struct setup_data),
	       "the entry is the node's data");

/* Where each part goes. */
struct layout {
	uint64_t kernel; /* the protected-mode part */
	uint64_t end;	 /* of the kernel's memory, init_size included */
	uint64_t initrd;
	uint64_t params, stack, command_line;
	uint64_t more_ram; /* 0: the slot has no such piece */
};

/*
 * With efi=on, the kernel has to use what it gets: its reboots and panics go to EFI, and a panic
 * reboots. A kernel for real time needs a word to use EFI at all. Where ACPI has memory devices, a
 * kernel would add their RAM to its own, which others have, too. The kernel of a dump slot has to
 * know where the headers of the memory are that it shows as /proc/vmcore.
 */
const char *load_linux_words(const struct slot *slot, char *words)
{
	static const char *const efi_words[] = {"reboot=efi", "panic=1", "efi=runtime"};
	const char *line = slot->kernel.string;
	char word[OWN_WORD_SIZE];

	words[0] = '\0';
	for (uint32_t i = 0; slot->efi && i < sizeof(efi_words) / sizeof(efi_words[0]); i++)
		own_words_add(words, line, efi_words[i]);
	if (machine()->hidden_ram.devices && !own_words_given(line, "acpi_memhotplug"))
		own_words_add(words, line, "acpi_no_memhotplug");
	if (slot->vmcore.size) {
		format_text(word, sizeof(word), LOAD_LINUX_VMCORE "%#lx", slot->vmcore.base);
		own_words_add(words, line, word);
	}
	return words;
}

static uint64_t command_line_length(const struct slot *slot)
{
	char words[OWN_WORDS_SIZE];

	return strlen(slot->kernel.string) + strlen(load_linux_words(slot, words));
}

static uint64_t command_line_size(const struct slot *slot)
{
	return page_up(align_up(command_line_length(slot) + 1, 8) + sizeof(struct more_ram));
}

/* Bytes of boot_params, stack and command line. */
static uint64_t data_size(const struct slot *slot)
{
	return 2 * PAGE_SIZE + command_line_size(slot);
}

static bool line_fits(const struct slot *slot, const struct bzimage *bzimage, struct error *error)
{
	uint64_t length = command_line_length(slot);

	return length <= bzimage->hdr.cmdline_size ||
	       fail(error, "command line has %lu characters; this kernel takes %u at most", length,
		    bzimage->hdr.cmdline_size);
}

bool load_linux_line_fits(const struct slot *slot, struct error *error)
{
	struct bzimage bzimage;

	return bzimage_read(&slot->kernel, &bzimage, error) && line_fits(slot, &bzimage, error);
}

static bool inspect_linux(struct slot *slot, struct error *error)
{
	struct bzimage bzimage;
	uint64_t size;

	if (!bzimage_read(&slot->kernel, &bzimage, error) || !line_fits(slot, &bzimage, error))
		return false;
	if (slot->efi && !bzimage.takes_efi)
		return fail(error, "efi=on: this kernel takes no EFI runtime services");
	if (slot->module_count)
		return fail(error, "a Linux kernel takes no modules; expected an initrd line");
	size = page_up(bzimage.memory_size) + data_size(slot) + load_extra_size(slot);
	slot->needs = (struct needs){.fixed = !bzimage.relocatable,
				     .base = bzimage.first,
				     .size = size + bzimage.align_slack,
				     .min_base = bzimage.first,
				     .max_end = bzimage.above_4g ? MAX_PHYSICAL : BELOW_4G};
	return true;
}

/*
 * Linux unpacks the initrd to a file system in RAM, and frees the initrd only after it. The file
 * system is a ramfs if the command line has root=. Otherwise it is a tmpfs, which takes at most
 * half of the RAM that is free at that time (init/do_mounts.c, mm/shmem.c).
 */
static bool enough_linux(const struct slot *slot, struct error *warning)
{
	struct initrd_size unpacked = initrd_unpacked(&slot->initrd);
	uint32_t share = own_words_given(slot->kernel.string, "root=") ? 1 : 2;
	char has[SIZE_TEXT], needs[SIZE_TEXT], packed[SIZE_TEXT], files[SIZE_TEXT];
	struct bzimage bzimage;
	uint64_t need;

	if (!slot->initrd.size || !bzimage_read(&slot->kernel, &bzimage, warning))
		return true;
	need = bzimage.memory_size + slot->initrd.size + share * unpacked.bytes + FIRST_TASKS +
	       slot->ram.size / PAGE_STRUCT_RATIO;
	if (slot->ram.size >= need)
		return true;
	return fail(warning,
		    "%s may be too little for its initrd: Linux needs some %s at first, for "
		    "itself, %s of initrd, and %s%s unpacked from it",
		    format_size(has, align_up(slot->ram.size, MIB)),
		    format_size(needs, align_up(need, MIB)),
		    format_size(packed, align_up(slot->initrd.size, MIB)),
		    unpacked.estimated ? "an estimated " : "",
		    format_size(files, align_up(unpacked.bytes, MIB)));
}

/* Puts the initrd as high as it may be, and the rest below it. */
static bool lay_out(const struct slot *slot, const struct bzimage *bzimage, struct layout *layout,
		    struct error *error)
{
	uint64_t top = page_down(slot->ram.base + slot->ram.size);
	uint64_t initrd_max = (uint64_t)bzimage->hdr.initrd_addr_max + 1;
	uint64_t below;

	layout->kernel = bzimage->load;
	if (bzimage->relocatable) {
		layout->kernel = slot->ram.base > bzimage->first ? slot->ram.base : bzimage->first;
		layout->kernel = align_up(layout->kernel, bzimage->align);
	}
	layout->end = page_up((bzimage->relocatable ? layout->kernel : bzimage->first) +
			      bzimage->memory_size);
	/*
	 * A kernel that can be above 4 GiB accepts its initrd there, too. initrd_addr_max does not
	 * matter then.
	 */
	if (slot->initrd.size && !bzimage->above_4g && top > initrd_max)
		top = page_down(initrd_max);
	below = page_up(slot->initrd.size) + data_size(slot);
	if (layout->end > top || below > top - layout->end)
		return fail(error,
			    "initrd and boot data of %#lx bytes have no place between %#lx, "
			    "the kernel's end, and %#lx",
			    below, layout->end, top);
	layout->initrd = top - page_up(slot->initrd.size);
	layout->params = layout->initrd - PAGE_SIZE;
	layout->stack = layout->params - PAGE_SIZE;
	layout->command_line = layout->stack - command_line_size(slot);
	layout->more_ram = slot->dma.size ? layout->stack - sizeof(struct more_ram) : 0;
	return true;
}

static uint32_t low_half(uint64_t value)
{
	return (uint32_t)value;
}

static uint32_t high_half(uint64_t value)
{
	return (uint32_t)(value >> 32);
}

static void set_text_screen(struct screen_info *screen, const struct load_context *context)
{
	screen->orig_x = context->cursor_column;
	screen->orig_y = context->cursor_row;
	screen->orig_video_mode = TEXT_MODE;
	screen->orig_video_cols = TEXT_COLUMNS;
	screen->orig_video_lines = TEXT_ROWS;
	screen->orig_video_isVGA = TEXT_IS_VGA;
	screen->orig_video_points = TEXT_POINTS;
}

/* Linux's efifb and simpledrm take the framebuffer from here. They need nothing else of EFI. */
static void set_framebuffer(struct screen_info *screen, const struct boot_framebuffer *mode)
{
	screen->orig_video_isVGA = VIDEO_TYPE_EFI;
	screen->lfb_base = low_half(mode->base);
	screen->ext_lfb_base = high_half(mode->base);
	if (screen->ext_lfb_base)
		screen->capabilities |= VIDEO_CAPABILITY_64BIT_BASE;
	screen->lfb_size = mode->pitch * mode->height; /* for this type, in bytes */
	screen->lfb_linelength = (uint16_t)mode->pitch;
	screen->lfb_width = (uint16_t)mode->width;
	screen->lfb_height = (uint16_t)mode->height;
	screen->lfb_depth = mode->bits;
	screen->red_size = mode->red.size;
	screen->red_pos = mode->red.position;
	screen->green_size = mode->green.size;
	screen->green_pos = mode->green.position;
	screen->blue_size = mode->blue.size;
	screen->blue_pos = mode->blue.position;
}

/* The map without [piece->base, its end), which is RAM in it. Returns how many entries are left. */
static uint32_t leave_out(const struct region *piece, const struct load_context *context,
			  struct region *map)
{
	uint64_t piece_end = piece->base + piece->size;
	uint32_t count = 0;

	for (uint32_t i = 0; i < context->map_count; i++) {
		struct region entry = context->map[i];
		uint64_t end = entry.base + entry.size;

		/* It lies above 1 MiB and the range above it, so one of its ends is an entry's. */
		if (piece->size && entry.base <= piece->base && piece_end <= end) {
			if (entry.base == piece->base)
				entry.base = piece_end;
			else
				end = piece->base;
			entry.size = end - entry.base;
			if (!entry.size)
				continue;
		}
		map[count++] = entry;
	}
	return count;
}

/* Linux joins neighbours itself, but this way the node has one entry only. */
static void write_more_ram(const struct slot *slot, uint64_t at, struct boot_params *params)
{
	*(struct more_ram *)phys(at) = (struct more_ram){
		.type = SETUP_E820_EXT,
		.size = sizeof(struct boot_e820_entry),
		.entry = {.addr = slot->dma.base, .size = slot->dma.size, .type = REGION_RAM},
	};
	params->hdr.setup_data = at;
}

static void set_memory_map(struct boot_params *params, const struct load_context *context)
{
	params->e820_entries = (uint8_t)context->map_count;
	for (uint32_t i = 0; i < context->map_count; i++) {
		params->e820_table[i].addr = context->map[i].base;
		params->e820_table[i].size = context->map[i].size;
		params->e820_table[i].type = context->map[i].type;
	}
}

/* Sets the fields that a loader must write: boot.rst, "Details of header fields". */
static void set_header(struct boot_params *params, const struct slot *slot,
		       const struct layout *layout)
{
	struct setup_header *hdr = &params->hdr;

	hdr->type_of_loader = LOADER_UNKNOWN;
	/*
	 * The real-mode code does not run, so there is no heap. Only the kernel itself sets
	 * KASLR_FLAG.
	 */
	hdr->loadflags &= ~(CAN_USE_HEAP | KASLR_FLAG);
	hdr->setup_data = 0;
	hdr->code32_start = low_half(layout->kernel);
	hdr->cmd_line_ptr = low_half(layout->command_line);
	params->ext_cmd_line_ptr = high_half(layout->command_line);
	hdr->ramdisk_image = hdr->ramdisk_size = 0;
	if (slot->initrd.size) {
		hdr->ramdisk_image = low_half(layout->initrd);
		hdr->ramdisk_size = low_half(slot->initrd.size);
		params->ext_ramdisk_image = high_half(layout->initrd);
		params->ext_ramdisk_size = high_half(slot->initrd.size);
	}
}

static bool write_params(const struct slot *slot, const struct bzimage *bzimage,
			 const struct layout *layout, const struct load_context *context,
			 struct error *error)
{
	static struct region map[GUEST_MAX_REGIONS];
	struct boot_params *params = phys(layout->params);
	struct load_context kernels = *context; /* without the piece, for EFI's map, too */

	memset(params, 0, sizeof(*params));
	memcpy((uint8_t *)params + HDR_OFFSET,
	       (const uint8_t *)phys(slot->kernel.base) + HDR_OFFSET,
	       bzimage->header_end - HDR_OFFSET);
	set_header(params, slot, layout);
	kernels.map = map;
	kernels.map_count = leave_out(&slot->dma, context, map);
	set_memory_map(params, &kernels);
	if (layout->more_ram)
		write_more_ram(slot, layout->more_ram, params);
	if (context->screen == SCREEN_TEXT)
		set_text_screen(&params->screen_info, context);
	else if (context->screen == SCREEN_FRAMEBUFFER)
		set_framebuffer(&params->screen_info, context->framebuffer);
	params->acpi_rsdp_addr = context->rsdp;
	return !context->efi || guest_efi(&kernels, params, error);
}

static void copy_images(const struct slot *slot, const struct bzimage *bzimage,
			const struct layout *layout)
{
	const uint8_t *file = phys(slot->kernel.base);
	char words[OWN_WORDS_SIZE];

	memcpy(phys(layout->kernel), file + bzimage->payload_offset, bzimage->payload_size);
	format_text(phys(layout->command_line), command_line_length(slot) + 1, "%s%s",
		    slot->kernel.string, load_linux_words(slot, words));
	if (slot->initrd.size)
		memcpy(phys(layout->initrd), phys(slot->initrd.base), slot->initrd.size);
}

static bool load_linux_image(const struct slot *slot, const struct load_context *context,
			     struct guest_entry *entry, struct error *error)
{
	struct bzimage bzimage;
	struct layout layout = {0};

	if (!bzimage_read(&slot->kernel, &bzimage, error) ||
	    !lay_out(slot, &bzimage, &layout, error))
		return false;
	copy_images(slot, &bzimage, &layout);
	if (!write_params(slot, &bzimage, &layout, context, error))
		return false;
	entry->mode = bzimage.entry_64 ? ENTRY_LONG : ENTRY_PROTECTED;
	entry->ip = bzimage.entry_64 ? layout.kernel + ENTRY_64 : layout.kernel;
	entry->sp = layout.stack + PAGE_SIZE;
	entry->si = layout.params;
	return true;
}

_Static_assert(sizeof(struct boot_params) == PAGE_SIZE, "boot_params is one page");

const struct load_format load_linux = {
	.type = SWITCHYARD_LINUX,
	.probe = linux_probe,
	.inspect = inspect_linux,
	.enough = enough_linux,
	.load = load_linux_image,
};
