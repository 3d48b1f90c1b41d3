// SPDX-License-Identifier: GPL-2.0-only
#include "boot/efi/leave.h"
#include "boot/efi/files.h"
#include "arch/x86/cpu/cpu.h"
#include "boot/efi/memory.h"

/*
 * Room for descriptors that appear between asking for the map's size and ending boot services. No
 * memory can be allocated after the first try to end them.
 */
#define SPARE_DESCRIPTORS 32
#define TRIES		  8

struct map {
	EFI_MEMORY_DESCRIPTOR *entries;
	UINTN room, size, key, descriptor_size;
	UINT32 version;
};

static EFI_STATUS get_map(const struct app *app, struct map *map)
{
	map->size = map->room;
	return app->system->BootServices->GetMemoryMap(&map->size, map->entries, &map->key,
						       &map->descriptor_size, &map->version);
}

static bool allocate_map(const struct app *app, struct map *map, struct error *error)
{
	EFI_STATUS status = get_map(app, map);
	uint64_t address;

	if (status != EFI_BUFFER_TOO_SMALL || !map->descriptor_size)
		return fail(error, "firmware's memory map can't be had: EFI status %#lx", status);
	map->room = map->size + SPARE_DESCRIPTORS * map->descriptor_size;
	if (!pages_allocate(app, EfiLoaderData, map->room, PAGES_ANYWHERE, &address, error))
		return false;
	map->entries = (void *)address;
	return true;
}

/*
 * UEFI 2.10, 7.4 (ExitBootServices): the call fails if the map has changed. Then the map must be
 * read again.
 */
bool leave_boot_services(struct app *app, struct error *error)
{
	struct map map = {0};

	if (!allocate_map(app, &map, error))
		return false;
	for (int i = 0; i < TRIES; i++) {
		EFI_STATUS status = get_map(app, &map);

		if (status != EFI_SUCCESS && i == 0)
			return fail(error, "firmware's memory map can't be had: EFI status %#lx",
				    status);
		if (status == EFI_SUCCESS &&
		    app->system->BootServices->ExitBootServices(app->handle, map.key) ==
			    EFI_SUCCESS) {
			memory_take(app->boot, map.entries, map.size, map.descriptor_size);
			return true;
		}
	}
	cpu_stop(); /* half of boot services are gone, so no message is possible */
}
