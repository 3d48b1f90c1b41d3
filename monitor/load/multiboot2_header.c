/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * multiboot2_header.c - reading a Multiboot2 kernel's header.
 */
#include "arch/x86/memory/phys.h"
#include "monitor/load/multiboot2.h"
#include "lib/string.h"

#define HEADER_MAGIC  0xe85250d6u
#define HEADER_SEARCH 32768u /* it lies within these first bytes of the file, whole, */
#define HEADER_ALIGN  8u     /* at a multiple of that; so do its tags */
#define ARCH_I386     0u

struct header {
	uint32_t magic, architecture, length, checksum;
};

/* Header tags, 3.1.3 on. */
enum tag_type {
	TAG_END = 0,
	TAG_INFORMATION_REQUEST = 1,
	TAG_ADDRESS = 2,
	TAG_ENTRY = 3,
	TAG_CONSOLE_FLAGS = 4,	   /* text and serial are what there is, */
	TAG_FRAMEBUFFER = 5,	   /* and a mode is a wish only */
	TAG_MODULE_ALIGN = 6,	   /* modules always begin with a page here */
	TAG_EFI_BOOT_SERVICES = 7, /* these three say what to do under EFI: */
	TAG_ENTRY_EFI_I386 = 8,	   /* the kernel is entered by its i386 entry */
	TAG_ENTRY_EFI_AMD64 = 9,
	TAG_RELOCATABLE = 10,
};

#define TAG_OPTIONAL 1u /* of flags: a loader may pass over it */

struct tag {
	uint16_t type, flags;
	uint32_t size; /* with this header, without padding */
};

/* What the tags say, before the image is looked at. */
struct tags {
	bool has_addresses, has_entry, has_relocation;
	struct multiboot_addresses addresses;
	uint32_t entry;
	struct multiboot2_relocation relocation;
};

/* The address tag's order of fields is that of struct multiboot_addresses, 3.1.5. */
_Static_assert(sizeof(struct multiboot_addresses) == 16, "address tag");
_Static_assert(sizeof(struct multiboot2_relocation) == 16, "relocatable tag");

static bool find_header(const struct image *file, struct header *header, uint64_t *header_offset)
{
	const uint8_t *bytes = phys(file->base);
	uint64_t end = file->size < HEADER_SEARCH ? file->size : HEADER_SEARCH;

	for (uint64_t offset = 0; offset + sizeof(*header) <= end; offset += HEADER_ALIGN) {
		memcpy(header, bytes + offset, sizeof(*header));
		if (header->magic == HEADER_MAGIC &&
		    header->magic + header->architecture + header->length + header->checksum == 0) {
			*header_offset = offset;
			return true;
		}
	}
	return false;
}

bool multiboot2_probe(const struct image *file)
{
	struct header header;
	uint64_t offset;

	return find_header(file, &header, &offset);
}

static bool information_supported(uint32_t type)
{
	switch (type) {
	case MULTIBOOT2_INFO_COMMAND_LINE:
	case MULTIBOOT2_INFO_LOADER_NAME:
	case MULTIBOOT2_INFO_MODULE:
	case MULTIBOOT2_INFO_MEMORY:
	case MULTIBOOT2_INFO_MAP:
	case MULTIBOOT2_INFO_FRAMEBUFFER:
	case MULTIBOOT2_INFO_ACPI_OLD:
	case MULTIBOOT2_INFO_ACPI_NEW:
	case MULTIBOOT2_INFO_LOAD_BASE:
		return true;
	}
	return false;
}

static bool check_requests(const struct tag *tag, const uint8_t *contents, struct error *error)
{
	uint32_t count = (tag->size - (uint32_t)sizeof(*tag)) / sizeof(uint32_t);

	for (uint32_t i = 0; i < count && !(tag->flags & TAG_OPTIONAL); i++) {
		uint32_t type;

		memcpy(&type, contents + (uint64_t)i * sizeof(type), sizeof(type));
		if (!information_supported(type))
			return fail(error,
				    "Multiboot2 kernel requires information of type %u, "
				    "which is not supported",
				    type);
	}
	return true;
}

/* Copies a tag's contents, which must have at least that size. */
static bool take(const struct tag *tag, const uint8_t *contents, void *to, uint32_t size,
		 struct error *error)
{
	if (tag->size - sizeof(*tag) < size)
		return fail(error, "Multiboot2 header tag of type %u has %u bytes; expected %zu",
			    tag->type, tag->size, sizeof(*tag) + size);
	memcpy(to, contents, size);
	return true;
}

