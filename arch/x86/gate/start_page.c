// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/gate/start_page.h"
#include "arch/x86/memory/paging.h"
#include "arch/x86/memory/phys.h"
#include "lib/string.h"

/* wake.asm. The fields lie between the first two. */
extern const uint8_t wake_code[], wake_code_end[];
extern const uint8_t wake_gdt[], wake_gdt_base[], wake_cr3[], wake_target[];

static void set_field(uint32_t page, const uint8_t *field, uint32_t value)
{
	memcpy((uint8_t *)phys(page) + (field - wake_code), &value, sizeof(value));
}

void start_page_write(uint32_t page, void (*landed)(void))
{
	memcpy(phys(page), wake_code, (uint64_t)(wake_code_end - wake_code));
	set_field(page, wake_gdt_base, page + (uint32_t)(wake_gdt - wake_code));
	set_field(page, wake_cr3, (uint32_t)paging_cr3);
	set_field(page, wake_target, (uint32_t)(uint64_t)landed);
}
