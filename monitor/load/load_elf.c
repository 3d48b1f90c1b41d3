/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load_elf.c - plain ELF kernels.
 */
#include "monitor/load/elf_kernel.h"
#include "monitor/load/load_elf.h"
#include "guest/linux/switchyard.h"

static bool inspect_elf(struct slot *slot, struct error *error)
{
	struct elf_kernel kernel;

	if (!elf_kernel_read(&slot->kernel, &kernel, error))
		return false;
	if (kernel.position_independent)
		return fail(error, "position-independent ELF file; expected one linked to an "
				   "address, or a Multiboot2 header that says it can be relocated");
	if (slot->initrd.size || slot->module_count)
		return fail(error, "a plain ELF kernel takes no initrd or modules; "
				   "expected a Linux or Multiboot kernel");
	if (slot->kernel.string[0])
		return fail(error, "a plain ELF kernel takes no command line; "
				   "expected nothing behind --");
	slot->needs = (struct needs){.fixed = true,
				     .base = kernel.start,
				     .size = kernel.end - kernel.start,
				     .min_base = kernel.start,
				     .max_end = kernel.file.is_64 ? MAX_PHYSICAL : BELOW_4G};
	return true;
}

static bool load_elf_image(const struct slot *slot, const struct load_context *context,
			   struct guest_entry *entry, struct error *error)
{
	struct elf_kernel kernel;

	if (!elf_kernel_read(&slot->kernel, &kernel, error))
		return false;
	elf_kernel_place(&kernel, 0);
	entry->mode = kernel.file.is_64 ? ENTRY_LONG : ENTRY_PROTECTED;
	entry->ip = kernel.entry;
	entry->cx = SWITCHYARD_MAGIC;
	entry->dx = context->info;
	return true;
}

const struct load_format load_elf = {
	.type = SWITCHYARD_ELF,
	.probe = elf_kernel_probe,
	.inspect = inspect_elf,
	.load = load_elf_image,
};
