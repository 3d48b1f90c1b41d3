// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/load/multiboot2_header.h"
#include "arch/x86/memory/phys.h"
#include "lib/string.h"

/* What the tags say; the image is not examined yet. */
struct tags {
	bool has_addresses, has_entry, has_relocation;
	struct multiboot_addresses addresses;
	uint32_t entry;
	struct multiboot2_relocation relocation;
};

static bool find_multiboot2_header(const struct image *file, struct multiboot2_header *header,
				   uint64_t *header_offset)
{
	const uint8_t *bytes = phys(file->base);
	uint64_t end =
		file->size < MULTIBOOT2_HEADER_SEARCH ? file->size : MULTIBOOT2_HEADER_SEARCH;

	for (uint64_t offset = 0; offset + sizeof(*header) <= end;
	     offset += MULTIBOOT2_HEADER_ALIGN) {
		memcpy(header, bytes + offset, sizeof(*header));
		if (header->magic == MULTIBOOT2_HEADER_MAGIC &&
		    header->magic + header->architecture + header->length + header->checksum == 0) {
			*header_offset = offset;
			return true;
		}
	}
	return false;
}

bool multiboot2_probe(const struct image *file)
{
	struct multiboot2_header header;
	uint64_t offset;

	return find_multiboot2_header(file, &header, &offset);
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

static bool check_requests(const struct multiboot2_header_tag *tag, const uint8_t *contents,
			   struct error *error)
{
	uint32_t count = (tag->size - (uint32_t)sizeof(*tag)) / sizeof(uint32_t);

	for (uint32_t i = 0; i < count && !(tag->flags & MULTIBOOT2_HEADER_OPTIONAL); i++) {
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
static bool copy_tag(const struct multiboot2_header_tag *tag, const uint8_t *contents, void *to,
		     uint32_t size, struct error *error)
{
	if (tag->size - sizeof(*tag) < size)
		return fail(error, "Multiboot2 header tag of type %u has %u bytes; expected %zu",
			    tag->type, tag->size, sizeof(*tag) + size);
	memcpy(to, contents, size);
	return true;
}

static bool read_tag(const struct multiboot2_header_tag *tag, const uint8_t *contents,
		     struct tags *tags, struct error *error)
{
	switch (tag->type) {
	case MULTIBOOT2_HEADER_INFORMATION_REQUEST:
		return check_requests(tag, contents, error);
	case MULTIBOOT2_HEADER_ADDRESS:
		tags->has_addresses = true;
		return copy_tag(tag, contents, &tags->addresses, sizeof(tags->addresses), error);
	case MULTIBOOT2_HEADER_ENTRY:
		tags->has_entry = true;
		return copy_tag(tag, contents, &tags->entry, sizeof(tags->entry), error);
	case MULTIBOOT2_HEADER_RELOCATABLE:
		tags->has_relocation = true;
		return copy_tag(tag, contents, &tags->relocation, sizeof(tags->relocation), error);
	case MULTIBOOT2_HEADER_CONSOLE_FLAGS: /* there are text and serial only, */
	case MULTIBOOT2_HEADER_FRAMEBUFFER:   /* and a video mode is only a wish */
	case MULTIBOOT2_HEADER_MODULE_ALIGN:  /* modules always begin with a page here */
		return true;
	case MULTIBOOT2_HEADER_EFI_BOOT_SERVICES: /* these three say what to do under EFI: */
	case MULTIBOOT2_HEADER_ENTRY_EFI_I386:	  /* the kernel is entered by its i386 entry */
	case MULTIBOOT2_HEADER_ENTRY_EFI_AMD64:
		return true;
	}
	if (tag->flags & MULTIBOOT2_HEADER_OPTIONAL)
		return true;
	return fail(error, "Multiboot2 header requires a tag of type %u, which is not supported",
		    tag->type);
}

static bool read_tags(const uint8_t *bytes, uint32_t length, struct tags *tags, struct error *error)
{
	uint64_t offset = sizeof(struct multiboot2_header);
	struct multiboot2_header_tag tag;

	while (offset + sizeof(tag) <= length) {
		memcpy(&tag, bytes + offset, sizeof(tag));
		if (tag.type == MULTIBOOT2_HEADER_END)
			return true;
		if (tag.size < sizeof(tag) || tag.size > length - offset)
			return fail(error,
				    "Multiboot2 header tag of type %u has %u bytes; the header "
				    "has %lu left",
				    tag.type, tag.size, length - offset);
		if (!read_tag(&tag, bytes + offset + sizeof(tag), tags, error))
			return false;
		offset = align_up(offset + tag.size, MULTIBOOT2_TAG_ALIGN);
	}
	return fail(error, "Multiboot2 header of %u bytes has no end tag", length);
}

static bool set_relocation(struct multiboot2_kernel *kernel,
			   const struct multiboot2_relocation *relocation, struct error *error)
{
	if (!relocation->align || relocation->align & (relocation->align - 1))
		return fail(error,
			    "Multiboot2 relocation has an alignment of %u; expected a power "
			    "of two",
			    relocation->align);
	kernel->relocatable = true;
	kernel->relocation = *relocation;
	return true;
}

bool multiboot2_read(const struct image *file, struct multiboot2_kernel *kernel,
		     struct error *error)
{
	struct tags tags = {0};
	struct multiboot2_header head;
	uint64_t offset;

	*kernel = (struct multiboot2_kernel){0};
	if (!find_multiboot2_header(file, &head, &offset))
		return fail(error,
			    "no Multiboot2 header with a right checksum in the first %u bytes",
			    MULTIBOOT2_HEADER_SEARCH);
	if (head.architecture != MULTIBOOT2_ARCH_I386)
		return fail(error, "Multiboot2 header is for architecture %u; expected 0 (i386)",
			    head.architecture);
	if (head.length < sizeof(head) || !in_file(file, offset, head.length) ||
	    offset + head.length > MULTIBOOT2_HEADER_SEARCH)
		return fail(error,
			    "Multiboot2 header at %#lx has %u bytes; expected it within the file's "
			    "first %u",
			    offset, head.length, MULTIBOOT2_HEADER_SEARCH);
	if (!read_tags((const uint8_t *)phys(file->base) + offset, head.length, &tags, error))
		return false;
	if (tags.has_relocation && !set_relocation(kernel, &tags.relocation, error))
		return false;
	if (!tags.has_addresses && !multiboot_elf(file, &kernel->image, error))
		return false;
	if (tags.has_addresses &&
	    !multiboot_flat(file, offset, &tags.addresses, &kernel->image, error))
		return false;
	if (kernel->image.elf.position_independent && !kernel->relocatable)
		return fail(error, "Multiboot2 kernel is a position-independent ELF file without a "
				   "relocatable tag");
	if (tags.has_entry)
		return multiboot_set_entry(&kernel->image, tags.entry, error);
	if (tags.has_addresses)
		return fail(error,
			    "Multiboot2 header has an address tag, but no entry address tag");
	return true;
}
