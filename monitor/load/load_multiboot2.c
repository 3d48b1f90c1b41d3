/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load_multiboot2.c - inspects and places Multiboot2 kernels. multiboot2_header.c reads the kernel.
 */
#include "monitor/load/load_multiboot2.h"
#include "monitor/load/multiboot2_header.h"
#include "monitor/load/multiboot2_info.h"

static bool probe_multiboot2(const struct image *file)
{
	return multiboot2_probe(file);
}

/*
 * A relocatable kernel can be anywhere that its header allows, but below 4 GiB, because it is
 * entered in 32-bit mode.
 */
static bool relocatable_needs(struct slot *slot, const struct multiboot2_kernel *kernel,
			      struct error *error)
{
	const struct multiboot2_relocation *r = &kernel->relocation;
	uint64_t slack = r->align > SLOT_ALIGN ? r->align - SLOT_ALIGN : 0;
	uint64_t min = align_up(r->min, r->align);

	if (r->max < min || r->max - min + 1 < kernel->image.end - kernel->image.start)
		return fail(error,
			    "Multiboot2 relocation: %#lx bytes have no place between %#x and %#x",
			    kernel->image.end - kernel->image.start, r->min, r->max);
	slot->needs = (struct needs){.size = slack + multiboot_size(slot, &kernel->image),
				     .min_base = min,
				     .max_end = (uint64_t)r->max + 1};
	return true;
}

static bool inspect_multiboot2(struct slot *slot, struct error *error)
{
	struct multiboot2_kernel kernel;

	if (!multiboot_check_slot(slot, error) || !multiboot2_read(&slot->kernel, &kernel, error))
		return false;
	if (kernel.relocatable)
		return relocatable_needs(slot, &kernel, error);
	multiboot_fixed_needs(slot, &kernel.image);
	return true;
}

/*
 * Chooses the address of a relocatable kernel's start. That is the lowest place in the slot's
 * range, or the highest if the kernel prefers it.
 */
static bool choose_address(const struct slot *slot, const struct multiboot2_kernel *kernel,
			   uint64_t *address, struct error *error)
{
	const struct multiboot2_relocation *r = &kernel->relocation;
	uint64_t size = multiboot_size(slot, &kernel->image);
	uint64_t end = slot->ram.base + slot->ram.size, first, last;

	if (end > (uint64_t)r->max + 1)
		end = (uint64_t)r->max + 1;
	first = align_up(slot->ram.base > r->min ? slot->ram.base : r->min, r->align);
	if (first > end || size > end - first)
		return fail(error,
			    "Multiboot2 kernel needs %#lx bytes at a multiple of %#x; there "
			    "is no such place in %#lx-%#lx",
			    size, r->align, slot->ram.base, end);
	last = (end - size) & -(uint64_t)r->align;
	*address = r->preference == MULTIBOOT2_PREFER_HIGH ? last : first;
	return true;
}

static bool load_multiboot2_image(const struct slot *slot, const struct load_context *context,
				  struct guest_entry *entry, struct error *error)
{
	struct multiboot2_kernel kernel;
	struct multiboot_layout layout;
	uint64_t address;

	if (!multiboot2_read(&slot->kernel, &kernel, error))
		return false;
	address = kernel.image.start;
	if (kernel.relocatable && !choose_address(slot, &kernel, &address, error))
		return false;
	multiboot_lay_out(slot, &kernel.image, address, &layout);
	multiboot_place(slot, &kernel.image, &layout);
	if (!multiboot2_write_info(slot, context, &layout,
				   kernel.relocatable ? (uint32_t)address : 0, error))
		return false;
	multiboot_set_registers(entry, context, &kernel.image, &layout);
	entry->ax = MULTIBOOT2_LOADER_MAGIC;
	return true;
}

const struct load_format load_multiboot2 = {
	.type = SWITCHYARD_MULTIBOOT2,
	.probe = probe_multiboot2,
	.inspect = inspect_multiboot2,
	.load = load_multiboot2_image,
};
