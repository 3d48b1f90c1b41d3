// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/core/guest_memory.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/memory/phys.h"
#include "lib/string.h"
#include "lib/units.h"

#define IMAGE_START_64 0xffffffff80000000ull /* __START_KERNEL_map */
#define LOW_START_32   0xc0000000ull	     /* PAGE_OFFSET with CONFIG_VMSPLIT_3G */
#define LAST_32	       0xffffffffull

bool guest_memory_init(struct guest_memory *memory, const struct region *ram,
		       const struct vmcoreinfo *info)
{
	uint64_t table, base, five = 0, physical;

	*memory = (struct guest_memory){.ram = *ram};
	memory->is_64 = vmcoreinfo_number(info, "NUMBER(phys_base)", &base);
	if (!memory->is_64) {
		memory->image_start = LOW_START_32;
		memory->image_offset = -LOW_START_32;
		if (!vmcoreinfo_number(info, "SYMBOL(swapper_pg_dir)", &table) ||
		    table < LOW_START_32 || table > LAST_32)
			return false;
		memory->walk = (struct page_walk){
			.cr3 = table - LOW_START_32,
			.cr4 = vmcoreinfo_is_on(info, "CONFIG_X86_PAE") ? CR4_PAE : CR4_PSE,
			.piece = {*ram},
		};
		return true;
	}
	memory->image_start = IMAGE_START_64;
	memory->image_offset = base - IMAGE_START_64;
	if (!vmcoreinfo_number(info, "SYMBOL(init_top_pgt)", &table) || table < IMAGE_START_64)
		return false;
	physical = table + memory->image_offset;
	if (physical < ram->base || physical - ram->base >= ram->size)
		return false;
	vmcoreinfo_number(info, "NUMBER(pgtable_l5_enabled)", &five);
	memory->walk = (struct page_walk){
		.cr3 = physical,
		.cr4 = five ? CR4_LA57 : 0,
		.efer = EFER_NXE,
		.piece = {*ram},
	};
	return true;
}

void guest_memory_add(struct guest_memory *memory, const struct region *piece)
{
	memory->walk.piece[1] = *piece;
}

uint32_t guest_memory_word(const struct guest_memory *memory)
{
	return memory->is_64 ? 8 : 4;
}

static bool find(const struct guest_memory *memory, uint64_t address, uint64_t *physical)
{
	if (!memory->is_64 && address > LAST_32)
		return false;
	if (address < memory->image_start)
		return memory->is_64 && page_walk_find(&memory->walk, address, physical);
	*physical = address + memory->image_offset;
	return true;
}

bool guest_memory_read(const struct guest_memory *memory, uint64_t address, void *to, uint64_t size)
{
	uint8_t *bytes = to;

	while (size > 0) {
		uint64_t part = PAGE_SIZE - address % PAGE_SIZE, physical;

		if (part > size)
			part = size;
		if (!find(memory, address, &physical) ||
		    !page_walk_owns(&memory->walk, physical, part))
			return false;
		memcpy(bytes, phys(physical), part);
		bytes += part;
		address += part;
		size -= part;
	}
	return true;
}

bool guest_memory_find_piece(const struct guest_memory *memory, uint64_t address,
			     uint64_t *physical, uint64_t *size)
{
	return memory->is_64 && page_walk_find_piece(&memory->walk, address, physical, size);
}

bool guest_memory_number(const struct guest_memory *memory, uint64_t address, uint32_t size,
			 uint64_t *value)
{
	*value = 0;
	return guest_memory_read(memory, address, value, size);
}