static bool read_tag(const struct tag *tag, const uint8_t *contents, struct tags *tags,
		     struct error *error)
{
	switch (tag->type) {
	case TAG_INFORMATION_REQUEST:
		return check_requests(tag, contents, error);
	case TAG_ADDRESS:
		tags->has_addresses = true;
		return take(tag, contents, &tags->addresses, sizeof(tags->addresses), error);
	case TAG_ENTRY:
		tags->has_entry = true;
		return take(tag, contents, &tags->entry, sizeof(tags->entry), error);
	case TAG_RELOCATABLE:
		tags->has_relocation = true;
		return take(tag, contents, &tags->relocation, sizeof(tags->relocation), error);
	case TAG_CONSOLE_FLAGS:
	case TAG_FRAMEBUFFER:
	case TAG_MODULE_ALIGN:
	case TAG_EFI_BOOT_SERVICES:
	case TAG_ENTRY_EFI_I386:
	case TAG_ENTRY_EFI_AMD64:
		return true;
	}
	if (tag->flags & TAG_OPTIONAL)
		return true;
	return fail(error, "Multiboot2 header requires a tag of type %u, which is not supported",
		    tag->type);
}

static bool read_tags(const uint8_t *bytes, uint32_t length, struct tags *tags, struct error *error)
{
	uint64_t offset = sizeof(struct header);
	struct tag tag;

	while (offset + sizeof(tag) <= length) {
		memcpy(&tag, bytes + offset, sizeof(tag));
		if (tag.type == TAG_END)
			return true;
		if (tag.size < sizeof(tag) || tag.size > length - offset)
			return fail(error,
				    "Multiboot2 header tag of type %u has %u bytes; the header "
				    "has %lu left",
				    tag.type, tag.size, length - offset);
		if (!read_tag(&tag, bytes + offset + sizeof(tag), tags, error))
			return false;
		offset = align_up(offset + tag.size, HEADER_ALIGN);
	}
	return fail(error, "Multiboot2 header of %u bytes has no end tag", length);
}

static bool set_relocation(struct multiboot2_header *header,
			   const struct multiboot2_relocation *relocation, struct error *error)
{
	if (!relocation->align || relocation->align & (relocation->align - 1))
		return fail(error,
			    "Multiboot2 relocation has an alignment of %u; expected a power "
			    "of two",
			    relocation->align);
	header->relocatable = true;
	header->relocation = *relocation;
	return true;
}

bool multiboot2_read(const struct image *file, struct multiboot2_header *header,
		     struct error *error)
{
	struct tags tags = {0};
	struct header head;
	uint64_t offset;

	*header = (struct multiboot2_header){0};
	if (!find_header(file, &head, &offset))
		return fail(error,
			    "no Multiboot2 header with a right checksum in the first %u bytes",
			    HEADER_SEARCH);
	if (head.architecture != ARCH_I386)
		return fail(error, "Multiboot2 header is for architecture %u; expected 0 (i386)",
			    head.architecture);
	if (head.length < sizeof(head) || !in_file(file, offset, head.length) ||
	    offset + head.length > HEADER_SEARCH)
		return fail(error,
			    "Multiboot2 header at %#lx has %u bytes; expected it within the file's "
			    "first %u",
			    offset, head.length, HEADER_SEARCH);
	if (!read_tags((const uint8_t *)phys(file->base) + offset, head.length, &tags, error))
		return false;
	if (tags.has_relocation && !set_relocation(header, &tags.relocation, error))
		return false;
	if (!tags.has_addresses && !multiboot_elf(file, &header->image, error))
		return false;
	if (tags.has_addresses &&
	    !multiboot_flat(file, offset, &tags.addresses, &header->image, error))
		return false;
	if (header->image.elf.position_independent && !header->relocatable)
		return fail(error, "Multiboot2 kernel is a position-independent ELF file without a "
				   "relocatable tag");
	if (tags.has_entry)
		return multiboot_set_entry(&header->image, tags.entry, error);
	if (tags.has_addresses)
		return fail(error,
			    "Multiboot2 header has an address tag, but no entry address tag");
	return true;
}
