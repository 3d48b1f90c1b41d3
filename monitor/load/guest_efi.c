// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/load/guest_efi.h"
#include <stddef.h>
#include "arch/x86/acpi/smbios.h"
#include "arch/x86/memory/phys.h"
#include "guest/linux/switchyard.h"
#include "lib/print.h"
#include "lib/string.h"
#include "lib/units.h"

#define SYSTEM_SIGNATURE  UINT64_C(0x5453595320494249)
#define RUNTIME_SIGNATURE UINT64_C(0x56524553544e5552)
#define REVISION	  0x20046u /* UEFI 2.7 */
#define TYPE_RUNTIME_CODE 5
#define TYPE_CONVENTIONAL 7
#define ATTRIBUTE_WB	  UINT64_C(8)
#define ATTRIBUTE_RUNTIME (UINT64_C(1) << 63)
#define TABLE_RIGHTS	  3 /* present, writable */
#define MAX_DESCRIPTORS	  64
#define CODE_ROOM	  512

extern const uint8_t guest_efi_code[], guest_efi_set_map[], guest_efi_unsupported[],
	guest_efi_reset[], guest_efi_words[], guest_efi_code_end[];

struct efi_header {
	uint64_t signature;
	uint32_t revision, size, crc, reserved;
};

struct efi_descriptor {
	uint32_t type, unused;
	uint64_t physical, virtual, pages, attribute;
};

/* UEFI 2.7, sections 4.3 and 4.5. */
enum { SET_VIRTUAL_ADDRESS_MAP = 4, RESET_SYSTEM = 10, SERVICES = 14 };

#define TABLES 2 /* SMBIOS of both kinds */

struct efi_page {
	uint8_t code[CODE_ROOM];
	struct efi_header system;
	uint64_t vendor, vendor_revision, consoles[6], runtime, boot, table_count, tables;
	struct efi_header runtime_header;
	uint64_t service[SERVICES];
	uint16_t vendor_name[16];
	struct efi_table {
		uint8_t guid[16];
		uint64_t address;
	} table[TABLES];
	struct efi_descriptor map[MAX_DESCRIPTORS];
};
_Static_assert(sizeof(struct efi_page) <= PAGE_SIZE, "it has one page; the other is a page table");

/* Returns how many entries the map has. 0, with error: not all fit. */
static uint32_t make_map(const struct load_context *context, struct efi_descriptor *map,
			 struct error *error)
{
	uint32_t count = 0;

	map[count++] = (struct efi_descriptor){.type = TYPE_RUNTIME_CODE,
					       .physical = context->efi,
					       .pages = 1,
					       .attribute = ATTRIBUTE_WB | ATTRIBUTE_RUNTIME};
	for (uint32_t i = 0; i < context->map_count; i++) {
		if (context->map[i].type != REGION_RAM)
			continue;
		if (count == MAX_DESCRIPTORS) {
			fail(error,
			     "efi=on: memory map has more than %u ranges of RAM, the most that fit",
			     MAX_DESCRIPTORS - 1);
			return 0;
		}
		map[count++] = (struct efi_descriptor){.type = TYPE_CONVENTIONAL,
						       .physical = context->map[i].base,
						       .pages = context->map[i].size / PAGE_SIZE,
						       .attribute = ATTRIBUTE_WB};
	}
	return count;
}

/* The words at the code's end, and the page table, as far as it is not made at the call. */
static void lead_to_gate(const struct load_context *context, struct efi_page *page)
{
	const struct switchyard_info *info = phys(context->info);
	uint64_t table = context->efi + PAGE_SIZE;
	uint64_t words[] = {info->identity_pml4, info->identity_pdpt, table, info->gate};

	memcpy(page->code + (guest_efi_words - guest_efi_code), words, sizeof(words));
	memset(phys(table), 0, PAGE_SIZE);
	*(uint64_t *)phys(table) = info->identity_pml4 | TABLE_RIGHTS; /* with five levels */
}

static void tell_kernel(uint64_t system, uint64_t map, uint32_t entries, struct boot_params *params)
{
	memcpy(&params->efi_info.efi_loader_signature, "EL64", 4);
	params->efi_info.efi_systab = (uint32_t)system;
	params->efi_info.efi_systab_hi = (uint32_t)(system >> 32);
	params->efi_info.efi_memdesc_size = sizeof(struct efi_descriptor);
	params->efi_info.efi_memdesc_version = 1;
	params->efi_info.efi_memmap = (uint32_t)map;
	params->efi_info.efi_memmap_hi = (uint32_t)(map >> 32);
	params->efi_info.efi_memmap_size = entries * (uint32_t)sizeof(struct efi_descriptor);
}

static void add_table(struct efi_page *page, const uint8_t *guid, uint64_t address)
{
	struct efi_table *table = &page->table[page->table_count];

	if (!address)
		return;
	memcpy(table->guid, guid, sizeof(table->guid));
	table->address = address;
	page->table_count++;
}

/*
 * A kernel that gets no tables at all looks for SMBIOS as under the BIOS. One that gets any looks
 * nowhere else.
 */
static void hand_over_tables(const struct load_context *context, struct efi_page *page)
{
	add_table(page, smbios_guid_3, context->smbios.entry_3);
	add_table(page, smbios_guid, context->smbios.entry);
	if (page->table_count)
		page->tables = context->efi + offsetof(struct efi_page, table);
}

bool guest_efi(const struct load_context *context, struct boot_params *params, struct error *error)
{
	static const char name[] = "Switchyard";
	struct efi_page *page = phys(context->efi);
	uint32_t entries;

	memset(page, 0, PAGE_SIZE);
	memcpy(page->code, guest_efi_code, (uint64_t)(guest_efi_code_end - guest_efi_code));
	lead_to_gate(context, page);
	page->system = (struct efi_header){.signature = SYSTEM_SIGNATURE,
					   .revision = REVISION,
					   .size = 120};
	page->vendor = context->efi + offsetof(struct efi_page, vendor_name);
	page->runtime = context->efi + offsetof(struct efi_page, runtime_header);
	page->runtime_header = (struct efi_header){.signature = RUNTIME_SIGNATURE,
						   .revision = REVISION,
						   .size = 24 + SERVICES * 8};
	for (uint32_t i = 0; i < SERVICES; i++)
		page->service[i] =
			context->efi + (uint64_t)(guest_efi_unsupported - guest_efi_code);
	page->service[SET_VIRTUAL_ADDRESS_MAP] =
		context->efi + (uint64_t)(guest_efi_set_map - guest_efi_code);
	page->service[RESET_SYSTEM] = context->efi + (uint64_t)(guest_efi_reset - guest_efi_code);
	for (uint32_t i = 0; name[i]; i++)
		page->vendor_name[i] = (uint8_t)name[i];
	hand_over_tables(context, page);
	entries = make_map(context, page->map, error);
	tell_kernel(context->efi + offsetof(struct efi_page, system),
		    context->efi + offsetof(struct efi_page, map), entries, params);
	return entries;
}
